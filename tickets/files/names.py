"""File names that can do no harm, and still read as what the sender called it."""

import unicodedata
from urllib.parse import quote

LONGEST = 120  # characters
_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))}
_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


def clean_file_name(name: str) -> str:
    """The last part of the name, without what hides, climbs or is special to some system. Never empty.

    What cannot be seen goes first: a check before its removal would look at another name than the one that is kept.
    """
    seen = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) not in {"Cf", "Cc", "Cs"})
    last = seen.replace("\\", "/").rpartition("/")[2]
    plain = " ".join(unicodedata.normalize("NFC", last).translate(_FORBIDDEN).split()).lstrip(". ").rstrip(". ")
    if plain.partition(".")[0].upper().strip() in _RESERVED:
        plain = f"_{plain}"
    return _shortened(plain) or "file"


def original_name(name: str) -> str:
    """The name as sent, in NFC, with U+FFFD for what cannot be kept as text."""
    kept = "".join("\ufffd" if unicodedata.category(c) == "Cs" or c == "\0" else c for c in name)
    return unicodedata.normalize("NFC", kept)[:1000]


def disposition(name: str) -> str:
    """A Content-Disposition that makes every browser save the file (RFC 6266, RFC 8187)."""
    ascii_name = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in name)
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"


def _shortened(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    tail = dot + ending if stem and len(ending) <= 10 else ""
    return (stem if tail else name)[: LONGEST - len(tail)].rstrip(". ") + tail
