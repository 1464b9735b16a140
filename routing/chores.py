"""What routing does when its time has come: offers ring out, long lines are drained, promises are told of."""

from operator import attrgetter

from routing import matching, offers, presence, stays, told_waits
from routing.callbacks import chores as callbacks
from routing.sla import chores as clocks
from tickets.chores import Chore

CHORES = (
    Chore("offers that rang out", offers.due, offers.expire, grace=attrgetter("ring_seconds")),
    Chore("agents nobody hears of", presence.silent, presence.lost, grace=attrgetter("agent_grace_seconds")),
    Chore("tickets that wait too long", stays.due, matching.look_again),
    Chore("lines not yet drained", matching.undrained, matching.drain),
    told_waits.TELL,
    *clocks.CHORES,
    *callbacks.CHORES,
)
