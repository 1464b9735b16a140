"""Files go both ways: pictures are seen, the rest is a card to download, and nothing a file claims is believed."""

from __future__ import annotations

import base64
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import APIResponse, FilePayload, Locator, expect

from tests.journeys.people import AtConsole, Shopper
from tests.journeys.sameness import chat_equals_reload, live_equals_reload
from tests.journeys.stage import Stage

PAGE = b"<!doctype html><script>alert(document.cookie)</script>"
_GIVE = """(where, [how, name, type, bytes]) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(bytes), one => one.charCodeAt(0))], name, {type}));
    const kind = how === "paste" ? ClipboardEvent : DragEvent;
    const carries = how === "paste" ? {clipboardData: data} : {dataTransfer: data};
    for (const event of how === "paste" ? ["paste"] : ["dragover", "drop"])
        where.dispatchEvent(new kind(event, {bubbles: true, cancelable: true, ...carries}));
}"""


def _picture(colour: str = "teal") -> bytes:
    kept = BytesIO()
    Image.new("RGB", (320, 200), colour).save(kept, "PNG")
    return kept.getvalue()


def _file(name: str, kind: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


def _gives(where: Locator, how: str, name: str, kind: str, content: bytes) -> None:
    """Pastes or drops a file, as the browser tells the page of it."""
    where.evaluate(_GIVE, [how, name, kind, base64.b64encode(content).decode()])


@pytest.fixture
def talking(stage: Stage) -> tuple[AtConsole, Shopper]:
    ada, sam = stage.agent("Ada"), stage.shopper().begins("Sam")
    sam.sends("I have a picture.")
    ada.accepts()
    return ada, sam


def _is_seen(picture: Locator) -> None:
    """Really drawn, not only there."""
    expect(picture).to_be_visible()
    picture.page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=picture.element_handle())


def test_a_picture_each_way_by_button_paste_and_drop(talking: tuple[AtConsole, Shopper]) -> None:
    ada, sam = talking

    sam.attaches(_file("lamp.png", "image/png", _picture()))
    expect(sam.frame.locator(".chip[data-state=ready]")).to_contain_text("lamp.png")
    sam.sends("Here it is.")
    _is_seen(ada.page.locator(".msg.in .picture img"))
    _is_seen(sam.frame.locator(".file .picture img"))

    _gives(ada.box, "paste", "shade.png", "image/png", _picture("orange"))
    expect(ada.page.locator("[data-files] li")).to_contain_text("shade.png")
    ada.answers("And this is the new shade.")
    _is_seen(sam.frame.locator(".file.them .picture img"))

    _gives(sam.frame.locator(".talk"), "drop", "label.png", "image/png", _picture("gray"))
    expect(sam.frame.locator(".chip[data-state=ready]")).to_contain_text("label.png")
    sam.button("Send").click()
    expect(ada.page.locator(".msg.in .picture img")).to_have_count(2)
    _gives(ada.box, "drop", "receipt.txt", "text/plain", b"Paid.")
    expect(ada.page.locator("[data-files] li")).to_contain_text("receipt.txt")
    ada.page.locator(".composer [data-send]").click()
    card = sam.frame.get_by_role("button", name="Download receipt.txt")
    with sam.page.expect_download() as saved:
        card.click()
    assert b"Paid." == saved.value.path().read_bytes()
    assert "receipt.txt" == saved.value.suggested_filename
    chat_equals_reload(sam)
    live_equals_reload(ada)


def test_what_only_claims_to_be_a_picture_is_a_card_that_says_so(talking: tuple[AtConsole, Shopper]) -> None:
    """A page with a script in it, sent as a picture, is never shown and never runs."""
    ada, sam = talking
    sam.attaches(
        _file("holiday.png", "image/png", PAGE), _file("mine.svg", "image/svg+xml", b"<svg onload='alert(1)'/>")
    )
    expect(sam.frame.locator(".chip[data-state=ready]")).to_have_count(2)
    sam.sends("Two more.")

    expect(ada.page.locator(".msg.in .file")).to_have_count(2)
    expect(ada.page.locator(".msg.in .picture")).to_have_count(0)
    expect(sam.frame.locator(".file .card")).to_have_count(2)
    expect(sam.frame.locator(".file .picture")).to_have_count(0)
    lying = ada.page.locator(".msg.in .file", has_text="holiday")
    expect(lying).to_contain_text("type could not be confirmed")
    for file in ada.page.locator(".msg.in a.file").all():
        _is_safe(ada.page.request.get(ada.url + str(file.get_attribute("href"))))
    live_equals_reload(ada)


def _is_safe(answer: APIResponse) -> None:
    """Downloaded, never shown; and if it were shown, nothing in it could run (reliability.md 2.4 and 6.3)."""
    assert 200 == answer.status
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "application/octet-stream" == answer.headers["content-type"]
    assert "nosniff" == answer.headers["x-content-type-options"]
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_nobody_else_gets_a_customers_file(stage: Stage, talking: tuple[AtConsole, Shopper]) -> None:
    ada, sam = talking
    sam.attaches(_file("private.png", "image/png", _picture()))
    expect(sam.frame.locator(".chip[data-state=ready]")).to_have_count(1)
    sam.sends("For your eyes only.")
    address = ada.url + str(ada.page.locator(".msg.in a.file").get_attribute("href"))

    mallory = stage.shopper()

    assert mallory.page.request.get(address, max_redirects=0).status in (303, 401, 403, 404)


def test_what_is_empty_or_too_large_is_said_before_anything_is_sent(
    talking: tuple[AtConsole, Shopper], tmp_path: Path
) -> None:
    """Both sides: a sentence at the file, nothing uploaded, and the text goes without it."""
    ada, sam = talking
    sent: list[str] = []
    for page in (ada.page, sam.page):
        page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/files") else None)
    empty, large = tmp_path / "nothing.txt", tmp_path / "film.mp4"
    empty.touch()
    with large.open("wb") as file:
        file.truncate(20 * 1024 * 1024 + 1)

    for picker in (sam.frame.locator("input[type=file]"), ada.page.locator(".composer [data-attach]")):
        picker.set_input_files([empty, large])

    for shown in (sam.frame.locator(".chip"), ada.page.locator("[data-files] li")):
        expect(shown.filter(has_text="nothing.txt")).to_contain_text("File is empty")
        expect(shown.filter(has_text="film.mp4")).to_contain_text("Largest is 20 MB")
    assert [] == sent
    sam.sends("It does not fit.")
    expect(ada.lines.last).to_have_text("It does not fit.")


def test_a_name_that_wants_to_be_a_path_is_only_a_name(talking: tuple[AtConsole, Shopper]) -> None:
    ada, sam = talking
    sam.attaches(_file("../../etc/pass\u202egnp.exe", "image/png", _picture()))
    expect(sam.frame.locator(".chip[data-state=ready]")).to_have_count(1)
    sam.sends("A strange name.")

    shown = ada.page.locator(".msg.in .file-name")
    expect(shown).to_have_count(1)
    name = shown.text_content() or ""
    assert "/" not in name
    assert "\u202e" not in name
    with ada.page.expect_download() as saved:
        ada.page.locator(".msg.in a.file").click()
    assert "/" not in saved.value.suggested_filename
    assert "\u202e" not in saved.value.suggested_filename
