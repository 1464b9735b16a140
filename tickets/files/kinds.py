"""What a file is: what its first bytes say, whatever its name and its sender claim."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

UNKNOWN = "application/octet-stream"
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})  # what may become a preview
_TEXT, _ZIP, _OLE = "text/plain", "application/zip", "application/x-ole-storage"

_MAGIC = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),  # after RIFF and a length
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", _ZIP),
    (0, b"PK\x05\x06", _ZIP),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLE),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (8, b"WAVE", "audio/wav"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"MZ", "application/x-executable"),
    (0, b"\x7fELF", "application/x-executable"),
)
_MARKUP = (
    (b"<svg", "image/svg+xml"),
    (b"<!doctype html", "text/html"),
    (b"<html", "text/html"),
    (b"<script", "text/html"),
    (b"<body", "text/html"),
    (b"<?xml", "text/xml"),
)

# What each ending promises, and which bytes keep the promise. What is not here is taken as the bytes say.
_ENDINGS: dict[str, tuple[str, frozenset[str]]] = {
    ending: (shown, frozenset(bytes_of))
    for endings, shown, bytes_of in (
        (("png",), "image/png", ("image/png",)),
        (("jpg", "jpeg"), "image/jpeg", ("image/jpeg",)),
        (("gif",), "image/gif", ("image/gif",)),
        (("webp",), "image/webp", ("image/webp",)),
        (("bmp",), "image/bmp", ("image/bmp",)),
        (("tif", "tiff"), "image/tiff", ("image/tiff",)),
        (("svg",), "image/svg+xml", ("image/svg+xml", "text/xml", _TEXT)),
        (("pdf",), "application/pdf", ("application/pdf",)),
        (("zip",), _ZIP, (_ZIP,)),
        (("gz", "tgz"), "application/gzip", ("application/gzip",)),
        (("docx",), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (_ZIP,)),
        (("xlsx",), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (_ZIP,)),
        (("pptx",), "application/vnd.openxmlformats-officedocument.presentationml.presentation", (_ZIP,)),
        (("odt", "ods", "odp"), "application/vnd.oasis.opendocument", (_ZIP,)),
        (("doc", "xls", "ppt", "msg"), "application/x-ole-storage", (_OLE,)),
        (("mp4", "m4v", "mov"), "video/mp4", ("video/mp4",)),
        (("m4a",), "audio/mp4", ("video/mp4",)),
        (("webm",), "video/webm", ("video/webm",)),
        (("mp3",), "audio/mpeg", ("audio/mpeg", UNKNOWN)),
        (("wav",), "audio/wav", ("audio/wav",)),
        (("txt", "log", "md", "ini", "yml", "yaml"), _TEXT, (_TEXT, "text/html", "text/xml")),
        (("csv",), "text/csv", (_TEXT,)),
        (("json", "har"), "application/json", (_TEXT,)),
        (("xml",), "text/xml", ("text/xml", _TEXT, "image/svg+xml")),
        (("htm", "html"), "text/html", ("text/html", _TEXT, "text/xml")),
        (("eml", "ics"), _TEXT, (_TEXT,)),
    )
    for ending in endings
}


@dataclass(frozen=True)
class Kind:
    """`type` is for people's eyes; files are served by it only where they are pictures that we made again ourselves."""

    type: str
    doubtful: bool  # name, claim and bytes do not agree

    @property
    def may_show(self) -> bool:
        return self.type in PICTURES and not self.doubtful


def kind_of(head: bytes, *, name: str, claimed: str) -> Kind:
    """One decision from the first bytes (4096 of them are enough), the file's name and the claimed type."""
    found = sniffed(head)
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    shown, promised = _ENDINGS.get(ending, (found, frozenset({found})))
    if found not in promised or _contradicts(claimed, shown):
        return Kind(UNKNOWN, doubtful=True)
    return Kind(shown, doubtful=False)


def sniffed(head: bytes) -> str:
    """The type that the bytes themselves show."""
    for at, magic, kind in _MAGIC:
        if head.startswith(magic, at):
            return kind
    if not _is_text(head):
        return UNKNOWN
    start = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    for begins, kind in _MARKUP:
        if start.startswith(begins):
            return "image/svg+xml" if kind == "text/xml" and b"<svg" in start else kind
    return _TEXT


def _is_text(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return not any(byte < 0x20 and byte not in b"\t\n\r\f\x1b" for byte in head)


def _contradicts(claimed: str, shown: str) -> bool:
    """Browsers' claims are vague, so only a picture that is none, or another picture, counts as a lie."""
    claimed = claimed.partition(";")[0].strip().lower()
    pictures = claimed.startswith("image/"), shown.startswith("image/")
    return any(pictures) and claimed not in {"", UNKNOWN} and claimed.replace("image/jpg", "image/jpeg") != shown
