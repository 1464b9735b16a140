"""docs/protocol.md names every frame, code, key and figure that there is: a stranger builds a client from it."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import msgspec
import pytest

import chat.socket
import chat.web
from chat import limits, protocol, talk
from chat.frames import MOST_MESSAGES, SAID_BYTES
from chat.limits import ChatLimits
from chat.line.socket import MOST_IN_FLIGHT
from chat.live import BEAT, POSITION_EVERY
from server import missed
from server.auth import live_ticket
from server.console import consoles, line, polls, socket
from server.doors.crowd import FULL, LATEST, SOONEST
from server.doors.direct import AT_A_TIME
from tickets.closing.live import RESTART
from tickets.edge import Door, SocketDoor
from tickets.live import MOST_BYTES, MOST_FRAMES, SLOW
from tickets.people import LONGEST_NAME
from tickets.polling import web
from tickets.rules import Rules
from tickets.text import LONGEST
from widgets import deliveries

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "protocol.md").read_text()
SAID = " ".join(PAGE.split())  # where a line ends means nothing
VISITORS, _, CONSOLES = PAGE.partition("## The console's line")
CLIENT: dict[str, type[msgspec.Struct]] = {
    "hello": protocol.Hello,
    "say": protocol.Say,
    "seen": protocol.Seen,
    "end": protocol.End,
    "rate": protocol.Rate,
    "page": protocol.Page,
    "who": protocol.Introduce,
}
CONSOLE: dict[str, type[msgspec.Struct]] = {
    "hello": line.Hello,
    "open": line.Open,
    "typing": line.Typing,
}
PATHS = [door.path for door in chat.web.DOORS] + [
    door.path for door in chat.socket.DOORS if isinstance(door, Door | SocketDoor)
]
KB = 1024


def source(path: str) -> str:
    return (ROOT / path).read_text()


def in_script(path: str, name: str) -> int:
    """A figure of the browser's side."""
    found = re.search(rf"{name} = ([\d_]+)", source(path))
    assert found is not None, f"{path} has no {name}"
    return int(found[1].replace("_", ""))


def keys(described: str) -> set[str]:
    return set(re.findall(r'"(\w+)"', described))


def fields(struct: type[msgspec.Struct]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(struct)}


def the_table(after: str) -> set[str]:
    """The names of the frames in the table that begins with this line or follows this heading."""
    lines = iter(PAGE.splitlines())
    while next(lines) != after:
        pass
    rows = itertools.takewhile(
        lambda line: line.startswith("|"), itertools.dropwhile(lambda line: line[:1] != "|", lines)
    )
    return {found[1] for row in rows if (found := re.match(r'\| `\{(?:"at", )?"(\w+)"', row))}


@pytest.mark.parametrize("name", CLIENT)
def test_every_key_of_a_clients_frame_is_described(name: str) -> None:
    described = re.search(rf'\| `{{"{name}": {{(.*?)}}}}`', VISITORS)
    assert described is not None
    assert fields(CLIENT[name]) == keys(described[1])


@pytest.mark.parametrize("name", CONSOLE)
def test_every_key_of_a_consoles_frame_is_described(name: str) -> None:
    described = re.search(rf'\| `{{"{name}": {{(.*?)}}}}`', CONSOLES)
    assert described is not None
    assert fields(CONSOLE[name]) == keys(described[1])


def test_what_a_client_may_say_is_in_the_table() -> None:
    assert fields(protocol._Envelope) == the_table("### What a client says")
    assert fields(line.Frame) == the_table("| frame to the desk | meaning |")


def test_what_the_desk_says_is_in_the_table() -> None:
    """From the log, in answer, or of its own accord."""
    frames = [
        protocol.ack("c-1"),
        protocol.refused("c-1", "No."),
        protocol.resumed("e1", 1),
        protocol.typing("Ada", True),
        protocol.position(1, 1),
        protocol.bye(1.0),
    ]
    logged = set(re.findall(r'\{"at": row\.pos, "(\w+)":', source("chat/frames.py"))) - {"after"}
    assert {"message", "seen", "chat", "note"} == logged
    told = {name for frame in frames for name in frame} | logged | {"welcome", "place"}
    assert told == the_table("### What the desk says")
    for frame in frames:
        for name, inside in frame.items():
            described = re.search(rf'\| `{{"{name}": {{(.*?)}}}}`', VISITORS)
            assert described is not None
            assert set(inside) == keys(described[1]), name


def test_every_swap_is_described() -> None:
    encoded = [
        deliveries.append("a", "b", ""),
        deliveries.replace("b", ""),
        deliveries.remove("b"),
        deliveries.place("a", "b", "", "1"),
    ]
    made = [json.loads(bytes(swap)) for swap in encoded]
    described = re.search(r"\*\*SWAP\*\* = `\{(.*?)\}`", CONSOLES)
    assert described is not None
    assert {key for swap in made for key in swap} == keys(described[1])
    assert all(f"`{swap['way']}`" in CONSOLES for swap in made)


def test_every_close_code_is_described() -> None:
    codes = {value for name, value in vars(protocol).items() if name.isupper() and type(value) is int}
    codes = {code for code in codes if 1000 <= code < 5000}
    described = {int(code) for code in re.findall(r"^\| (\d{4}) \|", PAGE, re.MULTILINE)}
    assert codes | {SLOW, FULL, RESTART, 1009} == described
    for code in (line.NOT_YOU, consoles.REVOKED, socket.NO_HELLO, SLOW, RESTART):
        assert str(code) in CONSOLES


def test_every_door_is_described() -> None:
    consoles = [*(door.path for door in socket.DOORS), *(door.path for door in polls.DOORS)]
    for path in [*PATHS, *consoles]:
        assert re.sub(r":\w+}", "}", path) in PAGE


def test_the_paths_carry_the_version() -> None:
    assert {"/widget.js"} == {path for path in PATHS if not path.startswith("/chat/v1/")}


def test_the_limits_are_those_of_the_code() -> None:
    usual = ChatLimits()
    assert (
        f"Per visitor: {usual.send_per_10s} messages in 10 seconds and {usual.send_per_hour} an hour, "
        f"{usual.sockets_per_visitor} open sockets, {usual.uploads_per_hour} files an hour, "
        f"{usual.upload_mb_per_day} MB of files a day, 60 of the other frames that are answered a minute, "
        f"{limits.PAGES_PER_MINUTE} pages a minute (what is more is dropped silently), "
        f"{usual.introductions_per_hour} new names or email addresses an hour (by `who`, or in a `say`), "
        f"{limits.POLLS_PER_MINUTE} requests for frames a minute;"
    ) in SAID
    assert (
        f"{usual.send_per_minute_per_address} messages a minute, "
        f"{usual.visitors_per_hour_per_address} new visitors an hour, "
        f"{usual.introductions_per_minute_per_address} new names or email addresses a minute, "
        f"{usual.connects_per_minute_per_address} connections a minute, "
        f"{limits.POLLS_PER_MINUTE_PER_ADDRESS} requests for frames a minute, "
        f"{usual.uploads_per_hour_per_address} files an hour, {limits.LETTERS_PER_HOUR} letters an hour. "
        f"Per email address: {limits.LETTERS_PER_DAY} letters a day. "
        f"From everywhere together: {usual.visitors_per_second} new visitors a second."
    ) in SAID


FIGURES = [
    f"JSON in text frames of at most {protocol.LARGEST // KB} KiB, brackets at most {protocol.DEEPEST} deep",
    f"The first frame, within {chat.socket.HELLO_SECONDS:.0f} seconds. `epoch` and `cursor`",
    f"The first frame, within {socket.HELLO_SECONDS:.0f} seconds. `ticket` is the one-time",
    f"the newest {MOST_MESSAGES} MESSAGEs, or as many of them as have room in {SAID_BYTES // KB} KiB",
    f"up to {MOST_IN_FLIGHT} `say` frames may be under way",
    f"Every {BEAT * POSITION_EVERY:.0f} seconds: you should have",
    f"Every {line.HEARTBEAT_SECONDS:.0f} seconds: everything up to there",
    f"({missed.MOST_ROWS} events of your chat, or {missed.MOST_MISSED} frames)",
    f"more than {missed.MOST_ROWS} events of the whole desk, or {missed.MOST_MISSED} frames",
    f"is bounded: {MOST_FRAMES} frames or {MOST_BYTES // KB // KB} MiB",
    f"A text has at most {LONGEST:,} characters".replace(",", " "),
    f"reopen it within {talk.GOES_ON.total_seconds() // 3600:.0f} hours",
    f"what a client says, at most {web.MOST_SAID}, a `hello` first",
    f"there is something new, else after {web.WAITS:.0f} seconds",
    f"a body of more than {web.LARGEST // KB} KiB",
    f"they have the grace of {Rules().visitor_grace_seconds:.0f} seconds",
    f"Of a name the first {LONGEST_NAME} are kept, of a comment {LONGEST:,}".replace(",000", " 000"),
    f"good once, for {live_ticket.LASTS.total_seconds():.0f} seconds, for this session",
    f"min({in_script('widgets/embed/connection.js', 'LATEST') // 1000} s, 0.5 s · 2ⁿ)",
    f"last held for {in_script('widgets/embed/connection.js', 'STEADY') // 1000} seconds",
    f"hears nothing for {in_script('widgets/embed/connection.js', 'SILENT') // 1000} seconds is dead",
    f"has not answered within {in_script('widgets/embed/outbox.js', 'PATIENCE') // 1000} seconds",
    f"beside its requests every {in_script('widgets/line/polling.js', 'LOOKS') // 1000} seconds",
    f"hears nothing for {in_script('widgets/console/live.js', 'SILENCE') // 1000} seconds is dead",
]


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_is_the_one_in_the_code(figure: str) -> None:
    assert figure in SAID


def test_a_goodbye_is_as_long_as_is_said() -> None:
    assert "uniform(0.5, 4.0)" in source("tickets/closing/live.py")
    assert f"(0.5 to 4 seconds, drawn for each client; {SOONEST:.0f} to {LATEST:.0f} where all sockets" in SAID


def test_the_transport_is_as_it_is_said() -> None:
    serving = source("server/processes/serve.py")
    assert "ws_ping_interval=20" in serving
    assert "ws_ping_timeout=20" in serving
    assert "pings (RFC 6455, 5.5.2) every 20 seconds, and a client that has not answered after 20 more is" in SAID
    assert AT_A_TIME == KB
    assert "is read by the kibibyte, in turn" in SAID
