"""What routing does when its time has come: offers ring out, long lines are drained, promises are told of."""

from routing import matching, offers, presence, stays, told_waits
from routing.callbacks import chores as callbacks
from routing.sla import chores as clocks
from tickets.chores import Chore

CHORES = (
    Chore("offers that rang out", offers.due, offers.expire),
    Chore("agents nobody hears of", presence.silent, presence.lost),
    Chore("tickets that wait too long", stays.due, stays.relax),
    Chore("lines not yet drained", matching.undrained, matching.drain),
    told_waits.TELL,
    *clocks.CHORES,
    *callbacks.CHORES,
)
