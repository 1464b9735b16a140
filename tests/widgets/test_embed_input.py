"""Whatever is typed, pasted or dropped: the person sees what they meant, and nothing else happens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shopper import Shopper

DROP = """([kind, name, size]) => {
    const files = new DataTransfer();
    files.items.add(new File([new Uint8Array(size)], name));
    const target = kind === 'drop' ? document.querySelector('.talk') : document.querySelector('#message');
    const facts = {bubbles: true, cancelable: true};
    target.dispatchEvent(kind === 'drop' ? new DragEvent('drop', {...facts, dataTransfer: files})
                                         : new ClipboardEvent('paste', {...facts, clipboardData: files}));
}"""


def test_nothing_visible_cannot_be_sent(sam: Shopper) -> None:
    """Bad input, row 1."""
    sam.starts()
    for text in ("", "   ", "\n\n", "\u200b\u200d\u2060", "\u3000", "\u202e"):
        sam.box.fill(text)
        expect(sam.button("Send")).to_be_disabled()
        sam.box.press("Enter")
        expect(sam.bubbles).to_have_count(0)


def test_enter_sends_and_shift_enter_breaks_the_line(desk: FakeDesk, sam: Shopper) -> None:
    sam.starts()
    sam.box.type("One")
    sam.box.press("Shift+Enter")
    sam.box.type("Two")
    sam.box.press("Enter")
    expect(sam.sent).to_have_count(1)
    assert "One\nTwo" == desk.visitor.messages[0]["text"]
    expect(sam.box).to_have_value("")
    expect(sam.box).to_be_focused()


def test_enter_that_chooses_a_chinese_word_sends_nothing(desk: FakeDesk, sam: Shopper) -> None:
    sam.starts()
    sam.box.fill("你好")
    sam.box.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    expect(sam.box).to_have_value("你好")
    expect(sam.bubbles).to_have_count(0)


def test_a_text_that_is_too_long_can_go_as_a_file(desk: FakeDesk, sam: Shopper) -> None:
    """Bad input, row 2. Characters are counted as people count them."""
    sam.starts()
    sam.box.fill("茶" * 9500)
    expect(sam.frame.get_by_text("500 characters left")).to_be_visible()
    sam.box.fill("🫖" * 10_001)
    expect(sam.frame.get_by_text("Too long by 1 character.")).to_be_visible()
    expect(sam.button("Send")).to_be_disabled()

    sam.button("Send as a file?").click()
    expect(sam.button("Send")).to_be_enabled()
    sam.button("Send").click()

    expect(sam.sent).to_have_count(1)
    [upload] = desk.uploads
    assert ("message.txt", ("🫖" * 10_001).encode()) == (upload["name"], upload["data"])


def test_markup_and_names_are_only_text(desk: FakeDesk, sam: Shopper) -> None:
    """Bad input, rows 4 and 12."""
    sam.starts().says("<img src=x onerror=alert(1)> <b>bold</b>")
    expect(sam.lines).to_have_text(["<img src=x onerror=alert(1)> <b>bold</b>"])
    desk.push(*desk.visitor.joins("<i>Ada</i>\u202e"), desk.visitor.message("agent", "Hi.", name="<i>Ada</i>\u202e"))
    expect(sam.frame.get_by_role("heading", name="<i>Ada</i>\ufffd")).to_be_visible()
    expect(sam.frame.locator(".who bdi")).to_have_text("<i>Ada</i>\ufffd")
    assert 0 == sam.frame.locator("main img, main i:not(.dots i), main b:not(.queue b)").count()


def test_only_web_addresses_become_links(desk: FakeDesk, sam: Shopper) -> None:
    """Bad input, row 13."""
    sam.starts().says(
        "javascript:alert(1) data:text/html,x \u2028javascript:alert(2) (see https://example.com/a_(b)?c=d#e). "
        "看https://example.com/茶，谢谢 HTTP://EXAMPLE.COM"
    )
    expect(sam.sent).to_have_count(1)
    links = sam.frame.locator(".bubble a")
    expect(links).to_have_text(["https://example.com/a_(b)?c=d#e", "https://example.com/茶", "HTTP://EXAMPLE.COM"])
    assert {("_blank", "noopener noreferrer nofollow")} == {
        (link.get_attribute("target"), link.get_attribute("rel")) for link in links.all()
    }


@pytest.mark.parametrize("text", ["long " * 1000, "line\n" * 60, "Z" + "\u0301" * 2000], ids=["long", "lines", "zalgo"])
def test_a_text_that_would_push_all_others_away_is_shortened(desk: FakeDesk, sam: Shopper, text: str) -> None:
    """Bad input, rows 5 and 29."""
    sam.starts().says(text)
    expect(sam.sent).to_have_count(1)
    box = sam.sent.bounding_box()
    assert box is not None
    assert box["height"] < 320

    sam.button("Show all").click()

    expect(sam.button("Show all")).to_have_count(0)
    expect(sam.box).to_be_visible()


def test_every_line_finds_its_own_direction(desk: FakeDesk, sam: Shopper) -> None:
    """Bad input, row 51."""
    sam.starts().says("שלום, הזמנה 5590")
    expect(sam.sent).to_have_count(1)
    assert "rtl" == sam.lines.evaluate("(text) => getComputedStyle(text).direction")


@pytest.mark.parametrize("way", ["paste", "drop"])
@pytest.mark.parametrize(
    ("size", "says"), [(0, "File is empty"), (20 * 1024 * 1024 + 1, "Largest is 20 MB")], ids=["empty", "large"]
)
def test_a_file_that_cannot_go_is_said_so_before_anything_is_sent(
    desk: FakeDesk, sam: Shopper, way: str, size: int, says: str
) -> None:
    """Bad input, row 14."""
    sam.starts()
    sam.frame.evaluate(DROP, [way, "order.pdf", size])
    expect(sam.frame.locator(".chip")).to_contain_text(says)
    expect(sam.button("Send")).to_be_disabled()
    assert [] == desk.all("upload")

    sam.button("Remove order.pdf").click()
    expect(sam.frame.locator(".chip")).to_have_count(0)


@pytest.mark.parametrize("way", ["paste", "drop"])
def test_a_file_goes_with_the_words_beside_it(desk: FakeDesk, sam: Shopper, way: str) -> None:
    sam.starts()
    sam.frame.evaluate(DROP, [way, "order.pdf", 2048])
    expect(sam.frame.locator(".chip[data-state=ready]")).to_be_visible()
    sam.says("My order")

    expect(sam.sent).to_have_count(1)
    expect(sam.button("Download order.pdf")).to_contain_text("2 KB")
    [say] = desk.all("say")
    assert ("My order", [1]) == (say["text"], say["files"])


def test_a_file_is_fetched_as_this_visitor(desk: FakeDesk, sam: Shopper) -> None:
    sam.starts()
    sam.frame.evaluate(DROP, ["drop", "order.pdf", 2048])
    expect(sam.frame.locator(".chip[data-state=ready]")).to_be_visible()
    sam.button("Send").click()
    with sam.page.expect_download() as download:
        sam.button("Download order.pdf").click()
    assert "order.pdf" == download.value.suggested_filename
    assert bytes(2048) == download.value.path().read_bytes()


def test_a_file_that_was_cut_off_can_be_tried_again(desk: FakeDesk, sam: Shopper) -> None:
    """Bad input, row 21."""
    sam.page.context.route("**/chat/v1/files", lambda route: route.abort(), times=1)
    sam.starts()
    sam.frame.evaluate(DROP, ["drop", "order.pdf", 2048])
    expect(sam.frame.locator(".chip")).to_contain_text("Not finished. Try again.")

    sam.button("Try again").click()

    expect(sam.frame.locator(".chip[data-state=ready]")).to_be_visible()


def test_a_file_that_the_desk_refuses_says_why(desk: FakeDesk, sam: Shopper) -> None:
    desk.refuses_files = (415, "This kind of file is not taken here.")
    sam.starts()
    sam.frame.evaluate(DROP, ["drop", "order.exe", 2048])
    expect(sam.frame.locator(".chip")).to_contain_text("This kind of file is not taken here.")


def test_a_wrong_clock_changes_no_date(desk: FakeDesk, browser_of: Callable[..., BrowserContext]) -> None:
    """Bad input, row 50: the visitor's clock is two days late, the desk's is right."""
    page = browser_of().new_page()
    page.clock.install(time="2026-11-20T06:00:00Z")
    sam = Shopper(desk, page).starts()
    sam.says("Hello?")
    expect(sam.sent).to_have_count(1)
    expect(sam.status).to_contain_text("06:01")
    expect(sam.frame.locator(".date")).to_have_count(0)


def test_files_go_in_the_order_in_which_they_were_chosen(desk: FakeDesk, sam: Shopper) -> None:
    """They are uploaded side by side: a small one may be there before the large one above it."""
    sam.starts()
    held: list[Route] = []

    def hold_the_large_one(route: Route) -> None:
        if b"large.txt" in (route.request.post_data_buffer or b""):
            held.append(route)
        else:
            route.continue_()

    sam.page.route("**/chat/v1/files", hold_the_large_one)
    chosen = [{"name": name, "mimeType": "text/plain", "buffer": b"5590"} for name in ("large.txt", "small.txt")]
    sam.frame.locator("input[type=file]").set_input_files(chosen)  # type: ignore[arg-type]
    expect(sam.frame.locator(".chip[data-state=ready]")).to_have_count(1)
    held[0].continue_()
    expect(sam.frame.locator(".chip[data-state=ready]")).to_have_count(2)

    sam.says("Both bills")

    [said] = desk.wait(lambda: desk.all("say"))
    ids = {upload["name"]: upload["id"] for upload in desk.uploads}
    assert [ids["large.txt"], ids["small.txt"]] == said["files"]
    assert ids["small.txt"] < ids["large.txt"]
