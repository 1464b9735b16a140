"""Which encoding the name of one means: senders misspell it, call a wide one by a narrow one's name, or name none."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

# What is meant by a name that Python knows: the wider one that senders really use (WHATWG Encoding, labels).
_WIDER = {
    "ascii": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "kz1048": "cp1251",
    "utf-8-sig": "utf-8",
}
_WIDER |= dict.fromkeys(
    ("iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_3", "iso2022_jp_2004", "iso2022_jp_ext"), "iso2022_jp"
)
# And by one that Python does not know, without its dashes: the first that fits.
_NAMES = [
    (re.compile(pattern), meant)
    for pattern, meant in (
        (r"(unicode|csunicode|utf)(20|11)?utf7|unicode11utf7|utf7.*", "utf-7"),
        (r"utf8.*|unicode(11)?utf8|unicode20utf8", "utf-8"),
        (r"(utf|ucs|unicode)(16|2)le", "utf-16-le"),
        (r"(utf|ucs|unicode)(16|2)be", "utf-16-be"),
        (r"utf16.*|(iso10646)?ucs2|unicode", "utf-16"),
        (r"hz(gb2312)?", "hz"),
        (r"(cn|zh|eu?c?cn)?gb(k|2312|18030).*|gb|cngb|euccn|(cp|ms|win|windows|ibm)936|chinese", "gb18030"),
        (r"(cn)?big(5|five).*|(cp|ms|win|windows|ibm)950|chinesebig5|hkscs", "big5hkscs"),
        (r"ksc?5601.*|ksx1001|euckr.*|(cp|ms|win|windows|ibm)(949|51949)|uhc|korean", "cp949"),
        (r"s(hift)?jis.*|shiftjis.*|mskanji|(cp|ms|win|windows|ibm)(932|943).*|windows31j|macjapanese", "cp932"),
        (r"euc(jp)?(win|ms|open)?|ujis|(cp|windows)51932|eucjp.*", "euc_jp"),
        (r"iso2022jp.*|(cp|windows)5022[0-2]|jis|jis7", "iso2022_jp"),
        (r"iso2022kr.*", "iso2022_kr"),
        (r"(iso)?8859(\d\d?)[iel]?(windows.*|latin.*|(19|20)\d\d.*)?", "iso8859-{2}"),
        (r"iso88591l?|isolatin1.*|latin1?|ansi|western|iso8859l?", "cp1252"),
        (r"(windows|win|cp|ms|ibm|dos|oem)?(cp)?0*(\d{3,4})(ansi|dos)?", "cp{3}"),
        (r"koi8?r.*|koi8ru", "koi8-r"),
        (r"koi8?u.*", "koi8-u"),
        (r"mac(roman|intosh)?|applemacintosh", "mac-roman"),
        (r"mac(ce|centraleurope.*|centraleurroman)", "mac-latin2"),
        (r"mac(cyrillic|ukrainian)", "mac-cyrillic"),
        (r"mac(greek|turkish)", "mac-{1}"),
        (r"tis620.*|thai", "cp874"),
    )
]
_LONGEST = 60  # characters of a name
_SAYS_SO = re.compile(r"^(charset\W{1,3}|=?3d(?=[a-z]))+")
_PUT_BEFORE = re.compile(r"^(x|cs)[-_]?(?=[a-z])")


def codec_of(declared: str) -> str:
    """Python's name of what is meant; empty where nothing was said, or nobody knows it."""
    return _codec(declared[:_LONGEST]) if declared else ""


@lru_cache(maxsize=256)
def _codec(declared: str) -> str:
    seen = "".join(c for c in declared if c.isascii() and c.isprintable()).lower().partition("*")[0]
    name = _SAYS_SO.sub("", seen.strip(" '\"=;,.<>()[]"))
    name = re.split(r"[\s;,\"'()<>]", name.strip(" '\"=;,"))[0]
    return _known(name) or _known(_meant(re.sub(r"[^a-z0-9]", "", name)) or _meant(_bare(name)))


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", _PUT_BEFORE.sub("", _PUT_BEFORE.sub("", name)))


def _meant(letters: str) -> str:
    for pattern, meant in _NAMES:
        if found := pattern.fullmatch(letters):
            return meant.format(found[0], *(group or "" for group in found.groups()))
    return ""


def _known(name: str) -> str:
    try:
        known = codecs.lookup(name) if name else None
    except (LookupError, ValueError):
        return ""
    if known is None or not known._is_text_encoding or known.name.replace("-", "_") in _UNMEANT:
        return ""
    return _WIDER.get(known.name, known.name)


_UNMEANT = {"idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined", "charmap", "mbcs", "oem"}
