"""An uploaded form with one file in it, read piece by piece as it arrives (multipart/form-data, RFC 7578)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from tickets.errors import Refused, TooBig
from tickets.files.store import Incoming, Store, Stored

LARGEST_FIELD = 1024  # bytes
MOST_AROUND = 64 * 1024  # bytes of a form that are not its file
UNREADABLE = "The upload could not be read. Please try again."


class Unsupported(Refused):
    """Not the kind of body that this door takes."""

    status: ClassVar[int] = 415


@dataclass(frozen=True)
class Upload:
    client_id: str
    name: str  # as the sender called it
    claimed: str  # the type that the sender claims
    stored: Stored
    head: bytes


class UploadForm:
    """Use as a context manager: what is not finished leaves nothing behind. Takes the fields `file` and `client_id`."""

    def __init__(self, content_type: str, store: Store, *, largest: int) -> None:
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise Unsupported("This cannot be sent here.")
        self._store = store
        self._largest = largest
        self._left = largest + MOST_AROUND
        self._incoming: Incoming | None = None
        self._name = self._claimed = ""
        self._fields: dict[str, bytes] = {}
        self._field = ""
        self._header = self._value = b""
        self._headers: dict[bytes, bytes] = {}
        self._ended = False
        self._parser = _parser(self, options[b"boundary"])

    def __enter__(self) -> UploadForm:
        return self

    def __exit__(self, *_: object) -> None:
        if self._incoming is not None:
            self._incoming.close()

    def feed(self, data: bytes) -> None:
        """The next piece of the body. Raises Refused and TooBig."""
        self._left -= len(data)
        if self._left < 0:
            raise TooBig("Largest is {n} MB.", field="file", n=self._largest // (1024 * 1024))
        try:
            self._parser.write(data)
        except FormParserError:
            raise Refused(UNREADABLE, field="file") from None

    def finish(self) -> Upload:
        """The file is durable when this returns."""
        if not self._ended or self._incoming is None:
            raise Refused(UNREADABLE, field="file")
        stored = self._incoming.finish()
        client_id = self._fields.get("client_id", b"").decode(errors="replace")
        return Upload(client_id, self._name, self._claimed, stored, self._incoming.head)

    # What the parser calls

    def begin_part(self) -> None:
        self._headers, self._field = {}, ""

    def header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def end_header(self) -> None:
        self._headers[self._header.lower()] = self._value
        self._header = self._value = b""

    def end_headers(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode(errors="replace")
        if name == "file" and b"filename" in options and self._incoming is None:
            self._name = _unescaped(options[b"filename"].decode(errors="replace"))
            self._claimed = self._headers.get(b"content-type", b"").decode("latin-1")
            self._incoming = self._store.receive(largest=self._largest)
            self._field = "file"
        elif name != "file":
            self._field = name
            self._fields[name] = b""

    def data(self, data: bytes, start: int, end: int) -> None:
        if self._field == "file" and self._incoming is not None:
            self._incoming.write(data[start:end])
        elif self._field:
            self._fields[self._field] += data[start:end]
            if len(self._fields[self._field]) > LARGEST_FIELD:
                raise Refused(UNREADABLE, field="file")

    def end(self) -> None:
        self._ended = True


def _parser(form: UploadForm, boundary: bytes) -> MultipartParser:
    try:
        return MultipartParser(
            boundary,
            {
                "on_part_begin": form.begin_part,
                "on_header_field": form.header_name,
                "on_header_value": form.header_value,
                "on_header_end": form.end_header,
                "on_headers_finished": form.end_headers,
                "on_part_data": form.data,
                "on_end": form.end,
            },
        )
    except FormParserError:
        raise Refused(UNREADABLE, field="file") from None


def _unescaped(name: str) -> str:
    """Browsers write these three as %XX and nothing else (HTML standard, multipart/form-data encoding)."""
    return name.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")
