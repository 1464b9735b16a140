"""What routing does when its time has come: offers ring out, long lines are drained, promises are told of."""

from operator import attrgetter

from routing import matching, offers, presence, silence, stays, told_waits, wrapping
from routing.callbacks import chores as callbacks
from routing.sla import chores as clocks
from tickets.chores import Chore

CHORES = (
    Chore("offers that rang out", offers.due, offers.expire, grace=attrgetter("ring_seconds")),
    Chore("agents nobody hears of", presence.silent, presence.lost, grace=attrgetter("agent_grace_seconds")),
    Chore("tickets that wait too long", stays.due, matching.look_again),
    Chore("lines not yet drained", matching.undrained, matching.drain, recurs=True),
    told_waits.TELL,
    Chore("chats nobody writes in", silence.due, silence.look),
    Chore("wrap-ups that are over", wrapping.due, wrapping.run_out),
    *clocks.CHORES,
    *callbacks.CHORES,
)
