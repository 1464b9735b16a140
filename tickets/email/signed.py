"""Where a signature begins: "-- " alone on its line (RFC 3676, 4.3), near the end.

Blanks are lost under way, and phones make one long dash of two: such a mark counts where what stands below looks like a
signature. Options of a command, rules between two parts of a letter and lists are none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_LONGEST, _LONGEST_DOUBTFUL = 25, 12  # lines below the mark
_LONGEST_LINE = 90  # characters
_MARK = "-- "
_DOUBTFUL = re.compile(r"(--|[—–―]{1,2})\s*")
_PROSE = re.compile(r"[?？:：]\s*$|^\s*(-|>|\||```|\*\s|\d{1,2}[.)]\s)")  # no signature asks, announces, or is a list
_BARS = re.compile(r"\s*\|[\s|]*")
_FEWEST_BARS = 2


def signature_begins(lines: Sequence[str], start: int, end: int) -> int:
    """Between `start` and `end`; `end` where there is none."""
    first = max(start, end - 1 - _LONGEST)
    for at in range(first, end):
        if lines[at] == _MARK:
            return at
    for at in range(end - 1, max(first, end - 1 - _LONGEST_DOUBTFUL) - 1, -1):
        if _DOUBTFUL.fullmatch(lines[at]):
            return at if _is_of_one(lines, at, end) else end
    return _table_begins(lines, first, end)


def _is_of_one(lines: Sequence[str], at: int, end: int) -> bool:
    """Short lines right below the mark, and no list that somebody began above it."""
    above, below = lines[at - 1].rstrip() if at else "", lines[at + 1 : end]
    if above.endswith((":", "：", "\\")) or not below:
        return not below
    return bool(below[0].strip()) and not any(len(line) > _LONGEST_LINE or _PROSE.search(line) for line in below)


def _table_begins(lines: Sequence[str], first: int, end: int) -> int:
    """A signature that was a table, of which bars are left: they stand alone on their lines."""
    bars = [at for at in range(first, end) if _BARS.fullmatch(lines[at])]
    return bars[0] if len(bars) >= _FEWEST_BARS else end
