"""Whatever a visitor is refused is said in their language."""

import ast
from collections.abc import Iterator
from pathlib import Path

from chat.limits import SLOW_DOWN
from chat.line.socket import BROKEN
from tickets.files.upload import UNREADABLE
from widgets.words import catalogue

ROOT = Path(__file__).parents[2]
FOLDERS = ("chat", "tickets/files")
REFUSALS = {"Refused", "NotFound", "Conflict", "NotAllowed", "TooFast", "TooBig", "Unsupported"}
REFUSALS |= {"UnknownVisitor", "Unreadable", "NotThere"}


def sentences() -> Iterator[str]:
    """Every sentence with which these rooms say no."""
    yield from (SLOW_DOWN, BROKEN, UNREADABLE)
    for folder in FOLDERS:
        for module in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(module.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSALS:
                    said = node.args[0]
                    if isinstance(said, ast.Constant) and isinstance(said.value, str):
                        yield said.value


def test_every_refusal_is_translated() -> None:
    chinese = catalogue("zh")
    assert [] == sorted({sentence for sentence in sentences() if sentence not in chinese})


def test_every_refusal_is_calm_and_short() -> None:
    assert [] == [sentence for sentence in sentences() if "!" in sentence or len(sentence) > 90]
