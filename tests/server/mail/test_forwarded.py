"""A message that is passed on arrives with what was written with it, whose it was, and the files that go along."""

from __future__ import annotations

from typing import Any

from sqlmodel import select

from tests.server.mail.test_postman import Office, office, read, text_of
from tickets.change import Change
from tickets.email.outgoing import Outgoing
from tickets.email.outward import forward
from tickets.files.attachment import Attachment, keep
from tickets.files.kinds import Kind
from tickets.people import Agent

__all__ = ["office"]
EXPERT = "expert@maker.example"


async def test_it_arrives_whole(office: Office) -> None:
    await office.answers("It hums:\n.like this.", file=b"%PDF-1.7 the invoice")

    def passes_on(change: Change) -> None:
        (mail,) = change.rows(select(Outgoing))
        ada = change.one(select(Agent))
        assert ada is not None
        assert mail.message_id is not None
        with change.acting_as(ada.actor):
            forward(change, mail.ticket_id, mail.message_id, to=EXPERT, text="Do you know this?", client_id="f-1")

    await office.desk.change(passes_on, by="system")
    await office.postman.work_off()
    (taken,) = [one for one in office.relay.taken if one.recipients == [EXPERT]]
    mail, text = read(taken), text_of(taken)
    assert text.startswith("Do you know this?\n\n---------- Forwarded message ----------\n")
    assert "\nFrom: Ada <support@shop.example>\n" in text
    assert "\nSubject: Re: Where is my parcel?\n\nIt hums" in text
    assert text.endswith("\n\nIt hums:\n.like this.\n")
    assert ("Fwd: Where is my parcel?", None) == (mail["Subject"], mail["In-Reply-To"])
    assert "+t" in mail["Reply-To"]
    assert ["發票.pdf"] == [file.get_filename() for file in mail.iter_attachments()]
    assert {"sent"} == set(await office.states())


async def test_files_are_added_and_left_out(office: Office) -> None:
    await office.answers(file=b"%PDF-1.7 the invoice")
    stored = office.store.keep(b"the plan")

    def passes_on(change: Change) -> None:
        (mail,) = change.rows(select(Outgoing))
        (ada,) = change.rows(select(Agent))
        (invoice,) = change.rows(select(Attachment))
        with change.acting_as(ada.actor):
            kind = Kind("text/plain", doubtful=False)
            plan = keep(change, client_id="p-1", name="plan.txt", claimed="", stored=stored, kind=kind)
            files: dict[str, Any] = {"files": [plan.id], "without": [invoice.id]}
            forward(change, mail.ticket_id, mail.message_id or 0, to=EXPERT, text="", client_id="f-1", **files)

    await office.desk.change(passes_on, by="system")
    await office.postman.work_off()
    (taken,) = [one for one in office.relay.taken if one.recipients == [EXPERT]]
    assert ["plan.txt"] == [file.get_filename() for file in read(taken).iter_attachments()]
