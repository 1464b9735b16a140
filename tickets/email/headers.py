"""What the headers of a mail say: who wrote it, to whom, about what, in answer to what. All of it is only claimed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from tickets.email.charsets import BROKEN, plain
from tickets.email.encoded_words import set_aside, worded
from tickets.text import one_line

Person = tuple[str, str]
"""A name, which may be empty, and an address."""

LONGEST = 16 * 1024  # characters of one header that are looked at
LONGEST_LIST = 4096  # of a list of people: each takes half a millisecond
MOST_PEOPLE = 50
_OLDEST = timedelta(days=10)
MOST_IDS = 50
LONGEST_ID = 998
_ID = re.compile(r"<[^<>\s]{1,996}>")
_BARE_ID = re.compile(r"[^<>\s]+@[^<>\s]+")
_ADDRESS = re.compile(
    r"[^\s@<>\"(),:;\\\[\]]{1,64}@[^\s@<>\"(),:;\\\[\]]{1,255}|\"[^\"\\]{1,62}\"@[^\s@<>\"(),:;\\]{1,255}"
)

_ANGLED = re.compile(rf"[<‹]\s?(?:mailto:)?({_ADDRESS.pattern})\s?[>›]", re.IGNORECASE)
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_PLAIN = rf"{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
_QUOTED = r"[!#-\[\]-~]+"
_USUAL = re.compile(  # one of a list as nearly all are: Jane Doe <jane@shop.example>, "Doe, Jane" <...>, or bare
    rf"[ \t]*(?:(?:(?P<name>{_ATOM}(?: {_ATOM})*) |\"(?P<quoted>{_QUOTED}(?: {_QUOTED})*)\" )?<(?P<angled>{_PLAIN})>"
    rf"|(?P<bare>{_PLAIN}))[ \t]*(?:,|\Z)"
)
_COMMENTED = re.compile(r"[^\s(),<>]{3,320}\s{0,4}\((.{1,200})\)")


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """`author` is None unless exactly one From names exactly one address. Dates are ISO 8601 in UTC, or empty."""

    author: Person | None
    author_line: str  # what stands in From, whatever it is
    senders: list[Person]  # everybody who is named there
    reply_to: Person | None  # if exactly one is named
    reply_to_all: list[Person]
    to: list[Person]
    cc: list[Person]
    delivered_to: list[str]  # what servers on the way wrote down: Delivered-To, X-Original-To
    subject: str
    message_id: str
    in_reply_to: list[str]
    references: list[str]  # oldest first
    date: str
    came: str  # when the server that took it in says so: its line stands first
    told_date: str  # as it stood there
    robot: dict[str, str]  # the headers by which a machine says that it is one, by their names in lower case
    results: list[str]  # Authentication-Results, the newest first (RFC 8601)
    guessed: bool  # some header was in no encoding that it named


_SIGNS = (
    "auto-submitted",
    "precedence",
    "x-auto-response-suppress",
    "x-autoreply",
    "x-autorespond",
    "x-autoresponse",
    "x-loop",
    "x-autoreply-from",
    "x-auto-generated",
    "x-cron-env",
    "x-boxtrapper",
    "x-spamarrest",
    "x-failed-recipients",
    "return-path",
    "list-id",
    "list-unsubscribe",
    "list-post",
    "list-help",
    "mailing-list",
    "x-mailing-list",
    "feedback-id",
)


def read_head(message: EmailMessage, *, near: str = "") -> Head:
    """Never raises for what a header holds; what cannot be read is left out. `near`: the charset of its text."""
    fields = _Fields(message, near)
    date = fields.first("date")
    authors, answers = fields.people("from"), fields.people("reply-to")
    return Head(
        author=authors[0] if len(authors) == 1 and fields.count("from") == 1 else None,
        author_line=one_line(fields.text("from"), 400),
        senders=authors,
        reply_to=_only(answers),
        reply_to_all=answers,
        to=fields.people("to"),
        cc=fields.people("cc"),
        delivered_to=[address for name in ("delivered-to", "x-original-to") for address in fields.addresses(name)],
        subject=one_line(fields.text("subject"), LONGEST),
        message_id=next(iter(_ids(fields.first("message-id"))), ""),
        in_reply_to=_ids(fields.first("in-reply-to")),
        references=_ids(" ".join(fields.all("references"))),
        date=_date(date),
        came=_date(fields.first("received").rpartition(";")[2]),
        told_date=one_line(date, 100),
        robot={name: one_line(fields.first(name), 200).lower() for name in _SIGNS if fields.count(name)},
        results=[" ".join(value.split())[:2000] for value in fields.all("authentication-results")[:10]],
        guessed=fields.guessed,
    )


class _Fields:
    """The headers by name; each is decoded when it is asked for, by itself, so that a bad one spoils no other."""

    def __init__(self, message: EmailMessage, near: str) -> None:
        self.guessed = False
        self._near = near
        self._raw: dict[str, list[str]] = {}
        for name, value in message.raw_items():
            self._raw.setdefault(name.lower(), []).append(str(value))

    def count(self, name: str) -> int:
        return len(self._raw.get(name, ()))

    def all(self, name: str) -> list[str]:
        """As they stand there, on one line, with the bytes that are no ASCII read as well as can be."""
        return [self._readable(value) for value in self._raw.get(name, ())]

    def first(self, name: str) -> str:
        return next(iter(self.all(name)), "")

    def text(self, name: str) -> str:
        """With its encoded words decoded (RFC 2047)."""
        return self._words(self.first(name))

    def people(self, name: str) -> list[Person]:
        found = [person for value in self.all(name) for person in self._people(value[:LONGEST_LIST])]
        return found[:MOST_PEOPLE]

    def addresses(self, name: str) -> list[str]:
        return [address for value in self.all(name)[:10] for address in _ADDRESS.findall(value[:LONGEST_LIST])]

    def _readable(self, value: str) -> str:
        text, guessed = plain(value, near=self._near)
        self.guessed |= guessed
        return text

    def _words(self, value: str) -> str:
        text, guessed = worded(value)
        self.guessed |= guessed
        return text

    def _people(self, value: str) -> Iterator[Person]:
        """The addresses of a list, by its grammar (RFC 5322, 3.4); those that are none are left out.

        Where one address alone stands in angle brackets, that is it, whatever stands before it.
        """
        value, put_back = set_aside(value)
        found = [(name, address) for name, address in _by_grammar(value) if address in value]
        angled = list(_ANGLED.finditer(value))
        if len(angled) == 1 and angled[0][1] not in {address for _, address in found}:
            before = value[: angled[0].start()].rpartition(",")[2] if found else value[: angled[0].start()]
            found.append((before.strip().strip('"'), angled[0][1]))
        for name, address in found:
            comment = "" if name or angled else _comment(value)
            yield one_line(self._words(put_back(name or comment)), 200), address


def _by_grammar(value: str) -> Iterable[Person]:
    """To be asked costs as much as all other headers together: only what is written in an unusual way is."""
    usual = as_usual(value)
    return by_whole_grammar(value) if usual is None else usual


def as_usual(value: str) -> list[Person] | None:
    """What the grammar says too, where all of them are written as nearly everybody is; else None."""
    found: list[Person] = []
    at = 0
    while at < len(value):
        one = _USUAL.match(value, at)
        if one is None:
            return None
        address = one["angled"] or one["bare"]
        if "=?" in one[0] or not _ADDRESS.fullmatch(address):
            return None
        found.append((one["name"] or one["quoted"] or "", address))
        at = one.end()
    return found


def by_whole_grammar(value: str) -> Iterator[Person]:
    with suppress(*BROKEN):
        header: Any = default.header_factory("to", value)
        for one in header.addresses:
            made_up = one.addr_spec.startswith('"') and '"' not in value  # of several words without a comma
            if _ADDRESS.fullmatch(one.addr_spec) and not made_up:
                yield one.display_name or "", one.addr_spec


def _comment(value: str) -> str:
    """The name behind a lone address, as old programs wrote it."""
    found = _COMMENTED.fullmatch(value.strip())
    return found[1].strip() if found else ""


def _only(people: list[Person]) -> Person | None:
    return people[0] if len(people) == 1 else None


def _ids(value: str) -> list[str]:
    """Message ids with their angle brackets; one without any is taken where it stands alone."""
    found = _ID.findall(value[:LONGEST])
    if not found and _BARE_ID.fullmatch(value.strip()[:LONGEST_ID]):
        found = [f"<{value.strip()}>"]
    return list(dict.fromkeys(found))[-MOST_IDS:]


def _date(value: str) -> str:
    with suppress(*BROKEN, OverflowError):
        told = parsedate_to_datetime(value[:100])
        return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    return ""


def came_at(head: Head, fetched_at: datetime) -> datetime:
    """When it came, as far as can be known: a server in front of us may have held it for hours, or a mailbox."""
    return datetime.fromisoformat(head.came) if _is_past(head.came, fetched_at) else fetched_at


def _is_past(date: str, now: datetime) -> bool:
    return bool(date) and timedelta() <= now - datetime.fromisoformat(date) <= _OLDEST


def sane(date: str, received_at: datetime) -> bool:
    """Whether a mail that came then can have been written at that time: in the last ten days, or a day ahead."""
    if not date:
        return False
    return -timedelta(days=1) <= received_at - datetime.fromisoformat(date) <= _OLDEST
