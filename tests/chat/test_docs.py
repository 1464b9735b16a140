"""docs/protocol.md names every frame, code and key that there is: it is what a stranger builds a client from."""

import re
from pathlib import Path

import msgspec
import pytest

from chat import protocol
from chat.web import DOORS

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()
STRUCTS: dict[str, type[msgspec.Struct]] = {
    "hello": protocol.Hello,
    "say": protocol.Say,
    "seen": protocol.Seen,
    "end": protocol.End,
    "rate": protocol.Rate,
    "page": protocol.Page,
    "who": protocol.Introduce,
}


@pytest.mark.parametrize("name", STRUCTS)
def test_every_key_of_a_clients_frame_is_described(name: str) -> None:
    described = re.search(rf'\| `{{"{name}": {{(.*?)}}}}`', PAGE)
    assert described is not None
    keys = set(re.findall(r'"(\w+)"', described[1]))
    assert {field.encode_name for field in msgspec.structs.fields(STRUCTS[name])} == keys


def test_every_close_code_is_described() -> None:
    codes = {value for name, value in vars(protocol).items() if name.isupper() and type(value) is int}
    codes = {code for code in codes if 1000 <= code < 5000}
    described = {int(code) for code in re.findall(r"^\| (\d{4}) \|", PAGE, re.MULTILINE)}
    assert codes <= described


def test_every_door_is_described() -> None:
    for door in DOORS:
        assert re.sub(r":\w+}", "}", door.path) in PAGE
