"""What a customer's page has to carry, and what its scripts may never do."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from tests.widgets.fake_frame import frame_data
from widgets.embed.page import frame_page, launcher
from widgets.embed.words import COUNTED, WORDS, words
from widgets.lean import lean, lean_style

EMBED = Path(__file__).parents[2] / "widgets" / "embed"
SCRIPTS = sorted([*EMBED.glob("*.js"), *(EMBED.parent / "line").glob("*.js")])
SHEETS = sorted(EMBED.glob("*.css"))
KB = 1000
LATER = {"forms.js", "polling.js"}


def weight(data: bytes) -> int:
    return len(gzip.compress(data))


def test_a_page_loads_little_before_the_chat_is_opened() -> None:
    assert weight(launcher()) < 4 * KB


def test_only_the_forms_and_a_line_without_sockets_wait_until_they_are_wanted() -> None:
    """Every other script is there when the chat is opened, imported by its neighbours."""
    neighbours = re.compile(r'^import .* from "\.+/(?:line/)?(.+)";$', re.M)
    imported = {name for path in SCRIPTS for name in neighbours.findall(path.read_text())}
    assert LATER == {path.name for path in SCRIPTS} - imported - {"main.js", "loader.js"}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_opened_chat_weighs_less_than_forty_kilobytes(lang: str) -> None:
    page = frame_page(frame_data({"forms": ["callback", "complaint"]}, lang)).encode()
    parts = [lean(path.read_text()).encode() for path in SCRIPTS if path.name not in LATER]
    parts += [lean_style(path.read_text()).encode() for path in SHEETS]
    assert sum(weight(part) for part in [page, *parts]) < 40 * KB


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_makes_markup_or_code_from_text(script: Path) -> None:
    doors = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc|DOMParser|cookie"
    assert [] == re.findall(doors, script.read_text())


@pytest.mark.parametrize("path", SCRIPTS + SHEETS, ids=lambda path: path.name)
def test_nothing_is_fetched_from_elsewhere(path: Path) -> None:
    addresses = set(re.findall(r"https?://[\w.]+|@import|url\(", path.read_text()))
    assert addresses <= {"http://www.w3.org", "https://desk.example"}, (
        "the namespace of SVG, and an example in a comment"
    )


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_styles_are_never_written_into_attributes(script: Path) -> None:
    """A page's policy forbids inline styles; only the object model may set one."""
    assert [] == re.findall(r"setAttribute\(\s*.style|[{,]\s*style:", script.read_text())


def test_every_word_on_the_screen_has_an_entry_and_every_entry_is_used() -> None:
    shown = {match for script in SCRIPTS for match in re.findall(r'\b_\("([^"]+)"', script.read_text())}
    assert {*WORDS, *(many for _, many in COUNTED)} == shown


def test_every_word_is_said_in_chinese() -> None:
    said = words("zh")
    counted = {many for _, many in COUNTED}
    assert {*WORDS, *counted} == set(said)
    assert [] == [text for text in counted if text in json.dumps(said[text])]
    assert "您前面还有 2 位。" == said["You are third."]


def test_counted_words_have_a_form_for_each_plural_category() -> None:
    assert {"one": "{n} character left", "other": "{n} characters left"} == words("en")["{n} characters left"]
    assert {"other": "还可输入 {n} 个字"} == words("zh")["{n} characters left"]
    assert {"one", "few", "many"} == set(words("pl")["{n} characters left"])


def test_a_regional_language_speaks_its_mother_tongue() -> None:
    assert words("zh") == words("zh-CN")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_launcher_says_what_the_catalogue_says(lang: str) -> None:
    """It must speak before the catalogue is loaded, and where none comes, so it carries a few words of its own."""
    [table] = re.findall(rf"^ +{lang}: (\{{.*\}}),$", (EMBED / "loader.js").read_text(), re.MULTILINE)
    own = json.loads(re.sub(r"(\w+): ", r'"\1": ', table))
    said = {**{text: text for text in WORDS}, **words(lang)}
    unread = said["{n} unread"]
    assert isinstance(unread, dict)
    plain = {"chat": "Chat", "open": "Open chat", "close": "Close chat", "away": "Chat is not available right now."}
    assert own == {**{name: said[text] for name, text in plain.items()}, "unread": unread["other"]}


def test_a_name_cannot_leave_the_data_block() -> None:
    page = frame_page(frame_data({"name": "</script><img onerror=alert(1)>"}, "en"))
    assert "<img" not in page


def test_what_travels_has_lost_its_remarks_and_nothing_else() -> None:
    script = '// why\nconst a = 1;\n\n  /** shapes\n   *  and units */\n  const b = "// kept"; // kept too\n'
    assert lean(script) == 'const a = 1;const b = "// kept"; // kept too\n'


def test_a_style_loses_its_spaces_but_not_those_that_mean_something() -> None:
    style = '/* why */\n.a :not(b) > c {\n  margin: calc(1px + 2px) 0;\n  font: "A, b: {c}", serif;\n}\n'
    assert lean_style(style) == '.a :not(b) > c{margin:calc(1px + 2px) 0;font:"A, b: {c}",serif;}'


def test_no_remark_at_the_end_of_a_line_swallows_the_next_one() -> None:
    script = 'act(one, // first;\n  two,\n);\n// why\nconst url = "https://desk.example";\n{\n  go();\n}\n'
    assert lean(script) == 'act(one, // first;\ntwo,);const url = "https://desk.example";\n{go();}\n'
