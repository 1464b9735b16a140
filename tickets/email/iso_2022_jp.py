"""Japanese as mail programs there write it: ISO-2022-JP, with letters that the RFC leaves out (RFC 1468)."""

from __future__ import annotations

import re
from contextlib import suppress

_SHIFT = re.compile(rb"\x1b(\$[@B]|\([BJI])")
_ASCII, _KANA = b"(B", b"(I"
_BARE_SHIFT = re.compile(rb"\$[@B]((?:[!-~]{2})+?)\([BJ]")  # gates that know no controls take the first byte away


def has_shifts(data: bytes) -> bool:
    """Whether it shifts to Japanese letters: to those that look on, such a text is all ASCII."""
    return (b"\x1b$" in data and _SHIFT.search(data) is not None) or b"\x1b(I" in data


def with_shifts(data: bytes, codec: str) -> bytes:
    """With what makes them shifts put back, where all of them lost it on the way."""
    if codec != "iso2022_jp" or b"\x1b" in data:
        return data
    return _BARE_SHIFT.sub(lambda found: b"\x1b$B" + found[1] + b"\x1b(B", data)


def from_iso_2022_jp(data: bytes) -> str:
    """By the book where that can be; else with the row of NEC (a one in a circle) and the narrow kana."""
    with suppress(UnicodeDecodeError):
        return data.decode("iso-2022-jp")
    text: list[str] = []
    shifted, at = _ASCII, 0
    for shift in [*_SHIFT.finditer(data), None]:
        text.append(_letters(data[at : shift.start() if shift else len(data)], shifted))
        if shift:
            shifted, at = shift[1], shift.end()
    return "".join(text)


def _letters(data: bytes, shifted: bytes) -> str:
    if shifted == _KANA:
        return bytes(byte | 0x80 for byte in data).decode("cp932", "replace")
    if shifted.startswith(b"$"):
        return b"".join(map(_as_shift_jis, data[::2], data[1::2])).decode("cp932", "replace")
    return data.decode("cp932", "replace")


def _as_shift_jis(row: int, cell: int) -> bytes:
    """Two rows of JIS X 0208 share one first byte of Shift JIS; what is no letter is left as a question."""
    if not (0x21 <= row <= 0x7E and 0x21 <= cell <= 0x7E):
        return b"?"
    first = (row + 1) // 2 + (0x70 if row <= 0x5E else 0xB0)
    second = cell + (0x1F + (cell >= 0x60) if row % 2 else 0x7E)
    return bytes((first, second))
