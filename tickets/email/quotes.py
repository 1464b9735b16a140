"""Tells what somebody newly wrote from what their mail program put under it: quotations, headers, signatures.

When in doubt a line stays; and something always does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tickets.email.attribution import ADDRESS, below_attribution, says_that_it_was_written
from tickets.email.device_line import is_device_line, names_a_product
from tickets.email.footer import without_footers
from tickets.email.old_head import (
    between_marks,
    forwarding_begins,
    head_begins,
    is_introduced,
    is_known_label,
    is_label,
    names_the_original,
)
from tickets.email.signed import signature_begins

MOST_LINES = 3_000  # that are looked at: what is new stands at the top of a mail as long as that
_MOST_MAILS = 5  # one below another, each with marks of its own
_BROKEN_AT = 60  # characters from which mail programs break a line
_LONGEST_REST = 30  # of them that go to the next one

_UNSEEN = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF])
_SPACES = dict.fromkeys([0xA0, 0x2007, 0x202F, 0x3000], " ")
_AS_READ = str.maketrans(_UNSEEN | _SPACES)
_RULE = re.compile(r"[\s>]{0,8}[-_=*—–]{3,}\s*")
_SIGNATURE = re.compile(r"--\s?")
_SPEECH = re.compile(r"[\"“„«「『‹].{2,300}[\"”“»」』›][.,!?。]?")
_LIST_RULE = re.compile(r"_{2,}\s*")


def newly_written(text: str) -> str:
    """The text without what was quoted or added below it: always some of its lines in their order, never none."""
    return parted(text)[0]


def parted(text: str) -> tuple[str, str]:
    """What is new, never nothing where there is any text; and all that stood above and below it."""
    lines = text.split("\n")
    seen = [line.replace("&nbsp;", " ").translate(_AS_READ) for line in lines[:MOST_LINES]]
    goes_on = any(line.strip() and not _is_marked(line) for line in lines[MOST_LINES:])
    end, passed_on = _end(seen if goes_on else seen[: without_footers(seen)])
    if goes_on and end == len(seen):
        return text, ""
    if passed_on:
        return _cut(lines, 0, 0)
    end = _end_of_marks(seen, end)
    end = signature_begins(seen, 0, without_footers(seen[:end])) or end
    start, end = _without_quotations(seen[:end])
    start, end = _stripped(lines, start, signature_begins(seen, start, without_footers(seen[:end])))
    if start == end:
        return _cut(lines, *_stripped(lines, 0, _least(seen)))
    return _cut(lines, start, end)


def _least(lines: Sequence[str]) -> int:
    """Where nothing is new but a signature, or what a phone says of itself, that is more than the older mail."""
    for at, line in enumerate(lines):
        if line.strip() and (_is_marked(line) or _older_begins(lines, at)):
            return at
    return 0


def _cut(lines: Sequence[str], start: int, end: int) -> tuple[str, str]:
    """All of them where those are none."""
    if start == end:
        start, end = _stripped(lines, 0, len(lines))
    reply = "\n".join(lines[start:end] or lines)
    return reply, "\n".join([*lines[:start], *lines[end:]]).strip("\n") if start < end else ""


def _end(lines: Sequence[str]) -> tuple[int, bool]:
    """Where everything that follows is an older mail; and whether somebody passes one on, who wants it to be read."""
    for at, line in enumerate(lines):
        if not line.strip():
            continue
        if forwarding_begins(lines, at):
            return len(lines), True
        if _older_begins(lines, at) or (is_device_line(line) and _ends_the_new(lines, at)):
            return _above(lines, at), False
    return len(lines), False


def _end_of_marks(lines: Sequence[str], end: int) -> int:
    """Looked at again without what is below: marked lines above an even older mail are not answered by that."""
    for _ in range(_MOST_MAILS):
        if not any(map(_is_marked, lines[:end])):
            break
        again, _ = _end(lines[:end])
        if again == end:
            break
        end = again
    return end


def _older_begins(lines: Sequence[str], at: int) -> bool:
    if _is_marked(lines[at]):
        return between_marks(lines, at) or _marked_head_begins(lines, at)
    if head_begins(lines, at):
        return not (is_known_label(lines[at]) and is_introduced(lines, at))
    below = below_attribution(lines, at)
    if below == at or _is_cited(lines, below):
        return False
    if is_introduced(lines, at) and not says_that_it_was_written(lines[at:below]):
        return False
    return not _answered_inside(lines, below)


def _is_cited(lines: Sequence[str], below: int) -> bool:
    """In marks of speech, as people cite: no mail program does."""
    first = next((line.strip() for line in lines[below : below + 3] if line.strip()), "")
    return _SPEECH.fullmatch(first) is not None


def _marked_head_begins(lines: Sequence[str], at: int) -> bool:
    """Only the headers of the older mail are marked; its words stand bare below."""
    if at and _is_marked(lines[at - 1]):
        return False
    end = at
    while end < len(lines) and _is_marked(lines[end]):
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
            is_mark = _is_marked(line) or _SIGNATURE.fullmatch(line) or _RULE.fullmatch(line)
            return bool(is_mark) or _older_begins(lines, below)
    return True


def _answered_inside(lines: Sequence[str], below: int) -> bool:
    """Under it stand marked lines, and between or after them something new."""
    rest = [line for line in lines[below:] if line.strip()]
    if not rest or not _is_marked(rest[0]):
        return False
    ended = False
    for at, quoted in enumerate(_each_quoted(rest)):
        if quoted and ended:
            return True
        if not quoted and not ended:
            if not _is_tail(rest[at]):
                return True
            ended = True
    return False


def _each_quoted(lines: Sequence[str]) -> Iterator[bool]:
    """Whether a line is marked, or is what is left of a marked one that some mail program broke."""
    quoted = False
    for at, line in enumerate(lines):
        quoted = _is_marked(line) or (quoted and _is_rest(lines, at))
        yield quoted


def _is_rest(lines: Sequence[str], at: int) -> bool:
    """Of the line above, which was too long: it goes on with a small letter, or in the midst of marked lines."""
    line, before, after = lines[at], lines[at - 1].rstrip(), lines[at + 1] if at + 1 < len(lines) else ""
    if len(before) < _BROKEN_AT or not line.strip():
        return False
    if line[0].islower():
        return not after.strip() or _is_marked(after)
    return _is_marked(after) and len(line) <= _LONGEST_REST and before[-1].isalnum()


def _is_marked(line: str) -> bool:
    return line.lstrip().startswith(">")


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
    while at > 0 and _belongs(lines, at - 1, is_head=is_head):
        at -= 1
    return at


def _belongs(lines: Sequence[str], at: int, *, is_head: bool) -> bool:
    line = lines[at]
    if not line.strip() or _RULE.fullmatch(line) or is_device_line(line):
        return True
    return is_head and (names_the_original(line) or _is_senders(lines, at))


def _is_senders(lines: Sequence[str], at: int) -> bool:
    """An address alone, as Foxmail puts it there; not one that somebody was asked for."""
    above = next((line for line in reversed(lines[:at]) if line.strip()), "")
    apart = at > 0 and (not lines[at - 1].strip() or _RULE.fullmatch(lines[at - 1]) is not None)
    return ADDRESS.fullmatch(lines[at].strip()) is not None and bool(above) and apart and not _announces(above)


def _announces(line: str) -> bool:
    return line.rstrip().endswith((":", "："))


def _without_quotations(lines: Sequence[str]) -> tuple[int, int]:
    """Where the rest begins and ends: marked lines at the end go, and at the beginning with who is quoted; in between
    they are what is answered.
    """
    quoted = [*_each_quoted(lines)]
    end = len(lines)
    while end and (quoted[end - 1] or not lines[end - 1].strip()):
        end -= 1
    if any(quoted[end:]):
        end = _above(lines, quoted.index(True, end))
    first = next((at for at, line in enumerate(lines[:end]) if line.strip()), 0)
    start = below = below_attribution(lines[:end], first) if end else 0
    while below < end and (quoted[below] or not lines[below].strip()):
        below += 1
    only_above = any(quoted[start:below]) and not any(quoted[below:end])
    return below if only_above else 0, end


def _has_words(lines: Sequence[str]) -> bool:
    return any(line.strip() for line in lines)


def _stripped(lines: Sequence[str], start: int, end: int) -> tuple[int, int]:
    """Without the empty lines around it."""
    while start < end and not lines[end - 1].strip():
        end -= 1
    while start < end and not lines[start].strip():
        start += 1
    return start, max(start, end)
