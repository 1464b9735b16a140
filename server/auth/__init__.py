"""Who may come in: passwords, sessions, attempts, one-time links, and the pages where people sign in.

Lives here: everything about who an agent is. What an agent may open is said by each door and enforced by the guard.
May not: know what a ticket is, beyond giving back the work of somebody who left.
"""
