"""How much one visitor, or one address, may do before the desk asks for patience."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from tickets.errors import TooFast
from tickets.limit import Limit
from tickets.network import network_of

SLOW_DOWN = "Slow down a little. Your text is kept."


LETTERS_PER_HOUR = 5  # from one network address
LETTERS_PER_DAY = 5  # from one email address
FORMS_PER_HOUR = 5  # of each kind, from one network address
FORMS_PER_DAY = 5  # of each kind, from one email address or phone number
POLLS_PER_MINUTE = 120  # of one visitor whose network lets no socket through
POLLS_PER_MINUTE_PER_ADDRESS = 1200
PAGES_PER_MINUTE = 60  # that one visitor goes to; nobody is told of more
TRIES_PER_HOUR = 60  # forms that were sent, kept or not, from one network address


class Figures(Protocol):
    """What [chat] of config.toml says about how much is fine."""

    @property
    def send_per_10s(self) -> int: ...
    @property
    def send_per_hour(self) -> int: ...
    @property
    def send_per_minute_per_address(self) -> int: ...
    @property
    def visitors_per_hour_per_address(self) -> int: ...
    @property
    def visitors_per_second(self) -> int: ...
    @property
    def introductions_per_hour(self) -> int: ...
    @property
    def introductions_per_minute_per_address(self) -> int: ...
    @property
    def connects_per_minute_per_address(self) -> int: ...
    @property
    def sockets_per_visitor(self) -> int: ...
    @property
    def uploads_per_hour(self) -> int: ...
    @property
    def uploads_per_hour_per_address(self) -> int: ...
    @property
    def upload_mb_per_day(self) -> int: ...


@dataclass(frozen=True)
class ChatLimits:
    """The figures where nobody said otherwise (reliability.md 6.9)."""

    send_per_10s: int = 20
    send_per_hour: int = 300
    send_per_minute_per_address: int = 60
    visitors_per_hour_per_address: int = 20
    connects_per_minute_per_address: int = 30
    sockets_per_visitor: int = 5
    uploads_per_hour: int = 10
    uploads_per_hour_per_address: int = 20
    upload_mb_per_day: int = 100
    visitors_per_second: int = 50
    introductions_per_hour: int = 10
    introductions_per_minute_per_address: int = 10


class Limits:
    """All limits of the chat. Each method takes, or raises TooFast and takes nothing."""

    def __init__(self, figures: Figures, clock: Callable[[], float] = monotonic) -> None:
        self.figures = figures
        self._send_10s = Limit(figures.send_per_10s, 10, clock)
        self._send_hour = Limit(figures.send_per_hour, 3600, clock)
        self._send_address = Limit(figures.send_per_minute_per_address, 60, clock)
        self._arrive = Limit(figures.visitors_per_hour_per_address, 3600, clock)
        self._arrive_all = Limit(figures.visitors_per_second, 1, clock)
        self._introduce = Limit(figures.introductions_per_hour, 3600, clock)
        self._introduce_address = Limit(figures.introductions_per_minute_per_address, 60, clock)
        self._connect = Limit(figures.connects_per_minute_per_address, 60, clock)
        self._poll = Limit(POLLS_PER_MINUTE, 60, clock)
        self._poll_address = Limit(POLLS_PER_MINUTE_PER_ADDRESS, 60, clock)
        self._upload = Limit(figures.uploads_per_hour, 3600, clock)
        self._upload_mb = Limit(figures.upload_mb_per_day, 86_400, clock)
        self._upload_address = Limit(figures.uploads_per_hour_per_address, 3600, clock)
        self._letter = Limit(LETTERS_PER_HOUR, 3600, clock)
        self._letter_from = Limit(LETTERS_PER_DAY, 86_400, clock)
        self._form = Limit(FORMS_PER_HOUR, 3600, clock)
        self._form_from = Limit(FORMS_PER_DAY, 86_400, clock)
        self._try = Limit(TRIES_PER_HOUR, 3600, clock)
        self._whisper = Limit(4, 2, clock)
        self._act = Limit(60, 60, clock)
        self._look = Limit(PAGES_PER_MINUTE, 60, clock)

    def shared(self) -> Iterator[tuple[str, Limit, bool]]:
        """What all processes count together: its name, the limit, and whether each must know at once.

        A visitor sends and acts over few sockets: whoever has one of them knows. The rest may come to any process.
        """
        yield from (("send 10s", self._send_10s, False), ("send hour", self._send_hour, False))
        yield from (("send address", self._send_address, False), ("act", self._act, False))
        yield from (("arrive", self._arrive, True), ("connect", self._connect, True), ("try", self._try, True))
        yield from (("arrive all", self._arrive_all, True), ("introduce", self._introduce, False))
        yield ("introduce address", self._introduce_address, False)
        yield from (("upload", self._upload, True), ("upload mb", self._upload_mb, True))
        yield from (("upload address", self._upload_address, True), ("letter", self._letter, True))
        yield ("look", self._look, False)
        yield from (("letter from", self._letter_from, True), ("form", self._form, True))
        yield from (("form from", self._form_from, True), ("whisper", self._whisper, False))
        yield from (("poll", self._poll, True), ("poll address", self._poll_address, True))

    def send(self, visitor: int, network: str, *, introduces: bool = False) -> None:
        """`introduces`: with a name or an email address that they had not before."""
        who = str(visitor)
        sends = (self._send_10s, who, 1.0), (self._send_hour, who, 1.0), (self._send_address, network, 1.0)
        _take(*sends, *self._introduces(visitor, network, introduces))

    def arrive(self, network: str) -> None:
        _take((self._arrive, network, 1), (self._arrive_all, "", 1))

    def connect(self, network: str) -> None:
        _take((self._connect, network, 1))

    def poll(self, holder: str, network: str) -> None:
        """`holder` stands for whoever holds a token, before anybody knows who that is."""
        _take((self._poll, holder, 1), (self._poll_address, network, 1))

    def upload(self, visitor: int, network: str) -> None:
        """Before the file is read; `uploaded` counts its bytes afterwards."""
        wait = self._upload_mb.wait(str(visitor), 0)  # asked once: each no is counted
        if wait > 0:
            raise TooFast(SLOW_DOWN, retry_after=wait)
        _take((self._upload, str(visitor), 1), (self._upload_address, network, 1))

    def uploaded(self, visitor: int, size: int) -> None:
        self._upload_mb.take(str(visitor), size / (1024 * 1024))

    def may_write(self, network: str, email: str) -> None:
        """Whether one more letter is fine; `wrote` counts it, once it is kept."""
        wait = max(self._letter.wait(network), self._letter_from.wait(email))
        if wait > 0:
            raise TooFast(SLOW_DOWN, retry_after=wait)

    def wrote(self, network: str, email: str) -> None:
        self._letter.take(network)
        self._letter_from.take(email)

    def may_post(self, form: str, address: str, contact: str = "") -> None:
        """Whether one more complaint or callback is fine; `was_posted` counts it, once it is kept."""
        wait = max(self._form.wait(f"{form} {network_of(address)}"), self._form_from.wait(f"{form} {contact}"))
        if wait > 0:
            raise TooFast(SLOW_DOWN, retry_after=wait)

    def was_posted(self, form: str, address: str, contact: str = "") -> None:
        """`contact` is an email address or a phone number; none counts for nobody."""
        self._form.take(f"{form} {network_of(address)}")
        if contact:
            self._form_from.take(f"{form} {contact}")

    def may_try(self, address: str) -> None:
        """Every form that is sent, kept or not: each may bring files."""
        _take((self._try, network_of(address), 1))

    def whisper(self, visitor: int) -> bool:
        """Whether a hint such as typing may pass. Too many are dropped without a word."""
        return _passes(self._whisper, str(visitor))

    def look(self, visitor: int) -> bool:
        """Whether a page that they went to may be noted. Too many are dropped as well: no answer is owed."""
        return _passes(self._look, str(visitor))

    def act(self, visitor: int, network: str, *, introduces: bool = False) -> None:
        """Anything else that writes and is answered: ending, rating, a name."""
        _take((self._act, str(visitor), 1), *self._introduces(visitor, network, introduces))

    def _introduces(self, visitor: int, network: str, introduces: bool) -> tuple[tuple[Limit, str, float], ...]:
        """Who tries many names looks for one that is known here."""
        asked = (self._introduce, str(visitor), 1.0), (self._introduce_address, network, 1.0)
        return asked if introduces else ()


def _passes(limit: Limit, key: str) -> bool:
    fine = limit.wait(key) == 0
    if fine:
        limit.take(key)
    return fine


def _take(*asked: tuple[Limit, str, float]) -> None:
    """All of these, or none."""
    wait = max(limit.wait(key, amount) for limit, key, amount in asked)
    if wait > 0:
        raise TooFast(SLOW_DOWN, retry_after=wait)
    for limit, key, amount in asked:
        limit.take(key, amount)
