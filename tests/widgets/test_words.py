"""Whatever the house says can be read in Chinese, with the same blanks, and the scripts say nothing unheard of."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from widgets.labels import EMPTY, VIEWS
from widgets.script_words import WORDS, words
from widgets.words import LOCALE, catalogue, languages, translate

HOUSE = Path(__file__).parents[2]
ROOMS = ("tickets", "routing", "chat", "widgets", "server")
REFUSALS = (
    "Refused",
    "NotFound",
    "NotAllowed",
    "Conflict",
    "TooFast",
    "TooBig",
    "Unavailable",
    "SignInNeeded",
    "NotThere",
)
MARKS: dict[str, tuple[int | str, ...]] = {
    "_": (0,),
    "ngettext": (0, 1),
    "Sentence": (0,),
    "_by": (1, 2),
    "translate": (1,),
    "Field": (1, "hint", "group"),
    **dict.fromkeys(REFUSALS, (0,)),
}
_SCRIPT_CALL = re.compile(r'(?<![\w$])_\(\s*"((?:[^"\\]|\\.)*)"')
_TERNARY = re.compile(r'(?<![\w$])_\([^"()]*\? "([^"]*)" : "([^"]*)"')
_BLANK = re.compile(r"\{(\w+)\}")


def entries(language: str) -> list[Message]:
    """What a catalogue translates."""
    with (LOCALE / language / "LC_MESSAGES" / "frontdesk.po").open("rb") as file:
        return [message for message in read_po(file, locale=language) if message.id and all(_as_tuple(message.string))]


def _as_tuple(text: str | Sequence[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def said_in_python() -> Iterator[str]:
    """The sentences that are marked or refused with, in every room."""
    for room in ROOMS:
        for file in (HOUSE / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call):
                    yield from _marked(node)


def _marked(call: ast.Call) -> Iterator[str]:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    for place in MARKS.get(name, ()):
        found = named.get(place) if isinstance(place, str) else dict(enumerate(call.args)).get(place)
        if isinstance(found, ast.Constant) and isinstance(found.value, str) and found.value:
            yield found.value


def said_in_templates() -> Iterator[str]:
    folder = HOUSE / "widgets" / "templates"
    kinds = ("**.html", "**.txt")
    for _, _, message, _, _ in extract_from_dir(
        folder,
        method_map=[(kind, "jinja2.ext:babel_extract") for kind in kinds],
        options_map={kind: {"trim_blocks": "true"} for kind in kinds},
    ):
        yield from (message,) if isinstance(message, str) else message


def said_in_scripts() -> Iterator[str]:
    for file in (HOUSE / "widgets" / "console").glob("*.js"):
        text = file.read_text()
        yield from _SCRIPT_CALL.findall(text)
        for pair in _TERNARY.findall(text):
            yield from pair


@pytest.mark.parametrize("language", sorted(languages()))
def test_everything_that_is_said_is_translated(language: str) -> None:
    known = {sentence for message in entries(language) for sentence in _as_tuple(message.id)}
    said = {*said_in_python(), *said_in_templates(), *WORDS}
    assert [] == sorted(sentence for sentence in said - known if any(map(str.isalpha, sentence)))


@pytest.mark.parametrize("language", sorted(languages()))
def test_a_translation_has_the_blanks_of_its_sentence(language: str) -> None:
    known = catalogue(language)
    wrong = [said for said, other in known.items() if set(_BLANK.findall(said)) != set(_BLANK.findall(other))]
    assert [] == wrong


@pytest.mark.parametrize("language", sorted(languages()))
def test_a_sentence_is_translated_once(language: str) -> None:
    text = (LOCALE / language / "LC_MESSAGES" / "frontdesk.po").read_text()
    assert len(entries(language)) == len(re.findall(r"^msgid ", text, re.MULTILINE)) - 1


def test_the_scripts_say_nothing_that_the_page_does_not_bring() -> None:
    assert set() == set(said_in_scripts()) - set(WORDS)


def test_a_script_is_sent_only_what_differs() -> None:
    assert {} == words("en")
    assert "立即" not in words("zh")
    assert "Sending" in words("zh")


def test_a_language_that_nobody_speaks_here_is_answered_in_english() -> None:
    assert "Nothing in your hands." == translate("xx", EMPTY["mine"])


def test_blanks_are_filled_after_translating() -> None:
    assert "Ada" in translate("zh", "{name} is looking", name="Ada")
    assert translate("zh", VIEWS["mine"]) != VIEWS["mine"]
