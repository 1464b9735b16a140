"""The matter itself, the people around it, and the desk: the only place where state changes.

Lives here: tickets and their verbs, messages, customers, agents, events, the log, the desk, search, attachments.
May not: import another room, wait for anything, look at a clock other than `change.now`, or know a screen.
Only the edge file `web.py` may import starlette.
"""
