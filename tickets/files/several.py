"""A customer's form with fields and several files, read as it arrives: one bad file spoils nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tickets.errors import Refused, TooBig
from tickets.files.attachment import MOST_FILES
from tickets.files.parts import UNREADABLE, Parts
from tickets.files.store import Incoming, Store
from tickets.files.upload import Upload
from tickets.text import legible

MOST_TEXT = 256 * 1024  # bytes of all fields together, and of what stands around the files


@dataclass(frozen=True)
class Sent:
    """What came: texts by the name of their field, and the files that are sound. `trouble` is about the first other."""

    texts: dict[str, list[str]]
    files: Sequence[Upload] = ()
    trouble: Refused | None = None

    def getlist(self, key: str) -> Sequence[str]:
        return self.texts.get(key, [])

    def text(self, key: str) -> str:
        return next(iter(self.getlist(key)), "")


class FormWithFiles(Parts):
    """Use as a context manager: what is not finished leaves nothing behind. Its files are called `files`.

    A file that is too big or empty, and one too many, is read past and told of: the form it came with is still whole.
    """

    def __init__(self, content_type: str, store: Store, *, largest: int) -> None:
        super().__init__(content_type)
        self._store = store
        self._largest = largest
        self._left = MOST_TEXT + MOST_FILES * largest
        self._text_left = MOST_TEXT
        self._texts: list[tuple[str, bytearray]] = []
        self._files: list[tuple[str, str, Incoming]] = []
        self._incoming: Incoming | None = None  # the file that is being read
        self._in_file = False
        self.trouble: Refused | None = None

    def __enter__(self) -> FormWithFiles:
        return self

    def __exit__(self, *_: object) -> None:
        for _name, _claimed, incoming in self._files:
            incoming.close()

    def feed(self, data: bytes) -> None:
        """The next piece of the body. Raises Refused and TooBig for a body that we do not read to its end."""
        self._left -= len(data)
        if self._left < 0:
            raise TooBig("This is more than we take.", field="files")
        self.parse(data)

    def finish(self) -> Sent:
        """The files are durable when this returns."""
        if not self.ended:
            raise Refused(UNREADABLE, field="files")
        texts: dict[str, list[str]] = {}
        for name, text in self._texts:
            texts.setdefault(name, []).append(legible(text.decode(errors="replace")))
        sound = [self._kept(name, claimed, incoming) for name, claimed, incoming in self._files if incoming.size]
        return Sent(texts, sound, self.trouble)

    def begin(self, name: str, filename: str | None, claimed: str) -> None:
        self._incoming, self._in_file = None, filename is not None
        if filename is None:
            self._texts.append((name, bytearray()))
            self._count(len(name))
        elif name == "files" and filename and len(self._files) == MOST_FILES:
            self._note(Refused("Send at most {n} files at once.", field="files", n=MOST_FILES))
        elif name == "files" and filename:  # without a name: a field in which no file was chosen
            self._incoming = self._store.receive(largest=self._largest)
            self._files.append((filename, claimed, self._incoming))

    def piece(self, data: bytes) -> None:
        if not self._in_file:
            self._count(len(data))
            self._texts[-1][1].extend(data)
        elif self._incoming is not None:
            try:
                self._incoming.write(data)
            except TooBig:
                self._give_up(self._incoming)

    def part_ended(self) -> None:
        if self._incoming is not None and not self._incoming.size:
            self._note(Refused("{name} is empty.", field="files", name=self._files[-1][0]))

    def _count(self, size: int) -> None:
        self._text_left -= size
        if self._text_left < 0:
            raise TooBig("This is more than we take.", field="files")

    def _give_up(self, incoming: Incoming) -> None:
        """Nothing of it stays; what else comes of it is read past."""
        name, _, _ = self._files.pop()
        incoming.close()
        self._incoming = None
        megabytes = self._largest // (1024 * 1024)
        self._note(TooBig("{name} is too big. Largest is {n} MB.", field="files", name=name, n=megabytes))

    def _note(self, trouble: Refused) -> None:
        self.trouble = self.trouble or trouble

    def _kept(self, name: str, claimed: str, incoming: Incoming) -> Upload:
        """The same content under the same form is the same file, however often the form is sent."""
        stored = incoming.finish()
        return Upload(stored.sha256[:40], name, claimed, stored, incoming.head)
