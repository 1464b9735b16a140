"""Whatever bytes a browser sends, they are one of our frames, ignored, or refused; nothing else happens."""

import contextlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat import protocol
from chat.protocol import BadFrame, End, Hello, Introduce, Page, Rate, Say, Seen, Typing, Unknown, parse
from tests.effort import within
from tests.elsewhere import elsewhere

KINDS = ("hello", "say", "typing", "seen", "end", "rate", "page", "who")
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("sent", "frame"),
    [
        ('{"hello": {"token": "t", "epoch": "e1", "cursor": 120, "lang": "zh"}}', Hello("t", "e1", 120, "zh")),
        ('{"hello": {"token": "t"}}', Hello("t")),
        ('{"say": {"id": "c-1", "text": "你好", "files": [12], "topic": null}}', Say("c-1", "你好", [12])),
        ('{"say": {"id": "c-1", "text": "Hi", "new": true, "mood": "good"}, "extra": [1]}', Say("c-1", "Hi", new=True)),
        ('{"typing": true}', Typing(True)),
        ('{"typing": false}', Typing(False)),
        ('{"seen": {"seq": 7}}', Seen(7)),
        ('{"seen": {"seq": 7, "ticket": 42}}', Seen(7, 42)),
        ('{"end": {"id": "c-2"}}', End("c-2")),
        ('{"end": {"id": "c-2", "ticket": null}}', End("c-2")),
        ('{"rate": {"id": "c-3", "score": 5, "comment": "Quick"}}', Rate("c-3", 5, "Quick")),
        ('{"page": {"url": "https://shop.example.com/", "title": "Tea"}}', Page("https://shop.example.com/", "Tea")),
        ('{"who": {"id": "c-4", "name": "Sam", "email": null}}', Introduce("c-4", "Sam")),
        ('{"dance": {"id": "c-5"}}', Unknown()),
        ('{"rate": {"id": "c-3", "score": 9}}', Rate("c-3", 9)),
        ('{"dance": {"id": "c-5"}, "sing": true}', Unknown()),
        ('{"typing": true, "dance": {}}', Typing(True)),
        ("{}", Unknown()),
    ],
)
def test_each_frame_is_read_as_what_its_name_promises(sent: str, frame: object) -> None:
    assert frame == parse(sent) == parse(sent.encode())


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "{",
        '{"typing": tru}',
        '{"seen": {"seq": NaN}}',
        '{"seen": {"seq": Infinity}}',
        '{"other": NaN}',
        '{"seen": {"seq": -1}}',
        '{"seen": {"seq": 1.5}}',
        '{"seen": {"seq": "7"}}',
        '{"seen": {}}',
        '{"typing": 1}',
        '{"typing": null}',
        '{"say": null}',
        '{"say": []}',
        '{"say": {"text": "no id"}}',
        '{"say": {"id": "", "text": "Hi"}}',
        '{"say": {"id": "' + "x" * 65 + '", "text": "Hi"}}',
        '{"say": {"id": 7, "text": "Hi"}}',
        '{"say": {"id": "c", "text": ["Hi"]}}',
        '{"say": {"id": "c", "files": [-1]}}',
        '{"rate": {"id": "c", "score": "5"}}',
        '{"rate": {"id": "c", "score": 4.5}}',
        "[]",
        "[1]",
        '[{"typing": true}]',
        "null",
        "7",
        '"typing"',
        '{"hello": {"token": "t", "cursor": -1}}',
        '{"typing": true, "seen": {"seq": 1}}',
        '{"typing": true} {"typing": true}',
        '{"other": ' + "[" * 21 + "]" * 21 + "}",
        "[" * 100_000,
        json.dumps({"say": {"id": "c", "text": "x" * protocol.LARGEST}}),
        b'{"say": {"id": "c", "text": "\xff"}}',
        b"\xff",
    ],
)
def test_what_is_malformed_is_refused(sent: str | bytes) -> None:
    with pytest.raises(BadFrame):
        parse(sent)


def test_brackets_in_what_somebody_wrote_are_no_depth() -> None:
    text = '{"[' * 500
    assert text == getattr(parse(json.dumps({"say": {"id": "c", "text": text}})), "text", None)


@pytest.mark.parametrize(
    ("escaped", "text"),
    [
        (r"a\ud800b", "a\ufffdb"),
        (r"\udc00", "\ufffd"),
        (r"\ud83d\ude00", "😀"),
        (r"\ud83d\ude00\ud83d", "😀\ufffd"),
        (r"\\ud800", r"\ud800"),
        (r"\\\ud800", "\\\ufffd"),
        (r"\ud800\ud83d\ude00", "\ufffd😀"),
    ],
)
def test_half_a_surrogate_pair_becomes_a_mark(escaped: str, text: str) -> None:
    assert Say("c", text) == parse('{"say": {"id": "c", "text": "' + escaped + '"}}')


@given(st.binary(max_size=300))
def test_any_bytes_are_a_frame_or_a_bad_frame(data: bytes) -> None:
    with contextlib.suppress(BadFrame):
        parse(data)


@given(st.sampled_from(KINDS), JSON_VALUES)
def test_any_json_under_our_names_is_a_frame_or_a_bad_frame(kind: str, value: object) -> None:
    with contextlib.suppress(BadFrame):
        assert not isinstance(parse(json.dumps({kind: value})), Unknown)


@given(st.text(max_size=200))
def test_what_was_written_arrives_unchanged(text: str) -> None:
    assert Say("c", text) == parse(json.dumps({"say": {"id": "c", "text": text}}))


def test_the_json_suite_is_told_apart() -> None:
    """JSONTestSuite: n_ must be refused, y_ is JSON (if no frame, where it is no object), i_ may go either way."""
    files = sorted(elsewhere("json/test_parsing", cases=318).glob("*.json"))
    faults = {file.name: _fault(file.read_bytes()) for file in files}
    assert [] == [name for name, fault in faults.items() if name.startswith("n_") and not fault]
    assert {"", "not an object"} == {fault for name, fault in faults.items() if name.startswith("y_")}
    assert len(files) > 300


def test_the_json_suite_is_told_apart_inside_a_frame() -> None:
    """The same, where each document is a value that we do not know in a frame that we do."""
    files = sorted(elsewhere("json/test_parsing", cases=318).glob("y_*.json"))
    wrapped = {file.name: b'{"later": ' + file.read_bytes() + b"}" for file in files}
    assert [] == [name for name, data in wrapped.items() if _fault(data)]


@pytest.mark.parametrize("unit", ['"', '\\"', "[", '["', "\\ud800", '{"a":', "\\\\"])
def test_no_frame_keeps_the_loop_busy(unit: str) -> None:
    """64 KiB made up to be slow are read in well under 100 ms (reliability.md 2.7)."""
    hostile = '{"say": {"id": "c", "text": "' + unit * ((protocol.LARGEST - 40) // len(unit))
    within(0.1, lambda: _fault(hostile))


def test_times_are_utc_to_the_millisecond() -> None:
    moment = datetime(2026, 11, 22, 0, 20, 0, 123_900, tzinfo=UTC)
    assert "2026-11-22T00:20:00.123Z" == protocol.stamp(moment)
    assert "2026-11-22T00:20:00.123Z" == protocol.stamp(moment.astimezone(timezone(timedelta(hours=8))))


def test_an_answer_has_the_shape_that_clients_rely_on() -> None:
    assert {"ack": {"id": "c-1", "seq": 8, "message": {"seq": 8}}} == protocol.ack("c-1", {"seq": 8})
    assert {"ack": {"id": "c-1", "seq": None, "message": None}} == protocol.ack("c-1")
    assert {"refused": {"id": None, "says": "No.", "retry_after": 0.333}} == protocol.refused(None, "No.", 1 / 3)
    assert {"bye": {"retry_after": 2.5}} == protocol.bye(2.5)
    assert {"typing": {"name": "Ada", "on": True}} == protocol.typing("Ada", True)
    assert {"position": {"at": 130, "seq": 8}} == protocol.position(130, 8)
    assert {"resumed": {"epoch": "e1", "cursor": 120}} == protocol.resumed("e1", 120)


def _fault(data: bytes | str) -> str:
    """Why it is no frame; empty where it is one."""
    try:
        parse(data)
    except BadFrame as fault:
        return str(fault)
    return ""
