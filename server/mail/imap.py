"""The line to a mailbox elsewhere (IMAP, RFC 9051): what lies there, a mail's bytes, and a mark on what is ours now.

Everything here blocks and belongs on a thread. What a server says is a claim: numbers are checked, sizes
bounded, and each wait has an end. Only `abort` may be called from another thread.
"""

from __future__ import annotations

import contextlib
import re
import ssl
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any

from imap_tools.utils import encode_folder

from server.egress import Guard
from server.mail.imap_client import Box, Way, shut, told
from server.mail.signing_in import Fault, Key
from tickets.email.incoming import NO_FOLDER, STRANGE, Afterwards, Incoming

HIGHEST = 2**32 - 1  # of UIDs
AT_ONCE = 500  # UIDs in one command
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_UID, _SIZE = re.compile(rb"\bUID (\d{1,12})\b"), re.compile(rb"\bRFC822\.SIZE (\d{1,15})\b")


@dataclass(frozen=True)
class Opened:
    """A folder as it was found. `newest`: the highest UID in it, 0 where it is empty."""

    uidvalidity: int
    newest: int
    idles: bool


class Line:
    """One connection with one folder. Raises Fault, and is good for nothing after that."""

    def __init__(
        self, settings: Incoming, guard: Guard, *, patience: float, largest: int, tls: ssl.SSLContext | None = None
    ) -> None:
        """`patience` is in seconds for each answer; no answer may be much larger than `largest` bytes."""
        self._settings = settings
        self._way = Way(settings, guard, patience, largest, tls)
        self._box: Box | None = None

    def open(self, key: Key) -> Opened:
        """Connect, sign in, select."""
        settings = self._settings
        with told():
            box = self._box = Box(self._way)
            box.signs_in(settings.user, key)
            box.folder.set(settings.folder)
            found = Opened(self._number("UIDVALIDITY"), self._number("UIDNEXT") - 1, "IDLE" in box.client.capabilities)
        if not found.uidvalidity:
            raise Fault(STRANGE)
        return found if found.newest >= 0 else Opened(found.uidvalidity, max(self.uids(0), default=0), found.idles)

    def uids(self, above: int, *, upto: int = HIGHEST, since: datetime | None = None) -> list[int]:
        """What lies there with a UID above this one, in order. `since`: only what came on that day or later."""
        with told():
            self._opened.client.noop()  # else a server may not look for what is new
            self._opened.client.untagged_responses.clear()
        day = [f"SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"] if since is not None else []
        said = self._asks("SEARCH", "UID", f"{above + 1}:{'*' if upto == HIGHEST else upto}", *day)
        numbers = {int(word) for line in said if isinstance(line, bytes) for word in line.split() if word.isdigit()}
        return sorted(uid for uid in numbers if above < uid <= upto)  # n:* names the last one, whatever n is

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """In bytes, of those that are there."""
        found = {}
        for line in self._asks("FETCH", _listed(uids), "(UID RFC822.SIZE)"):
            uid, size = (pattern.search(line if isinstance(line, bytes) else line[0]) for pattern in (_UID, _SIZE))
            if uid and size:
                found[int(uid[1])] = int(size[1])
        return found

    def mails(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Byte by byte, of those that the server hands over. Nothing is marked by this."""
        said = self._asks("FETCH", _listed(uids), "(UID BODY.PEEK[])")
        found = {}
        for line, after in zip_longest(said, said[1:], fillvalue=b""):
            if isinstance(line, tuple) and b"BODY[]" in line[0].upper():
                uid = _UID.search(line[0]) or _UID.search(after if isinstance(after, bytes) else b"")
                if uid:
                    found[int(uid[1])] = line[1]
        return {uid: mail for uid, mail in found.items() if uid in set(uids)}

    def settle(self, uids: Sequence[int]) -> None:
        """They are ours now: mark them as seen, or move them."""
        settings, box = self._settings, self._opened
        for some in _portions(uids):
            if settings.afterwards != Afterwards.MOVE:
                self._asks("STORE", _listed(some), "+FLAGS.SILENT", r"(\Seen)")
                continue
            folder = encode_folder(settings.move_to)
            if "MOVE" in box.client.capabilities:
                self._asks("MOVE", _listed(some), folder)
                continue
            self._asks("COPY", _listed(some), folder)
            self._asks("STORE", _listed(some), "+FLAGS.SILENT", r"(\Deleted \Seen)")
            if "UIDPLUS" in box.client.capabilities:  # else EXPUNGE would remove what others have marked
                self._asks("EXPUNGE", _listed(some))

    def wait(self, seconds: float) -> bool:
        """IDLE (RFC 2177): whether the server said something within this time, or since the last look."""
        with told():
            box = self._opened
            news = "EXISTS" in box.client.untagged_responses  # beside another answer; it is not said twice
            box.client.untagged_responses.clear()
            if news:
                return True
            came = box.idles(seconds)
            box.client.untagged_responses.clear()
            return came

    def close(self) -> None:
        """Nothing is left of it, whatever state it is in."""
        if self._box is not None:
            with contextlib.suppress(Exception):
                self._box.logout()
            shut(self._box.client)

    def abort(self) -> None:
        """From any thread: whoever waits for an answer wakes up, with a Fault."""
        self._way.cut()

    @property
    def _opened(self) -> Box:
        assert self._box is not None, "the line is not open"
        return self._box

    def _asks(self, command: str, *words: Any) -> list[Any]:
        """What was said to a UID command; a no is a Fault."""
        with told():
            verdict, said = self._opened.client.uid(command, *words)
            if verdict != "OK":
                raise Fault(NO_FOLDER if command in ("MOVE", "COPY", "STORE") else STRANGE)
            return [line for line in said if line]

    def _number(self, name: str) -> int:
        said = self._opened.client.response(name)[1]
        text = said[-1] if said else None
        return int(text) if text and text.isdigit() and int(text) <= HIGHEST else 0


def _listed(uids: Iterable[int]) -> str:
    return ",".join(map(str, uids))


def _portions(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    for begin in range(0, len(uids), AT_ONCE):
        yield uids[begin : begin + AT_ONCE]
