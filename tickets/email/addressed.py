"""For whom a mail is where nobody handed over an envelope: what its own head says, the most telling first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

HEAD = 256 * 1024  # bytes that are looked at
MOST = 50  # addresses of one kind
_LED_TO = (b"delivered-to", b"x-original-to", b"envelope-to", b"x-envelope-to")  # a server wrote it down
_WRITTEN_TO = (b"to", b"cc")  # whoever wrote the mail did
_ADDRESS = re.compile(rb"[^\s<>,;:\"()\[\]]{1,200}@[^\s<>,;:\"()\[\]]{1,200}")
_MBOX = re.compile(rb"From (\S*) [^\r\n]*\r?\n")  # RFC 4155: what delivery to a command puts in front


def recipients(content: bytes) -> Iterator[Sequence[str]]:
    """Addresses in the mail's head, kind by kind: where servers led it to, then whom it was written to.

    They are claims, good for finding out which of our mailboxes is meant, and for nothing else.
    """
    lines = _lines(content)
    for names in (_LED_TO, _WRITTEN_TO):
        found = [address for name, value in lines if name in names for address in _ADDRESS.findall(value)]
        yield [address.decode("utf-8", "replace") for address in dict.fromkeys(found)][:MOST]


def sender(content: bytes) -> str:
    """Who sent it: what a server wrote down of the envelope, empty for a bounce; else who claims to have written it."""
    lines = dict(reversed(_lines(content)))
    found = _ADDRESS.findall(lines.get(b"return-path", lines.get(b"from", b"")))
    return found[0].decode("utf-8", "replace") if found else ""


def unwrapped(content: bytes) -> tuple[bytes, str | None]:
    """A mail without the line that a mailbox file has in front of each; the sender that this line named, if any."""
    found = _MBOX.match(content)
    if found is None:
        return content, None
    return content[found.end() :], found[1].decode("utf-8", "replace")


def _lines(content: bytes) -> list[tuple[bytes, bytes]]:
    """Header lines: the name in small letters, and the value."""
    head = re.split(rb"\r?\n\r?\n", content[:HEAD], maxsplit=1)[0]
    unfolded = re.sub(rb"\r?\n[ \t]", b" ", head)
    pairs = (line.partition(b":") for line in unfolded.splitlines())
    return [(name.strip().lower(), value) for name, colon, value in pairs if colon]
