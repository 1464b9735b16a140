"""What sign-in has to do later: forget what has ended, and give back the work of who left."""

from server.auth import accounts, attempts, links, live_ticket, sessions

CHORES = (
    accounts.GIVE_BACK,
    sessions.FORGET_EXPIRED,
    attempts.FORGET_OLD,
    links.FORGET_OLD,
    live_ticket.FORGET_UNUSED,
)
