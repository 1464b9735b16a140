"""An uploaded form with one file in it, read piece by piece as it arrives."""

from __future__ import annotations

from dataclasses import dataclass

from tickets.errors import Refused, TooBig
from tickets.files.parts import UNREADABLE, Parts, Unsupported
from tickets.files.store import Incoming, Store, Stored
from tickets.text import legible

__all__ = ["UNREADABLE", "Unsupported", "Upload", "UploadForm"]

LARGEST_FIELD = 1024  # bytes
MOST_AROUND = 64 * 1024  # bytes of a form that are not its file


@dataclass(frozen=True)
class Upload:
    client_id: str
    name: str  # as the sender called it
    claimed: str  # the type that the sender claims
    stored: Stored
    head: bytes


class UploadForm(Parts):
    """Use as a context manager: what is not finished leaves nothing behind. Takes the fields `file` and `client_id`."""

    def __init__(self, content_type: str, store: Store, *, largest: int) -> None:
        super().__init__(content_type)
        self._store = store
        self._largest = largest
        self._left = largest + MOST_AROUND
        self._incoming: Incoming | None = None
        self._name = self._claimed = ""
        self._fields: dict[str, bytes] = {}
        self._field = ""

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
        self.parse(data)

    def finish(self) -> Upload:
        """The file is durable when this returns."""
        if not self.ended or self._incoming is None:
            raise Refused(UNREADABLE, field="file")
        stored = self._incoming.finish()
        client_id = legible(self._fields.get("client_id", b"").decode(errors="replace"))
        return Upload(client_id, self._name, self._claimed, stored, self._incoming.head)

    def begin(self, name: str, filename: str | None, claimed: str) -> None:
        self._field = ""
        if name == "file" and filename is not None and self._incoming is None:
            self._name, self._claimed = filename, claimed
            self._incoming = self._store.receive(largest=self._largest)
            self._field = "file"
        elif name != "file":
            self._field = name
            self._fields[name] = b""

    def piece(self, data: bytes) -> None:
        if self._field == "file" and self._incoming is not None:
            self._incoming.write(data)
        elif self._field:
            self._fields[self._field] += data
            if len(self._fields[self._field]) > LARGEST_FIELD:
                raise Refused(UNREADABLE, field="file")

    def part_ended(self) -> None:
        """An empty file is refused when it is finished."""
