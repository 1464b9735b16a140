"""The demo: its story fills every screen whatever the hour, and whatever its front door lets happen does happen."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from routing.callbacks.callback import Callback, State
from routing.sla.clock import SlaClock
from routing.sla.events import SlaBreached
from routing.wallboard.board import Board, board
from routing.wallboard.today import as_of
from server.app import House, create_app
from server.config.config import Config
from server.config.rules import rules_of
from server.config.settings import Files
from server.demo import front, hours
from server.demo.passing import NEAR
from server.demo.scenes import SCENES
from server.demo.seed import greeting, seed
from tests.cast import MovedClock
from tests.server.doorstep import Doorstep
from tests.settings import settings_in
from tickets.complaints.complaint import Complaint
from tickets.email.mail import Mail
from tickets.email.outgoing import Outgoing
from tickets.log import LogRow
from tickets.message import Message
from tickets.moment import Clock
from tickets.ticket import Ticket

URL = "http://desk.example"
KEY = re.compile(r'name="key" value="([^"]+)"')
MOST_CPU = 6.0  # seconds


def _config(folder: Path) -> Config:
    return settings_in(folder, url=URL, files=Files(folder=str(folder)))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """A folder with the story in it, and the processor's seconds that telling it took."""
    folder = tmp_path_factory.mktemp("story")
    began = time.process_time()
    seed(_config(folder))
    return folder, time.process_time() - began


def _open(story: Path, folder: Path, clock: Clock | None = None) -> Iterator[Doorstep]:
    shutil.copytree(story, folder / "data")
    config = _config(folder / "data")
    app = create_app(config, House(config, clock=clock, demo=True))
    with TestClient(app, base_url=URL, follow_redirects=False) as client:
        yield Doorstep(client, MovedClock(), app, config)


@pytest.fixture(scope="module")
def house(story: tuple[Path, float], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doorstep]:
    """The demo, just started."""
    yield from _open(story[0], tmp_path_factory.mktemp("house"))


@pytest.fixture
def night(story: tuple[Path, float], tmp_path: Path) -> Iterator[Doorstep]:
    """The demo, ten hours later: nobody is rung any more."""
    yield from _open(story[0], tmp_path, MovedClock(datetime.now(UTC) + timedelta(hours=10)))


def _key(house: Doorstep) -> str:
    found = KEY.search(house.open("/demo").text)
    assert found is not None
    return found.group(1)


def _plays(house: Doorstep, scene: str, key: str = "") -> Any:
    """Press its button; the page that follows."""
    sent = house.client.post("/demo/scenes", data={"scene": scene, "key": key or _key(house)}, headers=house.manners)
    assert 303 == sent.status_code, sent.text
    return house.open(sent.headers["location"])


def _board(session: Session, now: datetime, config: Config) -> Board:
    return board(session, as_of(session, now), rules_of(config))


def _rows(session: Session, query: Any) -> list[Any]:
    return list(session.exec(query).all())


# The story


def test_whatever_the_hour_it_is_afternoon_where_the_shop_stands() -> None:
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    for n in range(366 * 24 * 2):
        now = begins + timedelta(minutes=30 * n)
        local = now.astimezone(ZoneInfo(hours.zone_for(now)))
        assert hours.EARLIEST <= local.hour + local.minute / 60 < hours.LATEST


def test_telling_the_story_takes_seconds(story: tuple[Path, float]) -> None:
    assert story[1] < MOST_CPU


def test_the_wallboard_has_something_of_everything(house: Doorstep) -> None:
    told = house.look(_board, datetime.now(UTC), house.config)
    queues = {queue.name: queue for queue in told.queues}

    assert {"Billing", "Callbacks", "Complaints", "Safety", "Support"} == set(queues)
    assert 75 <= told.answered.share < 100
    assert told.answered.n >= 20
    assert (1, 1) == (told.on["breached"], told.on["at_risk"])
    assert told.handled >= 10
    assert 1 == told.abandoned
    assert 3 == told.backlog.of("3d").n
    assert (1, 0) == (queues["Callbacks"].on["in_line"], told.callbacks.of("late").n)
    assert (1, 2) == (told.unacknowledged.all.n, told.undecided.all.n)
    assert {"Ada Lund", "Bo Lindgren", "Grace Okoye"} == {one.name for one in told.people}
    assert all(one.since > datetime.now(UTC) - timedelta(hours=1) for one in told.people)


def test_calls_are_in_every_state(house: Doorstep) -> None:
    """Two were reached, one was not and is tried again, one waits in line, one for its window."""
    calls = house.look(_rows, select(Callback).order_by(col(Callback.asked_at)))
    told = [(call.state, call.outcome, call.attempts) for call in calls]

    assert [
        (State.DONE, "reached", 1),
        (State.DONE, "reached", 1),
        (State.SCHEDULED, "", 0),
        (State.RETRY_WAIT, "", 1),
        (State.QUEUED, "", 0),
    ] == told
    assert all(call.not_before > datetime.now(UTC) for call in calls if call.waits)


def test_complaints_are_in_every_state(house: Doorstep) -> None:
    complaints = house.look(_rows, select(Complaint).order_by(col(Complaint.filed_at)))
    told = [(one.acknowledged_at is not None, one.outcome) for one in complaints]

    assert [(True, "upheld"), (True, "partly"), (True, ""), (False, "")] == told


def test_mails_go_back_and_forth_in_both_languages(house: Doorstep) -> None:
    mails = house.look(_rows, select(Mail))
    sent = house.look(_rows, select(Outgoing))

    assert 2 == len({mail.ticket_id for mail in mails if "Re: " in mail.subject})
    assert any(mail.html for mail in mails)
    assert any("订单" in mail.subject for mail in mails)
    assert {"sent"} == {mail.state for mail in sent}
    assert all(mail.sent_at - mail.created_at < timedelta(minutes=1) for mail in sent)


def test_what_fell_due_was_said_when_it_did(house: Doorstep) -> None:
    """Not only stamped with its time, but written into the log then."""
    rows = house.look(_rows, select(LogRow).where(col(LogRow.kind).in_(["SlaBreached", "SlaWarned"])))
    late = [row.at - event.due for row in rows if isinstance(event := row.event, SlaBreached)]

    assert {"SlaBreached", "SlaWarned"} == {row.kind for row in rows}
    assert all(timedelta(0) <= one <= NEAR for one in late)
    broken = house.look(_rows, select(SlaClock).where(col(SlaClock.breached_at).is_not(None)))
    assert all(clock.breached_at == clock.due_at for clock in broken if clock.due_at is not None)


def test_nothing_lies_in_the_future(house: Doorstep) -> None:
    now = datetime.now(UTC)
    assert [] == house.look(_rows, select(Message).where(col(Message.at) > now))
    assert [] == house.look(_rows, select(LogRow).where(col(LogRow.at) > now))


# The front door


def test_the_terminal_names_it_first() -> None:
    addresses = re.findall(r"http\S+", greeting(URL))
    assert f"{URL}/demo" == addresses[0]


def test_it_leads_everywhere(house: Doorstep) -> None:
    page = house.open("/demo").text
    for place in set(re.findall(r'<a href="([^"]+)"', page)):
        assert house.open(place.replace("&amp;", "&")).status_code in {200, 303}, place
    for login in ("ada@frontdesk.example", "grace@frontdesk.example", "try-frontdesk"):
        assert login in page


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_plays_and_plays_again(house: Doorstep, scene: str) -> None:
    for _ in range(2):
        page = _plays(house, scene).text
        number = re.search(r'href="/app/tickets/(\d+)"', page)
        assert number is not None, page
        ticket = house.look(_rows, select(Ticket).where(Ticket.number == int(number.group(1))))[0]
        assert datetime.now(UTC) - ticket.updated_at < timedelta(seconds=20)
        assert not ticket.done


def test_a_second_click_is_the_same_scene(house: Doorstep) -> None:
    def messages() -> int:
        return len(house.look(_rows, select(Message.id)))

    for scene in SCENES:
        key = _key(house)
        first = _plays(house, scene, key).url
        said = messages()
        assert first == _plays(house, scene, key).url
        assert said == messages()


def test_an_urgent_mail_is_promised_an_answer_within_a_minute(house: Doorstep) -> None:
    page = _plays(house, "urgent").text
    number = re.search(r'href="/app/tickets/(\d+)"', page)
    assert number is not None
    ticket = house.look(_rows, select(Ticket).where(Ticket.number == int(number.group(1))))[0]

    assert "first_reply" == ticket.sla_metric
    assert [45, 60] == [
        round((at - ticket.opened_at).total_seconds()) for at in (ticket.sla_warn_at, ticket.sla_due_at)
    ]


def test_the_big_button_goes_on_to_the_next(house: Doorstep) -> None:
    names = list(SCENES)
    for before, after in zip(["", *names], [*names, names[0]], strict=True):
        page = house.open(f"/demo?happened={before}").text
        assert f'class="big" name="scene" value="{after}"' in page


def test_at_night_a_call_waits_for_the_morning(night: Doorstep) -> None:
    for scene in ("call", "due", "due", "due"):
        assert "/app/tickets/" in _plays(night, scene).text
    now = datetime.now(UTC) + timedelta(hours=10)
    for call in night.look(_rows, select(Callback).where(Callback.state != State.DONE.value)):
        assert call.waits
        assert call.not_before > now


def test_only_the_demos_own_page_lets_something_happen(house: Doorstep) -> None:
    def status(**other: str) -> int:
        form = {"scene": "chat", "key": _key(house), **other}
        return int(house.client.post("/demo/scenes", data=form, headers=house.manners).status_code)

    foreign = {**house.manners, "origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    sent = house.client.post("/demo/scenes", data={"scene": "chat", "key": _key(house)}, headers=foreign)
    assert 403 == sent.status_code
    assert 409 == status(key="0" * 32)
    assert 404 == status(scene="nothing")


def test_a_page_that_names_no_ticket_says_what_was_missing(house: Doorstep) -> None:
    assert "Nobody waits for an answer just now." in house.open("/demo?happened=again").text
    assert 'class="happened"' not in house.open("/demo?happened=nonsense&ticket=1029").text
    assert "It is still being read." in house.open("/demo?happened=mail&ticket=%F0%9F%92%A1").text


def test_it_speaks_chinese(house: Doorstep) -> None:
    assert "接下来发生什么" in house.open("/demo?lang=zh").text
    assert "让事情发生" in house.open("/demo", **{"accept-language": "zh-CN"}).text


def test_a_real_desk_has_none_of_it() -> None:
    from server.entrances import doors

    paths = {getattr(one, "path", "") for one in doors()}
    assert not any(path.startswith("/demo") for path in paths)
    assert {"/demo", "/demo/scenes"} <= {one.path for one in front.DOORS}


def test_what_was_sent_before_can_be_read_and_answered(house: Doorstep) -> None:
    page = house.open("/demo/mail").text
    answer = re.search(r'action="(/demo/mail/\d+/answer)"', page)
    key = KEY.search(page)
    assert answer is not None
    assert key is not None
    assert "台灯保修" in page
    assert "No mail yet." not in page

    form = {"key": key.group(1), "text": "Many thanks."}
    assert 303 == house.client.post(answer.group(1), data=form, headers=house.manners).status_code
