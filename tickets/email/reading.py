"""What is left of a mail when it has been read: plain values that fit on a line, and files that lie in the store."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tickets.email.body import words_of
from tickets.email.bounces import Bounce
from tickets.email.forwarded import Forwarded, forwarded
from tickets.email.headers import Head
from tickets.email.html import fetches_pictures, harmless
from tickets.email.parse import File, parse, pictures
from tickets.files.kinds import kind_of
from tickets.files.names import clean_file_name, original_name
from tickets.files.store import Store

LARGEST_DRAWN = 10 * 1024 * 1024  # bytes of a picture of which a preview is made


class Preview(msgspec.Struct, frozen=True):
    sha256: str
    type: str
    width: int
    height: int


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the mail, its bytes laid down in the store."""

    name: str
    original_name: str
    claimed: str
    type: str
    doubtful: bool
    sha256: str
    size: int
    preview: Preview | None = None


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    head: Head
    shown: str  # what stands in the conversation
    whole: str  # empty: `shown` is all of it
    html: bool
    pictures: bool  # it would fetch some from elsewhere
    guessed: bool
    remarks: list[str]
    defects: list[str]
    files: list[Kept]
    left_out: int
    bounce: Bounce | None = None
    complaint: bool = False
    receipt: bool = False
    by_itself: str = ""
    forwarded: list[Forwarded] = []

    @property
    def laid(self) -> list[str]:
        """The hashes of what has been laid down in the store, and has to settle there."""
        previews = [file.preview.sha256 for file in self.files if file.preview is not None]
        return [*(file.sha256 for file in self.files), *previews]


def read(path: Path, store: Store) -> Reading:
    """Read the mail at `path` and lay down its files. Raises Unreadable."""
    letter = parse(path.read_bytes())
    words = words_of(letter)
    files = [file for file in letter.files if file.content]  # there is nothing to keep of an empty one but its name
    return Reading(
        head=letter.head,
        shown=words.shown,
        whole=words.whole,
        html=bool(letter.htmls),
        pictures=any(map(fetches_pictures, letter.htmls)),
        guessed=letter.guessed,
        remarks=letter.remarks,
        defects=letter.defects,
        files=[_keep(file, store) for file in files],
        left_out=letter.left_out + len(letter.files) - len(files),
        bounce=letter.bounce,
        complaint=letter.complaint,
        receipt=letter.receipt,
        by_itself=letter.by_itself,
        forwarded=forwarded(letter),
    )


def show(path: Path, *, remote: bool) -> str:
    """The formatted text of the mail at `path`, with the pictures that are inside of it. Raises Unreadable."""
    htmls, inside = pictures(path.read_bytes())
    drawn = [harmless(html, remote="shown" if remote else "blocked", inside=inside) for html in htmls]
    return "\n<hr>\n".join(drawn)


def _keep(file: File, store: Store) -> Kept:
    stored = store.lay(file.content)
    kind = kind_of(file.content[:4096], name=file.name, claimed=file.claimed)
    preview = _preview(store, stored.sha256) if kind.may_show and stored.size <= LARGEST_DRAWN else None
    return Kept(
        name=clean_file_name(file.name),
        original_name=original_name(file.name),
        claimed=file.claimed[:100],
        type=kind.type,
        doubtful=kind.doubtful,
        sha256=stored.sha256,
        size=stored.size,
        preview=preview,
    )


def _preview(store: Store, sha256: str) -> Preview | None:
    from tickets.files.pictures import preview_of  # takes memory, and most mails have no picture

    drawn = preview_of(store.path(sha256))
    return None if drawn is None else Preview(store.lay(drawn.content).sha256, drawn.type, drawn.width, drawn.height)
