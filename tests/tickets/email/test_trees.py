"""The parts of other people's mails, and what each holds, beside what other libraries found in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tests.elsewhere import elsewhere
from tickets.email.mime import Part, split
from tickets.email.parse import _text, with_lines
from tickets.email.parts import kind_of_part, param
from tickets.email.transfer import by_the_book

MAILS = 187
Tree = list[Any]
"""A part that holds others is a list of them; one that holds none is its content, without white space."""


def parsed(content: bytes) -> Part:
    return split(with_lines(content))


def ours(part: Part) -> Iterator[tuple[str, Part]]:
    """The way to each leaf, and the leaf; a mail inside of a mail is gone into."""
    inside = part.inside
    if inside is None and kind_of_part(part) == "message/rfc822":
        inner = parsed(by_the_book(part))
        inside = [inner] if inner.head.keys() else None
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
                if not parts:
                    yield ".".join(map(str, way)), (child.findtext("preamble") or "").encode()
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
    theirs, mine = of_mime4j(path), {way: _bare(by_the_book(leaf)) for way, leaf in ours(parsed(path.read_bytes()))}
    if set(theirs) != set(mine):
        return "tree"
    return "" if theirs == mine else "leaf"


def compared_with_stalwart(path: Path) -> str:
    theirs, mine = of_stalwart(path), dict(ours(parsed(path.read_bytes())))
    if set(theirs) != set(mine):
        return "tree"
    return "" if all(_same(*theirs[way], mine[way]) for way in theirs) else "leaf"


def _same(kind: str, held: Any, leaf: Part) -> bool:
    if kind in {"Text", "Html"}:
        return "".join(held.split()) in {"".join(text.split()) for text in (_as_named(leaf), _text(leaf, [])[0])}
    return _bare(held.encode() if isinstance(held, str) else bytes(held)) == _bare(by_the_book(leaf))


def _as_named(leaf: Part) -> str:
    """Its bytes in the charset that it names; what is called ASCII is Windows' Latin (WHATWG Encoding, labels)."""
    named = (param(leaf, "charset") or "utf-8").lower()
    return by_the_book(leaf).decode({"us-ascii": "cp1252"}.get(named, named), "replace")


def differences() -> dict[str, str]:
    folder = elsewhere("mail", cases=MAILS)
    mime4j, stalwart = sorted(folder.glob("mime4j/*/*.msg")), sorted(folder.glob("stalwart/*/*.eml"))
    assert MAILS == len(mime4j) + len(stalwart)
    found = {path.stem: compared_with_mime4j(path) for path in mime4j}
    found |= {f"{path.parent.name}/{path.stem}": compared_with_stalwart(path) for path in stalwart}
    return {name: what for name, what in found.items() if what}


REASONS = {
    "Byte for byte another mail of the set, of which something else is expected: that other one we read as expected.": (
        "malformedHeaderStartsBody-nocrlfcrlf malformedHeaderStartsBody-noheader"
    ),
    "A boundary further out ends what is open inside (RFC 2046, 5.1.2; missing-inner-boundary); here it shall not.": (
        "malformed/009 malformed/011 malformed/012"
    ),
    "A delimiter ends the headers of a part too, as in multipartemptypart; here it shall be one of the headers.": (
        "malformed/000 thirdparty/015"
    ),
    "Of two Content-Types the last one counts, as in malformed/020 and 021; here the first one shall.": "multi-bad",
}


def test_where_others_see_other_parts_or_other_bytes_there_is_a_reason() -> None:
    """Each difference is written down above; whoever reads mail in another way than before sees it here."""
    explained = {name for names in REASONS.values() for name in names.split()}
    assert explained == set(differences())


def test_a_space_before_the_colon_of_a_header_is_a_header() -> None:
    """RFC 5322, 4.5; in the text it is a word."""
    message = parsed(b"From : sam@customer.example\r\nSubject\t: My parcel\r\n\r\nNote : this\r\n")
    assert ("sam@customer.example", "My parcel") == (message.head["From"].strip(), message.head["Subject"].strip())
    assert b"Note : this\r\n" == by_the_book(message)
