"""Who passes a message on, or writes first, sends files with it: as with an answer, and none is chosen twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from tests.server.doorstep import Doorstep, a_whole_house, hire
from tests.server.reading import beside, fields_of, rows, tree
from tests.tickets.email.letters import a_letter
from tickets.by_hand import reply
from tickets.change import Change
from tickets.email.mailbox import add_mailbox
from tickets.email.outgoing import Outgoing
from tickets.files.attachment import Attachment
from tickets.message import Message
from tickets.people import Agent, Role

EXPERT = "expert@maker.example"


@pytest.fixture
def step(tmp_path: Path) -> Iterator[Doorstep]:
    """Ada, an agent, at work."""
    with a_whole_house(tmp_path, url="https://desk.example") as step:
        step.change(hire, "Ada", Role.AGENT)
        step.change(add_mailbox, "support@shop.example")
        step.sign_in("Ada")
        yield step


def stored(step: Doorstep, path: str, name: str, page: Any) -> int:
    """As the page's script does it."""
    token = tree(page).xpath('//meta[@name="csrf"]/@content')[0]
    headers = {**step.manners, "x-csrf-token": token, "x-requested-with": "frontdesk", "accept": "application/json"}
    told = step.client.post(path, files={"file": (name, name.encode())}, data={"client_id": name}, headers=headers)
    assert 201 == told.status_code, told.text
    return int(told.json()["file"]["id"])


def answered_with(change: Change, files: list[int]) -> int:
    """Ada's answer to Sam's letter."""
    ticket, _ = a_letter(change, None)
    ada = change.one(select(Agent))
    assert ada is not None
    with change.acting_as(ada.actor):
        return reply(change, ticket.id, text="Here.", client_id="a-1", files=files).id


def shown(page: Any) -> list[str]:
    return [one.text_content() for one in tree(page).xpath("//*[@data-files]/li")]


def test_what_was_stored_stays_in_a_form_that_was_refused(step: Doorstep) -> None:
    page = step.open("/app/write")
    file = stored(step, tree(page).xpath("//@data-uploads")[0], "plan.txt", page)
    form = {**fields_of(page), "to": "nobody", "subject": "Our order", "text": "See there.", "files": [str(file)]}
    page = step.submit("/app/write", form)
    assert ("This does not look like an email address.", ["plan.txt"]) == (beside(page, "to"), shown(page))

    assert 303 == step.submit("/app/write", {**fields_of(page), "to": EXPERT}).status_code
    (mail,) = step.look(rows(Outgoing))
    assert [(file, mail.message_id)] == [(one.id, one.message_id) for one in step.look(rows(Attachment))]


@pytest.mark.parametrize("files", [["x"], ["99999999"], ["1" * 40]])
def test_a_file_that_is_not_there_is_said_beside_the_files(step: Doorstep, files: list[str]) -> None:
    page = step.open("/app/write")
    form = {**fields_of(page), "to": EXPERT, "subject": "Our order", "text": "See there.", "files": files}
    page = step.submit("/app/write", form)
    said = tree(page).get_element_by_id("f-files-wrong").text_content()
    assert ("This file is no longer here. Please add it again.", []) == (said, shown(page))
    assert [] == step.look(rows(Message))


def test_the_same_can_be_passed_on_again_by_a_form_opened_anew(step: Doorstep) -> None:
    """To the same address, with the same words: only a double click is one."""
    path = f"/app/messages/{step.change(answered_with, [])}/forwards"

    for times in (1, 2):
        form = {**fields_of(step.open(path)), "to": EXPERT}
        refused = step.submit(path, {**form, "to": "nobody"})
        assert form["key"] == fields_of(refused)["key"]
        assert [303, 303] == [step.submit(path, form).status_code for _ in range(2)]
        assert times == len([one for one in step.look(rows(Outgoing)) if one.to_address == EXPERT])


def test_a_file_of_the_message_can_stay_here(step: Doorstep) -> None:
    """The others go along, and what was added stands on the note that tells of it."""
    page = step.open("/app/write")
    ours = [stored(step, "/app/files", name, page) for name in ("bill.txt", "photo.txt")]
    path = f"/app/messages/{step.change(answered_with, ours)}/forwards"
    page = step.open(path)
    form = fields_of(page)
    assert [str(one) for one in ours] == form["along"]

    added = stored(step, tree(page).xpath("//@data-uploads")[0], "plan.txt", page)
    told = step.submit(path, {**form, "to": EXPERT, "along": [str(ours[1])], "files": [str(added)]})
    assert 303 == told.status_code, told.text
    (mail,) = [one for one in step.look(rows(Outgoing)) if one.to_address == EXPERT]
    assert [ours[0]] == mail.facts["without"]
    assert [added] == [one.id for one in step.look(rows(Attachment)) if one.message_id == mail.message_id]
