"""All the places at which the desk can be made to die, as its code names them."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOMS = ("tickets", "routing", "chat", "widgets", "server")


@cache
def places() -> list[str]:
    """The name in every call of `reached`, in the order of the files; a name that stands twice is there twice."""
    root = Path(__file__).parents[2]
    return [
        ast.literal_eval(node.args[0])
        for room in ROOMS
        for path in sorted((root / room).rglob("*.py"))
        if "reached(" in (text := path.read_text("utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "reached"
    ]
