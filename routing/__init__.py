"""Where a ticket waits, who is offered it, and how much each agent can hold.

Lives here: queues, placing, offers, choosing (pure), presence, capacity, business calendars (pure), views of tickets.
May not: import chat, widgets or server, or change a ticket other than through its verbs.
"""
