"""The parts of other people's mails, and what each holds, beside what other libraries found in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tests.elsewhere import elsewhere
from tickets.email.parse import _content, _parser, _text, _with_lines
from tickets.email.parts import _inside, kind_of_part

MAILS = 187
Tree = list[Any]
"""A part that holds others is a list of them; one that holds none is its content, without white space."""


def parsed(content: bytes) -> EmailMessage:
    message = _parser.parsebytes(_with_lines(content))
    assert isinstance(message, EmailMessage)
    return message


def ours(part: EmailMessage) -> Iterator[tuple[str, EmailMessage]]:
    """The way to each leaf, and the leaf; a mail inside of a mail is gone into."""
    inside = _inside(part)
    if inside is None and kind_of_part(part) == "message/rfc822":
        inside = [parsed(_content(part))]
    if inside is None:
        yield "", part
    for at, one in enumerate(inside or ()):
        for way, leaf in ours(one):
            yield f"{at}{'.' if way else ''}{way}", leaf


def of_mime4j(path: Path) -> dict[str, bytes]:
    """The way to each leaf, and its bytes."""

    def go(element: ElementTree.Element, way: list[int]) -> Iterator[tuple[str, bytes]]:
        for child in element:
            if child.tag in {"text-body", "binary-body"}:
                named = path.with_name(child.get("name") or "")
                yield ".".join(map(str, way)), named.read_bytes() if named.is_file() else b""
            elif child.tag == "multipart":
                parts = [one for one in child if one.tag == "body-part"]
                for at, one in enumerate(parts):
                    yield from go(one, [*way, at])
            elif child.tag == "message":
                yield from go(child, [*way, 0])
            else:
                yield from go(child, way)

    root = ElementTree.parse(path.with_name(f"{path.stem}_decoded.xml")).getroot()
    return {way: _bare(content) for way, content in go(root, [])}


def of_stalwart(path: Path) -> dict[str, tuple[str, Any]]:
    """The way to each leaf, with what it is called and holds."""

    def go(parts: list[Any], at: int, way: list[int]) -> Iterator[tuple[str, tuple[str, Any]]]:
        ((kind, held),) = parts[at]["body"].items()
        if kind == "Multipart":
            for place, one in enumerate(held):
                yield from go(parts, one, [*way, place])
        elif kind == "Message":
            yield from go(held["parts"], 0, [*way, 0])
        else:
            yield ".".join(map(str, way)), (kind, held)

    return dict(go(json.loads(path.with_suffix(".json").read_text("utf-8"))["parts"], 0, []))


def _bare(content: bytes) -> bytes:
    return b"".join(content.split())


def compared_with_mime4j(path: Path) -> str:
    """What differs: tree, leaf; empty where nothing does."""
    theirs, mine = of_mime4j(path), {way: _bare(_content(leaf)) for way, leaf in ours(parsed(path.read_bytes()))}
    if set(theirs) != set(mine):
        return "tree"
    return "" if theirs == mine else "leaf"


def compared_with_stalwart(path: Path) -> str:
    theirs, mine = of_stalwart(path), dict(ours(parsed(path.read_bytes())))
    if set(theirs) != set(mine):
        return "tree"
    return "" if all(_same(*theirs[way], mine[way]) for way in theirs) else "leaf"


def _same(kind: str, held: Any, leaf: EmailMessage) -> bool:
    if kind in {"Text", "Html"}:
        return "".join(held.split()) == "".join(_text(leaf)[0].split())
    return _bare(held.encode() if isinstance(held, str) else bytes(held)) == _bare(_content(leaf))


def differences() -> dict[str, str]:
    folder = elsewhere("mail", cases=MAILS)
    mime4j, stalwart = sorted(folder.glob("mime4j/*/*.msg")), sorted(folder.glob("stalwart/*/*.eml"))
    assert MAILS == len(mime4j) + len(stalwart)
    found = {path.stem: compared_with_mime4j(path) for path in mime4j}
    found |= {f"{path.parent.name}/{path.stem}": compared_with_stalwart(path) for path in stalwart}
    return {name: what for name, what in found.items() if what}


REASONS = {
    "Its boundaries are missing, doubled, cut short or in the wrong order: everybody guesses other parts.": (
        "2002_06_12_doublebound badbound double-bound ending-boundaries missing-boundary missing-inner-boundary "
        "missing-inner-start-boundary multipartemptypart multipartnopart very-long-boundary very-very-long-boundary "
        "weird-boundary malformed/000 malformed/001 malformed/003 malformed/004 malformed/005 malformed/007 "
        "malformed/008 malformed/009 malformed/011 malformed/012 malformed/013 malformed/014 malformed/016 "
        "malformed/017 malformed/019 malformed/020 malformed/021 malformed/022 thirdparty/005 thirdparty/015"
    ),
    "Its headers end where none should, and what follows is text for us, a header for others, or nothing.": (
        "hdr-fakeout basic-plain-with-bad-header-separator malformedHeader-nocrlfcrlf malformedHeader-noheader "
        "malformedHeaderStartsBody-nocrlfcrlf malformedHeaderStartsBody-noheader obsolete"
    ),
    "It is uuencoded: we unpack that, and they do not.": "legacy/017 legacy/026 legacy/048",
    "Its letters are no letters of the charset that it names: we find out which they are.": "legacy/033 legacy/052",
    "What it says of its encoding is not so, or it is broken off: we keep what they cut, or the other way round.": (
        "frag multi-frag twopart rfc/000 thirdparty/002 thirdparty/003"
    ),
}


def test_where_others_see_other_parts_or_other_bytes_there_is_a_reason() -> None:
    """Each difference is written down above; whoever reads mail in another way than before sees it here."""
    explained = {name for names in REASONS.values() for name in names.split()}
    assert explained == set(differences())


def test_a_space_before_the_colon_of_a_header_is_a_header() -> None:
    """RFC 5322, 4.5; in the text it is a word."""
    message = parsed(b"From : sam@customer.example\r\nSubject\t: My parcel\r\n\r\nNote : this\r\n")
    assert ("sam@customer.example", "My parcel") == (message["From"].strip(), message["Subject"].strip())
    assert b"Note : this\r\n" == _content(message)
