"""Who is named in a line of addresses: by its grammar (RFC 5322, 3.4); where it keeps to none, as a reader sees it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from email.policy import default
from typing import Any

from tickets.email.charsets import BROKEN

Person = tuple[str, str]
"""A name, which may be empty, and an address."""

ADDRESS = re.compile(
    r"[^\s@<>\"(),:;\\\[\]]{1,64}@(?:[^\s@<>\"(),:;\\\[\]]{1,255}|\[[0-9A-Fa-f.:IPv]{2,50}\])"
    r"|\"[^\"\\]{1,62}\"@[^\s@<>\"(),:;\\]{1,255}"
)
_ANGLED = re.compile(rf"[<‹]\s?(?:mailto:|smtp:)?({ADDRESS.pattern})\s?[>›]", re.IGNORECASE)
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_PLAIN = rf"{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
_QUOTED = r"[!#-\[\]-~]+"
_USUAL = re.compile(  # one of a list as nearly all are: Jane Doe <jane@shop.example>, "Doe, Jane" <...>, or bare
    rf"[ \t]*(?:(?:(?P<name>{_ATOM}(?: {_ATOM})*) |\"(?P<quoted>{_QUOTED}(?: {_QUOTED})*)\" )?<(?P<angled>{_PLAIN})>"
    rf"|(?P<bare>{_PLAIN}))[ \t]*(?:,|\Z)"
)
_COMMENTED = re.compile(r"[^\s(),<>]{3,320}\s{0,4}\((.{1,200})\)")
_COMMENT = re.compile(r"(\"(?:[^\"\\]|\\.){0,500}\")|\([^()]{0,500}\)")
_QUOTATION = re.compile(r"\"(?:[^\"\\]|\\.){0,500}\"")
_ONE = re.compile(r"(?:\"(?:[^\"\\]|\\.){0,500}\"|[^\",;])+")  # of a list
_APART = re.compile(r"[ \t]{0,9}@[ \t]{0,9}(?=[^\s@.]{1,63}\.|\[)")
_GROUP = re.compile(r"\s*[^@:<>\[\"]{0,100}:(?!\S*//)")
_PARTING = re.compile(  # what stands between two of a list; what else has such a sign in it is passed over
    r"\"(?:[^\"\\]|\\.){0,1000}\"|\([^()]{0,500}\)|<[^<>]{0,320}>|=\?[^?\s]{0,60}\?[bq]\?[^?\s]{0,2000}\?=|([,;])",
    re.IGNORECASE,
)
_SHORT = 4096  # characters of a list that is read in one piece: it takes up to a second
_PIECE = 512  # of a longer one, for what odd ones take grows with the square of their length
LONGEST_ONE = 2048  # of a longer one
_NO_NAME = " \t\"'<>‹›{}(:;=@"
_SAYS_SO = re.compile(r"[<\[({]?\s?(?:mailto|smtp|e-?mail)\s?:?\s*\Z", re.IGNORECASE)


def people_in(value: str) -> list[Person]:
    """Those who are named, each with the name as it stands there; what is no address is left out.

    Where one address alone stands in angle brackets, that is it, whatever stands before it.
    """
    found = [(name, address) for name, address in _by_grammar(value) if address in value]
    angled = list(_ANGLED.finditer(_masked(value)))
    if len(angled) == 1 and value[slice(*angled[0].span(1))] not in {address for _, address in found}:
        found = found if "," in value else []
        before = value[: angled[0].start()].rpartition(",")[2] if found else value[: angled[0].start()]
        found.append((before.strip(' \t"<'), value[slice(*angled[0].span(1))]))
    elif len(angled) == 1 and value.count("@") == 1 and not {'"', ":", "("} & set(value):
        found = [(value[: angled[0].start()].strip(), found[0][1])]  # a name with commas in it
    if len(found) < value.count("@") and len(seen := list(as_seen(value))) > len(found):
        found = seen
    return [(_bare(name) or ("" if angled else _comment(value)), _unquoted(address)) for name, address in found]


def in_pieces(value: str, room: int) -> tuple[list[str], bool]:
    """A long list in short ones, cut between two who are named; and whether some had to be left out: whoever does not
    end within that many characters, and who is long beyond all measure.
    """
    if len(value) <= min(room, _SHORT):
        return [value], False
    ends = [found.end() for found in _PARTING.finditer(value) if found[1]] + [len(value)]
    within = [end for end in ends if end <= room]
    pieces, at, cut = [""], 0, len(within) < len(ends)
    for end in within:
        one, at = value[at:end], end
        if len(one) > LONGEST_ONE:
            cut = True
        elif len(pieces[-1]) + len(one) <= _PIECE:
            pieces[-1] += one
        else:
            pieces.append(one)
    return pieces, cut


def _by_grammar(value: str) -> Iterable[Person]:
    """To be asked costs as much as all other headers together: only what is written in an unusual way is."""
    usual = as_usual(value)
    return by_whole_grammar(value) if usual is None else usual


def as_usual(value: str) -> list[Person] | None:
    """What the grammar says too, where all of them are written as nearly everybody is; else None."""
    found: list[Person] = []
    at = 0
    while at < len(value):
        one = _USUAL.match(value, at)
        if one is None:
            return None
        address = one["angled"] or one["bare"]
        if "=?" in one[0] or not ADDRESS.fullmatch(address):
            return None
        found.append((one["name"] or one["quoted"] or "", address))
        at = one.end()
    return found


def by_whole_grammar(value: str) -> Iterator[Person]:
    with suppress(*BROKEN):
        header: Any = default.header_factory("to", value)
        for one in header.addresses:
            made_up = one.addr_spec.startswith('"') and '"' not in value  # of several words without a comma
            if ADDRESS.fullmatch(one.addr_spec) and not made_up:
                yield one.display_name or "", one.addr_spec


def as_seen(value: str) -> Iterator[Person]:
    """By commas and semicolons: the one in brackets, else the only one there is, and the words before it.

    Comments may stand in the midst of it, and blanks around its @; a group ends nowhere, a bracket is missing.
    """
    bare = _COMMENT.sub(_kept, _COMMENT.sub(_kept, value))
    for one in _ONE.findall(_GROUP.sub("", bare, 1)):
        one, at = _APART.sub("@", one), 0
        masked = _masked(one)
        for found in _ANGLED.finditer(masked):
            yield one[at : found.start()].strip(_NO_NAME), one[slice(*found.span(1))]
            at = found.end()
        alone = [] if at else [*ADDRESS.finditer(masked)] or [*ADDRESS.finditer(one)]
        if len(alone) == 1:
            yield _SAYS_SO.sub("", one[: alone[0].start()]).strip(_NO_NAME), alone[0][0]


def _masked(value: str) -> str:
    """With letters in place of what stands in quotation marks, where only a name does."""
    return _QUOTATION.sub(lambda found: "q" * len(found[0]), value) if '"' in value else value


def _kept(found: re.Match[str]) -> str:
    return found[1] or " "


def _comment(value: str) -> str:
    """The name behind a lone address, as old programs wrote it."""
    found = _COMMENTED.fullmatch(value.strip())
    return found[1].strip() if found else ""


def _bare(name: str) -> str:
    """Some put it in single quotes, too."""
    name = name.rstrip(" [<(")
    return name[1:-1] if len(name) > 2 and name[0] == name[-1] == "'" else name


def _unquoted(address: str) -> str:
    """Some put it in single quotes, which are letters of it by the grammar, or end it like a sentence."""
    address = address.rstrip(".")
    return address[1:-1] if address[0] == address[-1] == "'" and address.count("'") == 2 else address
