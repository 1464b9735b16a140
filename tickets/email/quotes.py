"""Tells what somebody newly wrote from what their mail program put under it: quotations, headers, signatures.

When in doubt a line stays; and something always does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tickets.email.attribution import ADDRESS, below_attribution
from tickets.email.device_line import is_device_line, names_a_product
from tickets.email.old_head import forwarding_begins, head_begins, is_known_label, is_label

MOST_LINES = 3_000  # that are looked at: what is new stands at the top of a mail as long as that
_LONGEST_SIGNATURE = 15  # lines
_BROKEN_AT = 60  # characters from which mail programs break a line

_UNSEEN = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF])
_SPACES = dict.fromkeys([0xA0, 0x2007, 0x202F, 0x3000], " ")
_AS_READ = str.maketrans(_UNSEEN | _SPACES)
_RULE = re.compile(r"[\s>]{0,8}[-_=*—–]{3,}\s*")
_SIGNATURE = re.compile(r"--\s?")
_LIST_RULE = re.compile(r"_{2,}\s*")


def newly_written(text: str) -> str:
    """The text without what was quoted or added below it: always some of its lines in their order, never none."""
    return parted(text)[0]


def parted(text: str) -> tuple[str, str]:
    """What is new, never nothing where there is any text; and all that stood above and below it."""
    lines = text.split("\n")
    seen = [line.replace("&nbsp;", " ").translate(_AS_READ) for line in lines[:MOST_LINES]]
    end = _end(seen)
    if end == MOST_LINES < len(lines):
        return text, ""
    start, end = _without_quotations(seen[:end])
    start, end = _stripped(lines, start, _without_signature(seen[:end]))
    if start == end:
        start, end = _stripped(lines, 0, len(lines))
        return "\n".join(lines[start:end]) or text, ""
    return "\n".join(lines[start:end]), "\n".join([*lines[:start], *lines[end:]]).strip("\n")


def _end(lines: Sequence[str]) -> int:
    """Where everything that follows is an older mail."""
    for at, line in enumerate(lines):
        if not line.strip():
            continue
        if forwarding_begins(lines, at):
            return len(lines)
        if _older_begins(lines, at) or (is_device_line(line) and _ends_the_new(lines, at)):
            return _above(lines, at)
    return len(lines)


def _older_begins(lines: Sequence[str], at: int) -> bool:
    if lines[at].lstrip().startswith(">"):
        return _marked_head_begins(lines, at)
    if head_begins(lines, at):
        return True
    below = below_attribution(lines, at)
    return below > at and not _answered_inside(lines, below)


def _marked_head_begins(lines: Sequence[str], at: int) -> bool:
    """Only the headers of the older mail are marked; its words stand bare below."""
    if at and lines[at - 1].lstrip().startswith(">"):
        return False
    end = at
    while end < len(lines) and lines[end].lstrip().startswith(">"):
        end += 1
    inside = [line.lstrip()[1:] for line in lines[at:end]]
    begins = max(below_attribution(inside, 0), int(head_begins(inside, 0)))
    if not begins or not all(not line.strip() or is_label(line) for line in inside[begins:]):
        return False
    return _has_words(lines[:at]) and _has_words(lines[end:])


def _ends_the_new(lines: Sequence[str], at: int) -> bool:
    """Alone below others, with the name of a program; or nothing follows but what such programs put there."""
    alone = not _has_words(lines[at - 1 : at + 2 : 2])
    if alone and names_a_product(lines[at]) and _has_words(lines[:at]):
        return True
    for below in range(at + 1, len(lines)):
        line = lines[below]
        if line.strip() and not is_device_line(line):
            is_mark = line.lstrip().startswith(">") or _SIGNATURE.fullmatch(line) or _RULE.fullmatch(line)
            return bool(is_mark) or _older_begins(lines, below)
    return True


def _answered_inside(lines: Sequence[str], below: int) -> bool:
    """Under it stand marked lines, and between or after them something new."""
    rest = [line for line in lines[below:] if line.strip()]
    quoted = _quoted(rest)
    if not rest or not quoted[0]:
        return False
    last = max(at for at, is_quoted in enumerate(quoted) if is_quoted)
    after = rest[last + 1 :]
    return not all(quoted[: last + 1]) or (bool(after) and not _is_tail(after[0]))


def _quoted(lines: Sequence[str]) -> list[bool]:
    """Which lines are marked, or are what is left of a marked one that some mail program broke."""
    found: list[bool] = []
    for at, line in enumerate(lines):
        before = lines[at - 1] if at else ""
        rest_of_it = bool(found) and found[-1] and len(before) >= _BROKEN_AT and line[:1].islower()
        alone = at + 1 == len(lines) or not lines[at + 1].strip() or lines[at + 1].lstrip().startswith(">")
        found.append(line.lstrip().startswith(">") or (rest_of_it and alone))
    return found


def _is_tail(line: str) -> bool:
    return is_device_line(line) or any(mark.fullmatch(line) for mark in (_SIGNATURE, _LIST_RULE))


def _above(lines: Sequence[str], at: int) -> int:
    """Rules, empty lines, an address alone and other headers right above belong to the older mail too."""
    is_head = is_known_label(lines[at])
    first = at
    while first > 0 and is_known_label(lines[first - 1]):
        first -= 1
    if first > 0 and _RULE.fullmatch(lines[first - 1]):
        at = first
    while at > 0 and _belongs(lines[at - 1], is_head=is_head):
        at -= 1
    return at


def _belongs(line: str, *, is_head: bool) -> bool:
    if not line.strip() or _RULE.fullmatch(line) or is_device_line(line):
        return True
    return is_head and ADDRESS.fullmatch(line.strip()) is not None


def _without_quotations(lines: Sequence[str]) -> tuple[int, int]:
    """Where the rest begins and ends: marked lines at the end go, and at the beginning with who is quoted; in between
    they are what is answered.
    """
    quoted = _quoted(lines)
    end = len(lines)
    while end and (quoted[end - 1] or not lines[end - 1].strip()):
        end -= 1
    first = next((at for at, line in enumerate(lines[:end]) if line.strip()), 0)
    start = below = below_attribution(lines[:end], first) if end else 0
    while below < end and (quoted[below] or not lines[below].strip()):
        below += 1
    only_above = any(quoted[start:below]) and not any(quoted[below:end])
    return below if only_above else 0, end


def _without_signature(lines: Sequence[str]) -> int:
    """Where "-- " stands (RFC 3676, 4.3), if what follows is short; else the end."""
    for at in range(len(lines) - 1, max(0, len(lines) - 1 - _LONGEST_SIGNATURE), -1):
        if _SIGNATURE.fullmatch(lines[at]) and not lines[at - 1].rstrip().endswith((":", "：")):
            return at
    return len(lines)


def _has_words(lines: Sequence[str]) -> bool:
    return any(line.strip() for line in lines)


def _stripped(lines: Sequence[str], start: int, end: int) -> tuple[int, int]:
    """Without the empty lines around it."""
    while start < end and not lines[end - 1].strip():
        end -= 1
    while start < end and not lines[start].strip():
        start += 1
    return start, max(start, end)
