"""One visitor's open line.

Lives here: what arrives on it, what goes out on it, and what is under way. May not: decide anything about a ticket.
"""
