"""The process: it assembles the rooms, listens, keeps time, and guards the doors.

Lives here: configuration, database, bus, feed, scheduler, sign-in, the guard, admin pages, the command line.
May: import every room. Nobody imports it.
"""
