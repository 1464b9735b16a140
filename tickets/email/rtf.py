"""What rich text says: the page that Outlook hid in it, where it did (MS-OXRTFEX), else its words.

Looks at each token once and keeps a stack of its own: no text makes it slow, and none makes it deep.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace
from functools import cache

from tickets.email.compressed_rtf import unpacked

_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?[0-9]{1,9})? ?|\\'(?P<byte>[0-9a-fA-F]{2})|\\(?P<symbol>[^a-zA-Z'])"
    rb"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)",
    re.DOTALL,
)
_BREAKS = {"par": "\n", "line": "\n", "row": "\n", "sect": "\n", "page": "\n", "tab": "\t", "cell": "\t"}
_SIGNS = {
    **_BREAKS,
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "bullet": "•",
    "endash": "–",
    "emdash": "—",
    "enspace": "\u2002",
    "emspace": "\u2003",
    "zwj": "\u200d",
    "zwnj": "\u200c",
}
_SYMBOLS = {b"~": "\u00a0", b"_": "\u2011", b"-": "\u00ad", b"\n": "\n", b"\r": "\n", b"\t": "\t"}
_HIDDEN = """
colortbl stylesheet info pict object header headerl headerr headerf footer footerl footerr footerf footnote annotation
fldinst listtext pntext nonshppict shpinst themedata datastore private xe tc rxe txe template
"""
_UNSAID = frozenset(_HIDDEN.split())
_PAGES = {77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "cp950", 161: "cp1253"} | {
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    255: "cp437",
}
"""Which letters a font's \\fcharset means; those of the text itself where it means none."""


@dataclass(frozen=True)
class _Group:
    """What holds until the brace closes."""

    said: bool = True  # its text belongs to what is read
    fonts: bool = False  # it tells of fonts
    silent: bool = False  # said in rich text only, as the page says it otherwise (htmlrtf)
    font: int = -1
    instead: int = 1  # letters that stand after one in Unicode for those who do not know it


def words_of(compressed: bytes) -> tuple[str, str]:
    """Its words and its page, one of which is empty. Raises ValueError for what is no rich text."""
    content = unpacked(compressed)
    if not content.lstrip().startswith(b"{\\rtf"):
        raise ValueError("no rich text")
    is_page = b"\\fromhtml" in content[:1000]
    said = _Rich(content).read()
    return ("", said.strip("\0")) if is_page else (said.strip(), "")


class _Rich:
    def __init__(self, content: bytes) -> None:
        self.content, self.found, self.bytes = content, [""], bytearray()
        self.group, self.outside = _Group(), list[_Group]()
        self.usual, self.usual_font, self.pages = "cp1252", 0, dict[int, str]()
        self.page, self.starred, self.left_out = "cp1252", False, 0

    def read(self) -> str:
        at = 0
        while (token := _TOKEN.search(self.content, at)) is not None:
            at = token.end()
            kind, starred = token.lastgroup, self.starred
            self.starred = False
            if kind == "brace":
                self._brace(token["brace"])
            elif token["word"]:
                number = int(token["number"]) if token["number"] else None
                at += self._word(token["word"].decode().lower(), number, starred=starred)
            elif kind == "byte":
                self._letters(bytes([int(token["byte"], 16)]))
            elif kind == "text":
                self._letters(token["text"])
            else:
                self._symbol(token["symbol"])
        self._flush()
        units = "".join(self.found).encode("utf-16-le", "surrogatepass")
        return units.decode("utf-16-le", "replace")

    def _brace(self, brace: bytes) -> None:
        self._flush()
        self.left_out = 0
        if brace == b"{":
            self.outside.append(self.group)
        elif self.outside:
            self.group = self.outside.pop()

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self.starred = True
        elif symbol in _SYMBOLS:
            self._say(_SYMBOLS[symbol])
        else:
            self._letters(symbol if symbol in b"\\{}" else b"")

    def _word(self, word: str, number: int | None, *, starred: bool) -> int:
        """How many bytes behind it are no text."""
        if word == "bin":
            return max(number or 0, 0)
        if word == "u":
            self._say(chr((number or 0) % 0x10000))
            self.left_out = self.group.instead
        elif word in _SIGNS:
            self._say(_SIGNS[word])
        else:
            self._flush()
            self._sets(word, number, starred=starred)
        return 0

    def _sets(self, word: str, number: int | None, *, starred: bool) -> None:
        if word == "htmlrtf":
            self.group = replace(self.group, silent=number != 0)
        elif word == "fonttbl":
            self.group = replace(self.group, said=False, fonts=True)
        elif word in _UNSAID or (starred and word != "htmltag"):
            self.group = replace(self.group, said=False)
        elif word == "uc":
            self.group = replace(self.group, instead=max(0, min(number or 0, 8)))
        elif word == "ansicpg":
            self.usual = _page_of(number or 0)
        elif word == "deff":
            self.usual_font = number or 0
        elif word in {"f", "plain"}:
            self.group = replace(self.group, font=(number or 0) if word == "f" else -1)
        elif word == "fcharset" and self.group.fonts:
            self.pages[self.group.font] = _PAGES.get(number or 0, "")

    def _letters(self, letters: bytes) -> None:
        skipped = min(self.left_out, len(letters))
        self.left_out -= skipped
        if self.group.said and not self.group.silent:
            self.bytes += letters[skipped:]

    def _say(self, text: str) -> None:
        self._flush()
        self.left_out = 0
        if self.group.said and not self.group.silent:
            self.found.append(text)

    def _flush(self) -> None:
        """Letters of more than one byte may be written a byte at a time."""
        if self.bytes:
            font = self.usual_font if self.group.font < 0 else self.group.font
            self.found.append(self.bytes.decode(self.pages.get(font) or self.usual, "replace"))
            self.bytes.clear()


@cache
def _page_of(number: int) -> str:
    name = {65001: "utf-8", 936: "gb18030", 10000: "mac_roman"}.get(number, f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"
