"""Named places in the work at which a test can have the process die, to see that nothing is lost there.

FRONTDESK_FAILPOINT=name kills this process with SIGKILL when it comes to the place of that name, name:3 when it comes
there for the third time. Unset, as it is for everybody but our tests, each place is a call of a function that is empty.
"""

import os
import signal
from collections.abc import Callable

VARIABLE = "FRONTDESK_FAILPOINT"


def armed(wanted: str) -> Callable[[str], None]:
    """What `reached` does for this setting."""
    if not wanted:
        return _go_on
    name, _, nth = wanted.partition(":")
    left = [int(nth or 1)]

    def die_there(place: str) -> None:
        if place == name:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return die_there


def _go_on(place: str) -> None:
    """Nobody wants to die."""


reached = armed(os.environ.get(VARIABLE, ""))
