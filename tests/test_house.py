"""How the house is built: who may lean on whom, where the network ends, and how much fits on a page.

Other laws of the house live beside what they are about: every setting is explained
(tests/server/config/test_config.py), every door declares who may use it (tests/server/doors/test_doors.py),
migrations equal the models (tests/server/test_migrations.py), and a live page equals a reloaded one for every
kind of event (tests/widgets/test_live_equals_reload.py).
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ["tickets", "routing", "chat", "widgets", "server"]  # each may import those to its left, and itself
EDGES = {"web.py", "socket.py", "edge.py", "live.py", "reader.py", "children.py"}
EDGES |= {"counter.py", "smtp.py", "lmtp.py", "recipients.py", "settling.py"}  # where mail is handed in
DOOR = Path("tickets/desk.py")  # between the synchronous heart and the asynchronous skin
NETWORK = re.compile(
    r"(aiohttp|anyio|asyncio|h11|http|httptools|httpx2?|imaplib|poplib|redis|requests|selectors|smtplib|socket"
    r"|socketserver|ssl|starlette|urllib\.request|uvicorn|uvloop|websockets)(\.|$)"
)
CLOCKS = {Path("tickets/moment.py"), Path("tickets/files/store.py")}  # the wall clock itself, and the age of files
ZONES = Path("routing/calendars.py")  # what a time zone is that nobody knows any more
WRITERS = {Path("tickets/batch.py"), Path("tickets/line.py"), Path("tickets/writer.py")}
LONGEST_FILE = 320  # lines
LONGEST_FUNCTION = 60
VAGUE = re.compile(r"(Manager|Service|Helper|Util|Utils|Handler|Processor)$")


@cache
def tracked() -> list[Path]:
    """Every file that belongs to the project, relative to its root; what is new and not ignored counts too."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listing.returncode:
        found = [path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file()]
        return [path for path in found if not path.parts[0].startswith((".", "build", "data"))]
    return [path for name in listing.stdout.decode().split("\0") if name and (ROOT / (path := Path(name))).is_file()]


def written(*endings: str, below: list[str]) -> list[Path]:
    """Files with one of these endings in these folders, but for migrations, which are history."""
    found = [path for path in tracked() if path.suffix in endings and path.parts[0] in below]
    return [path for path in found if path.parts[:3] != ("server", "migrations", "versions")]


def source(path: Path) -> str:
    return (ROOT / path).read_text("utf-8")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(source(path))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything that a module imports, wherever in it: for type checkers only, too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def is_edge(path: Path) -> bool:
    return path.name in EDGES or path.parts[0] == "server"


MODULES = written(".py", below=ROOMS)
TESTED = [*ROOMS, "tests"]


def test_there_is_something_to_judge() -> None:
    """A law that finds no file would hold for ever."""
    assert len(MODULES) > 60
    assert {path.parts[0] for path in MODULES} == set(ROOMS)


def test_rooms_lean_only_to_the_left() -> None:
    """tickets <- routing <- chat <- widgets <- server; nobody imports the tests."""
    wrong = []
    for path in MODULES:
        may = ROOMS[: ROOMS.index(path.parts[0]) + 1]
        for line, name in imports(path):
            room = name.partition(".")[0]
            if room in {*ROOMS, "tests"} and room not in may:
                wrong.append(f"{path}:{line} imports {name}")

    assert [] == wrong


def test_the_network_ends_at_the_edges() -> None:
    """Only edge files know sockets, loops and requests; the desk is the door between heart and skin."""
    wrong = []
    for path in MODULES:
        for line, name in imports(path):
            allowed = is_edge(path) or (path == DOOR and name == "asyncio")
            if NETWORK.match(name) and not allowed:
                wrong.append(f"{path}:{line} imports {name}")

    assert [] == wrong


def test_no_module_reaches_a_network_through_a_colleague() -> None:
    """A heart module may not import a door either: that is the same library with another name."""
    edges = {".".join(path.with_suffix("").parts) for path in MODULES if path.name in EDGES - {"live.py"}}
    wrong = []
    for path in MODULES:
        for line, name in imports(path):
            if not is_edge(path) and any(f"{name}.".startswith(f"{edge}.") for edge in edges):
                wrong.append(f"{path}:{line} imports {name}")

    assert [] == wrong


def test_the_heart_waits_for_nothing() -> None:
    """No `async` in domain code: verbs and decisions are plain functions."""
    wrong = [
        f"{path}:{node.lineno}"
        for path in MODULES
        if path != DOOR and not is_edge(path)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith)
    ]

    assert [] == wrong


def test_the_heart_asks_no_clock_and_throws_no_dice() -> None:
    """`change.now` is the only clock; what is random is made before a change."""
    asked = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns)|random\.\w+)\(")
    wrong = [
        f"{path}:{number} {line.strip()}"
        for path in MODULES
        if path.parts[0] in {"tickets", "routing"} and not is_edge(path) and path not in CLOCKS
        for number, line in enumerate(source(path).splitlines(), 1)
        if asked.search(line)
    ]

    assert [] == wrong


def test_a_time_zone_that_was_kept_is_read_in_one_place() -> None:
    """The world drops zones: a name from the database may be none any more, and only `zone_named` knows what then."""
    wrong = [
        f"{path}:{node.lineno} {ast.unparse(node)}"
        for path in MODULES
        if path != ZONES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("ZoneInfo", "gettz", "get_timezone"))
        if not all(isinstance(name, ast.Constant) for name in node.args)
    ]

    assert [] == wrong


def test_there_is_one_write_path() -> None:
    """Nobody but the writer commits, and nobody but a change adds to a session."""
    wrong = []
    for path in MODULES:
        if path in WRITERS or path == Path("server/database.py"):
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                on, what = ast.unparse(node.func.value), node.func.attr
                session = on.rpartition(".")[2] in {"session", "_session", "connection"}
                if what in {"commit", "begin_nested"} or (
                    session and what in {"add", "add_all", "delete", "flush", "merge"}
                ):
                    wrong.append(f"{path}:{node.lineno} {on}.{what}()")

    assert [] == wrong


def test_a_page_holds_one_idea() -> None:
    files = written(".py", ".js", ".css", ".html", below=TESTED)
    long = {str(path): lines for path in files if (lines := len(source(path).splitlines())) > LONGEST_FILE}

    assert {} == long


def test_a_function_fits_on_a_screen() -> None:
    long = [
        f"{path}:{node.lineno} {node.name}"
        for path in written(".py", below=TESTED)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]

    assert [] == long


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_its_card_at_the_door(room: str) -> None:
    """What lives there and what may not; and nothing else in `__init__.py`."""
    card = ast.get_docstring(tree(Path(room, "__init__.py"))) or ""

    assert "Lives here:" in card
    assert re.search("May( not)?:", card)
    for path in MODULES:
        if path.parts[0] == room and path.name == "__init__.py":
            assert ast.get_docstring(tree(path)), f"{path} says nothing"
            assert 1 == len(tree(path).body), f"{path} holds more than its card"


def test_every_module_begins_with_a_sentence() -> None:
    """One that a support agent would understand."""
    silent = [
        str(path)
        for path in written(".py", below=TESTED)
        if source(path).strip() and not re.match(r"\S.*[.:?]", ast.get_docstring(tree(path)) or "", re.S)
    ]

    assert [] == silent


def test_nothing_is_called_by_what_it_is_not() -> None:
    """No Manager, Service, Helper or Util: say what it is."""
    vague = [
        f"{path}:{node.lineno} {node.name}"
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and VAGUE.search(node.name)
    ]

    assert [] == vague


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
    left = [
        f"{path}:{number}"
        for path in written(".py", ".js", ".css", ".html", ".toml", ".md", ".sh", below=[*TESTED, "docs", "README.md"])
        for number, line in enumerate(source(path).splitlines(), 1)
        if marks.search(line)
    ]

    assert [] == left


def test_scripts_put_nothing_into_the_page_that_a_person_wrote() -> None:
    """`textContent` everywhere; only the console's swaps.js takes HTML, which the server rendered."""
    dangerous = re.compile(
        r"\b(innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|document\.write|eval\(|new Function)"
    )
    wrong = [
        f"{path}:{number} {line.strip()}"
        for path in written(".js", ".html", below=ROOMS)
        if path.name != "swaps.js"
        for number, line in enumerate(source(path).splitlines(), 1)
        if dangerous.search(line)
    ]

    assert [] == wrong


def test_templates_hold_no_script_and_no_style() -> None:
    """The headers forbid both; each has a file of its own."""
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|<style|\sstyle=|\son[a-z]+=|\|\s*safe\b"
    )
    wrong = [
        f"{path}:{number} {line.strip()}"
        for path in written(".html", below=["widgets"])
        for number, line in enumerate(source(path).splitlines(), 1)
        if inline.search(line)
    ]

    assert [] == wrong


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    """No registry's host, no folder of somebody's machine."""
    hosts = [
        "pypi" + ".org",
        "pythonhosted" + ".org",
        "npm" + "js.org",
        "npm" + "js.com",
        "docker" + ".io",
        "crates" + ".io",
    ]
    folders = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "/Us" + "ers/", "/tm" + "p/fd"]
    telling = re.compile("|".join(map(re.escape, [*hosts, *folders])))
    wrong = []
    for path in tracked():
        if b"\0" not in (ROOT / path).read_bytes()[:8000]:
            for number, line in enumerate((ROOT / path).read_text("utf-8", "replace").splitlines(), 1):
                if telling.search(line):
                    wrong.append(f"{path}:{number} {line.strip()[:80]}")

    assert [] == wrong
