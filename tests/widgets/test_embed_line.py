"""A line that breaks, or that says nothing any more, costs the customer neither a word nor an answer."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shopper import Shopper


def test_a_message_lost_with_its_line_is_sent_again_under_the_same_id(desk: FakeDesk, sam: Shopper) -> None:
    desk.commits = False
    sam.starts().says("Hello?")
    desk.wait(lambda: desk.all("say"))

    desk.commits = True
    desk.drop()

    expect(sam.sent).to_have_count(1)
    first, second = desk.all("say")
    assert first == second
    expect(sam.lines).to_have_text(["Hello?"])


def test_a_confirmation_lost_with_its_line_doubles_nothing(desk: FakeDesk, sam: Shopper) -> None:
    desk.confirms = False
    sam.starts().says("Hello?")
    desk.wait(lambda: desk.visitors and desk.visitor.messages)

    desk.confirms = True
    desk.drop()

    expect(sam.sent).to_have_count(1)
    expect(sam.lines).to_have_text(["Hello?"])
    assert 1 == len(desk.visitor.messages)


def test_a_browser_that_comes_back_asks_for_what_it_missed_and_no_more(desk: FakeDesk, sam: Shopper) -> None:
    sam.starts().says("Hello?")
    expect(sam.sent).to_have_count(1)
    cursor = len(desk.visitor.log)

    desk.visitor.message("agent", "Said while the line was down.")
    desk.drop()

    expect(sam.bubbles).to_have_count(2)
    last = desk.all("hello")[-1]
    assert (cursor - 1, "e1") == (last["cursor"], last["epoch"])  # the last place may have had more to it


def test_unsent_messages_survive_a_reload_in_their_order(desk: FakeDesk, sam: Shopper) -> None:
    desk.turns_away = 1013
    sam.starts()
    for text in ("One", "Two", "Three"):
        sam.says(text)
    expect(sam.unsent).to_have_count(3)

    desk.turns_away = None
    sam.visit()

    expect(sam.sent).to_have_count(3)
    expect(sam.lines).to_have_text(["One", "Two", "Three"])
    assert ["One", "Two", "Three"] == [said["text"] for said in desk.visitor.messages]


def test_a_heartbeat_that_knows_more_brings_the_rest(desk: FakeDesk, sam: Shopper) -> None:
    sam.starts().says("Hello?")
    expect(sam.sent).to_have_count(1)

    said = desk.visitor.message("agent", "This frame got lost on its way.")
    desk.push({"position": {"at": said["at"], "seq": said["message"]["seq"]}})

    expect(sam.bubbles).to_have_count(2)


def test_an_answer_that_never_comes_is_asked_for_on_a_new_line(desk: FakeDesk, sam: Shopper) -> None:
    sam.page.clock.install()
    desk.confirms = False
    sam.starts().says("Hello?")
    desk.wait(lambda: desk.all("say"))
    desk.confirms = True

    sam.page.clock.fast_forward(10_100)

    expect(sam.sent).to_have_count(1)
    assert 2 == len(desk.all("say"))


def test_a_quiet_banner_comes_first_and_a_plain_one_later(desk: FakeDesk, sam: Shopper) -> None:
    """Bad input, row 52: the line is blocked altogether."""
    sam.page.clock.install()
    desk.turns_away = 1013
    sam.starts().says("Hello?")
    expect(sam.unsent).to_have_count(1)
    expect(sam.banner).to_be_hidden()

    sam.page.clock.fast_forward(2100)
    expect(sam.banner).to_have_text("Reconnecting…")
    sam.page.clock.fast_forward(9000)
    expect(sam.banner).to_have_text("No connection right now. What you write is kept and sent later.")

    desk.turns_away = None
    sam.page.clock.fast_forward(30_000)
    expect(sam.sent).to_have_count(1)
    expect(sam.banner).to_be_hidden()


def test_where_no_socket_opens_the_same_frames_go_by_request(desk: FakeDesk, sam: Shopper) -> None:
    """Both ways, without a banner; and by socket again when one gets through."""
    desk.lets_sockets_through = False
    sam.page.clock.install()
    sam.starts().says("Hello?")
    sam.page.clock.fast_forward(1000)
    expect(sam.sent).to_have_count(1)
    desk.visitor.message("agent", "Good morning.")
    expect(sam.bubbles).to_have_count(2)
    sam.says("One")
    sam.says("Two")
    expect(sam.lines).to_have_text(["Hello?", "Good morning.", "One", "Two"])
    expect(sam.sent).to_have_count(3)
    expect(sam.banner).to_be_hidden()
    assert ["Hello?", "Good morning.", "One", "Two"] == [said["text"] for said in desk.visitor.messages]

    desk.lets_sockets_through = True
    greetings = len(desk.heard)
    sam.page.clock.fast_forward(61_000)
    desk.wait(lambda: [frame for frame in desk.heard[greetings:] if "hello" in frame and "polled" not in frame])
    sam.says("Three")
    expect(sam.sent).to_have_count(4)
    assert "polled" not in next(frame for frame in desk.heard if "Three" in str(frame.get("say")))


def test_an_ordinary_break_is_no_reason_to_do_without_sockets(desk: FakeDesk, sam: Shopper) -> None:
    sam.starts().says("Hello?")
    expect(sam.sent).to_have_count(1)
    for n in range(3):
        desk.drop()
        sam.says(f"{n}")
        expect(sam.sent).to_have_count(n + 2)
    assert [] == [frame for frame in desk.heard if "polled" in frame]


def test_a_site_that_is_not_allowed_is_not_asked_again(desk: FakeDesk, sam: Shopper) -> None:
    desk.turns_away = 4403
    sam.starts()
    expect(sam.banner).to_have_text("Chat is not available right now.")
    assert 1 == len(desk.all("hello"))
