"""What routing does when its time has come: offers ring out, silent agents are given up, long lines are drained."""

from routing import matching, offers, presence
from tickets.chores import Chore

CHORES = (
    Chore("offers that rang out", offers.due, offers.expire),
    Chore("agents nobody hears of", presence.silent, presence.lost),
    Chore("lines not yet drained", matching.undrained, matching.drain),
)
