"""Text is cut into words the same way when it is stored and when it is sought, in every script."""

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickets.search_index import CREATE_INDEX
from tickets.words import LONGEST_WORD, match, runs, words

STORIES = (
    "你好，我想退款。The parcel 包裹 arrived broken; invoice INV-2207 für Müller café ﬁne "
    "注文の品が届きません 한국어 Ωmega"
)


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute(CREATE_INDEX)
    yield connection
    connection.close()


def finds(index: sqlite3.Connection, query: str, text: str = STORIES) -> bool:
    """Whether this query finds this text, by the real index."""
    index.execute("delete from search")
    index.execute("insert into search (rowid, ticket_id, words) values (1, 1, ?)", [" ".join(words(text))])
    asked = match(query)
    return bool(asked) and index.execute("select 1 from search where search match ?", [asked]).fetchone() is not None


@pytest.mark.parametrize(
    "query",
    [
        "退款",  # two characters, the case that trigram indexes miss
        "我想退款",
        "款",  # one, at the end of a run
        "退",  # one, inside
        "包裹",
        "包裹 broken",
        "parcel包裹",
        "PARCEL",
        "parc",  # unfinished
        "broken parcel",  # in any order
        "inv-2207",
        "2207",
        "muller",
        "Müller",
        "CAFE",
        "fine",  # a ligature was stored
        "Ω",
        "届き",
        "한국",
    ],
)
def test_words_are_found(index: sqlite3.Connection, query: str) -> None:
    assert finds(index, query)


@pytest.mark.parametrize(
    "query",
    ["款退", "退货", "arcel", "parcel missing", "好我", "包裹 missing", "2208"],
)
def test_what_is_not_there_is_not_found(index: sqlite3.Connection, query: str) -> None:
    """Characters of two runs, or in another order, are no word."""
    assert not finds(index, query)


@pytest.mark.parametrize("query", ["", "   ", "%", "_", '"', "'", "*", "()", "，。", "\x00", "\ud800", "👍", "^-:"])
def test_a_query_without_a_word_seeks_nothing(query: str) -> None:
    assert "" == match(query)


@pytest.mark.parametrize("query", ['"退款" OR x', "退款 NOT broken", "words:退款", "NEAR(退款 x)", "退款*", "{退款}"])
def test_nobody_can_speak_the_indexs_own_language(index: sqlite3.Connection, query: str) -> None:
    """Row 43: every character is taken as a character."""
    for run in runs(query):
        assert finds(index, query, f"{STORIES} {query}"), run
    assert finds(index, query) == all(finds(index, run) for run in runs(query))


@given(st.text(max_size=40), st.data())
@settings(deadline=None)
def test_every_piece_of_a_text_finds_it(text: str, data: st.DataObject) -> None:
    """Any run, or the first part of one, or any two characters of a Chinese one."""
    connection = sqlite3.connect(":memory:")
    connection.execute(CREATE_INDEX)
    try:
        for run in runs(text):
            length = data.draw(st.integers(1, len(run)))
            start = data.draw(st.integers(0, len(run) - 1)) if words(run) != [run] else 0
            assert finds(connection, run[start : start + length], text)
    finally:
        connection.close()


@given(st.text(max_size=200))
def test_any_query_at_all_is_understood(query: str) -> None:
    """Whoever seeks a text by the whole of it finds it, unless no word is in it."""
    connection = sqlite3.connect(":memory:")
    connection.execute(CREATE_INDEX)
    try:
        assert bool(match(query)) == finds(connection, query, query)
    finally:
        connection.close()


def test_no_word_is_endless() -> None:
    assert ["x" * LONGEST_WORD] == words("x" * 5000)
    assert f'"{"x" * LONGEST_WORD}"*' == match("x" * 5000)
