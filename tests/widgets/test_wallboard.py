"""The wallboard as it is drawn: every number on it opens exactly the rows that it counts."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import pytest
from lxml import html
from lxml.html import HtmlElement

from routing.wait import Band
from routing.wallboard.entries import PAGE, Count
from routing.wallboard.standing import KINDS
from tests.routing.history import History
from tests.widgets.applier import by_id, parsed
from tickets.edge import SignedIn
from tickets.errors import NotFound
from tickets.live import MOST_BYTES, Outbox, Topic
from tickets.people import LONGEST_NAME, Role
from widgets import wallboard
from widgets.deliveries import replace as replaced
from widgets.deliveries import swaps
from widgets.pages import Pages
from widgets.wallboard import MOST_PEOPLE, MOST_QUEUES, PARTS, Floor, meaning, minutes
from widgets.wallboard_rows import FIGURES, HEADINGS, rows_page
from widgets.wallboard_words import TELLS
from widgets.words import translate

NUMBER = re.compile(r"\d+")


@cache
def a_history(seed: int) -> History:
    history = History(Random(seed))
    history.goes_on(60)
    return history


def reader(history: History, language: str = "en") -> dict[str, Any]:
    grace = SignedIn(999, "Grace Hill", Role.SUPERVISOR, "", 1)
    return {"agent": grace, "language": language, "csrf": "token", "epoch": "e1", "now": history.change.now}


def a_page(history: History, language: str = "en", **options: Any) -> HtmlElement:
    session, rules = history.change.session, history.change.rules
    return parsed(wallboard.page(session, rules=rules, **options, **reader(history, language)))


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def behind(history: History, address: str) -> tuple[int, int]:
    """How many rows the page at this address shows in all, and how many of them are good."""
    session = history.change.session
    if address.startswith("/app/wallboard/rows/"):
        page = parsed(rows_page(session, figure=address.removeprefix("/app/wallboard/rows/"), **reader(history)))
        n, good = by_id(page, "rows-n"), by_id(page, "rows-good")
        assert n is not None
        assert min(PAGE, int(words(n))) == len(page.xpath("//table[@id='rows']/tbody/tr"))
        return int(words(n)), int(words(good)) if good is not None else 0
    view = address.removeprefix("/app/views/")
    facts = {**reader(history), "agent": SignedIn(history.agents[0].id, "Ada", Role.AGENT, "", 1)}
    page = parsed(Pages().console(session, view=view, ticket_number=None, **facts))
    shown = page.xpath("//ol[contains(@class, 'rows')]/li")
    total = by_id(page, f"total-{view}")
    assert total is not None
    assert words(total) == (str(len(shown)) if shown else "")
    return len(shown), 0


@pytest.mark.parametrize("seed", [1, 2])
def test_every_number_on_the_board_is_that_of_the_rows_it_opens(seed: int) -> None:
    """Whatever has happened: each link with a number in it is followed, and what it opens is counted."""
    history = a_history(seed)
    followed = set()
    for link in a_page(history).xpath("//main//a[@href]"):
        address, said = link.get("href"), words(link)
        if not address.startswith(("/app/views/", "/app/wallboard/")) or not NUMBER.search(said) or "min" in said:
            continue
        followed.add(link.get("id", address))
        n, good = behind(history, address)
        told = [int(number) for number in NUMBER.findall(said)]
        if "of" in said.split():
            assert [good, n] == told[-2:], link.get("id")
        elif "%" in said:
            assert told == [good * 100 // n], link.get("id")
        else:
            assert told[:1] == [n], link.get("id")

    assert 40 < len(followed)


def test_an_agent_s_number_is_that_of_what_they_hold() -> None:
    """Their name opens it: the number stands beside."""
    history = a_history(1)
    page = a_page(history)
    held = {
        one.agent_id: one.open
        for one in Floor.read(history.change.session, history.change.now, history.change.rules).board.people
    }
    for agent_id, n in held.items():
        item = by_id(page, f"agent-{agent_id}")
        assert item is not None
        assert f"{n} open" in words(item) if n else "holds nothing" in words(item)
        assert n == behind(history, f"/app/views/agent-{agent_id}")[0]


def test_who_waits_longest_is_one_click_away() -> None:
    """With the time since when they wait, which the browser counts on."""
    history = a_history(1)
    floor = Floor.read(history.change.session, history.change.now, history.change.rules)
    link = by_id(a_page(history), "tile-longest")

    assert floor.board.longest is not None
    assert link is not None
    assert f"/app/tickets/{floor.board.longest.number}?view=in_line" == link.get("href")
    assert 1 == len(link.xpath(".//time[@data-since]"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_page_and_swap_are_the_same_drawing(language: str) -> None:
    """Each part is one element with its own id, and stands on the page as it is told live."""
    history = a_history(1)
    page = a_page(history, language)
    parts = Floor.read(history.change.session, history.change.now, history.change.rules).parts(language)

    assert set(PARTS) == set(parts)
    for part, drawn in parts.items():
        (element,) = [one for one in html.fragments_fromstring(drawn) if isinstance(one, HtmlElement)]
        stands = by_id(page, f"board-{part}")
        assert stands is not None
        assert words(stands) == words(element)
        assert f"board-{part}" == element.get("id")


def test_nothing_is_said_by_colour_alone() -> None:
    """Wherever something is bad or nearly so, an icon or a word says it too."""
    for seed in (1, 2):
        for marked in a_page(a_history(seed)).xpath("//main//a[contains(@class, 'bad') or contains(@class, 'warn')]"):
            assert marked.xpath(".//*[local-name()='use']"), words(marked)


def test_an_empty_desk_has_a_board_too() -> None:
    history = History(Random(0))
    page = a_page(history)

    assert "Nobody waits." in words(page)
    assert "–" in words(page)
    assert not page.xpath("//main//a[contains(@class, 'bad')]")


def test_a_board_of_thousands_is_told_in_one_frame_that_every_line_takes() -> None:
    """It used to be longer than what may wait for a screen: cut off as slow, it came back, was told all, and so on."""
    history = a_history(1)
    floor = Floor.read(history.change.session, history.change.now, history.change.rules)
    named, ids = '"' * LONGEST_NAME, range(10**9, 10**9 + 3000)
    busy, worst = (dict.fromkeys(KINDS, n) for n in (7, 8))
    queues = [replace(floor.board.queues[0], queue_id=id, name=named, on=busy) for id in ids[:-1]]
    queues.append(replace(queues[0], queue_id=ids[-1], on=worst))
    people = [replace(floor.board.people[0], agent_id=id, name=named) for id in ids]
    floor = replace(floor, board=replace(floor.board, queues=queues, people=people))
    outbox = Outbox()
    outbox.put(told(floor, "zh"), b"x" * (MOST_BYTES // 10))

    drawn = {part: parsed(html) for part, html in floor.parts("en").items()}
    assert outbox.code is None
    assert str(ids[-1]) == drawn["queues"].xpath("//tr/@data-queue")[MOST_QUEUES - 1], "never what is the most late"
    assert words(drawn["queues"]).endswith(f"not shown: {3000 - MOST_QUEUES}")
    assert words(drawn["people"]).endswith(f"not shown: {3000 - MOST_PEOPLE}")


def told(floor: Floor, language: str) -> bytes:
    """The frame that somebody who joins is told."""
    parts = floor.parts(language).items()
    return swaps(Topic(wallboard.TOPIC, language), [replaced(f"board-{part}", html) for part, html in parts]).frame


def test_on_a_wall_it_stands_alone() -> None:
    assert a_page(a_history(1), tv=True).xpath("//div[@id='desk'][@data-wall]")
    assert not a_page(a_history(1)).xpath("//div[@id='desk'][@data-wall]")


def test_a_list_behind_a_number_goes_on_over_pages() -> None:
    history = History(Random(3))
    history.mails(PAGE + 3)
    pages = [parsed(rows_page(history.change.session, figure="backlog", number=n, **reader(history))) for n in (1, 2)]
    rows = [page.xpath("//table[@id='rows']/tbody/tr/@data-ticket") for page in pages]

    assert [PAGE, 3] == [len(found) for found in rows]
    assert PAGE + 3 == len({*rows[0], *rows[1]})
    assert "101 to 103 of 103" in words(pages[1])


@pytest.mark.parametrize(
    "figure", ["nothing", "queue-99-backlog", "queue-x-backlog", "queue-9999999999999999999-backlog"]
)
def test_rows_of_nothing_are_not_found(figure: str) -> None:
    with pytest.raises(NotFound):
        rows_page(a_history(1).change.session, figure=figure, **reader(a_history(1)))


def test_every_figure_has_a_heading_and_its_meaning() -> None:
    assert set(FIGURES) == set(HEADINGS)
    assert {heading.tells for heading in HEADINGS.values()} <= set(TELLS)
    assert all(translate("zh", text) != text for text in TELLS.values())


@pytest.mark.parametrize(
    ("low", "high", "said"), [(20, 50, (0, 1)), (70, 130, (1, 3)), (120, 120, (2, 3)), (0, 3600, (0, 60))]
)
def test_an_estimate_is_told_in_whole_minutes(low: int, high: int, said: tuple[int, int]) -> None:
    assert said == minutes(Band(low, high))


@pytest.mark.parametrize(("good", "n", "worth"), [(8, 10, "good"), (79, 100, "warn"), (69, 100, "bad"), (0, 0, "")])
def test_what_a_share_is_worth(good: int, n: int, worth: str) -> None:
    assert worth == meaning(Count(n, good))
