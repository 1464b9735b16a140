"""A posted form with files in it, taken apart as it arrives (multipart/form-data, RFC 7578)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from tickets.errors import Refused
from tickets.text import legible

UNREADABLE = "The upload could not be read. Please try again."
MOST_HEADERS = 16 * 1024  # bytes, of one part


class Unsupported(Refused):
    """Not the kind of body that this door takes."""

    status: ClassVar[int] = 415


class Parts(ABC):
    """Calls `begin` for each part, `piece` for its bytes and `part_ended` after them. `ended` says that all of it came.

    Raises Unsupported for another kind of body, and Refused for one that cannot be read.
    """

    def __init__(self, content_type: str) -> None:
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise Unsupported("This cannot be sent here.")
        self.ended = False
        self._header = self._value = b""
        self._headers: dict[bytes, bytes] = {}
        self._room = MOST_HEADERS
        self._parser = self._parser_of(options[b"boundary"])

    @abstractmethod
    def begin(self, name: str, filename: str | None, claimed: str) -> None:
        """A part begins; one without a `filename` is an ordinary field."""

    @abstractmethod
    def piece(self, data: bytes) -> None:
        """The next bytes of the part that has begun."""

    @abstractmethod
    def part_ended(self) -> None:
        """All of a part has come."""

    def parse(self, data: bytes) -> None:
        """The next bytes of the body."""
        try:
            self._parser.write(data)
        except FormParserError:
            raise Refused(UNREADABLE, field="file") from None

    # What the parser calls

    def _part_begin(self) -> None:
        self._headers, self._room = {}, MOST_HEADERS

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += self._counted(data[start:end])

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += self._counted(data[start:end])

    def _counted(self, data: bytes) -> bytes:
        self._room -= len(data)
        if self._room < 0:
            raise Refused(UNREADABLE, field="file")
        return data

    def _header_end(self) -> None:
        self._headers[self._header.lower()] = self._value
        self._header = self._value = b""

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = legible(options.get(b"name", b"").decode(errors="replace"))
        filename = _unescaped(options[b"filename"].decode(errors="replace")) if b"filename" in options else None
        self.begin(name, filename, legible(self._headers.get(b"content-type", b"").decode("latin-1")))

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self.piece(data[start:end])

    def _part_end(self) -> None:
        self.part_ended()

    def _end(self) -> None:
        self.ended = True

    def _parser_of(self, boundary: bytes) -> MultipartParser:
        try:
            return MultipartParser(
                boundary,
                {
                    "on_part_begin": self._part_begin,
                    "on_header_field": self._header_name,
                    "on_header_value": self._header_value,
                    "on_header_end": self._header_end,
                    "on_headers_finished": self._headers_finished,
                    "on_part_data": self._part_data,
                    "on_part_end": self._part_end,
                    "on_end": self._end,
                },
            )
        except FormParserError:
            raise Refused(UNREADABLE, field="file") from None


def _unescaped(name: str) -> str:
    """Browsers write these three as %XX and nothing else (HTML standard, multipart/form-data encoding)."""
    return legible(name).replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")
