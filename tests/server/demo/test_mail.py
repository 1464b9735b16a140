"""The demo's mail goes round: a customer writes on a page, an agent answers, and the answer is on the page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select
from starlette.testclient import TestClient

from server.app import House, create_app
from server.config.config import Config
from tests.cast import an_agent
from tests.server.reading import in_field, tree
from tests.settings import settings_in
from tickets import by_hand
from tickets.email.mailbox import add_mailbox
from tickets.email.outgoing import MailState, Outgoing
from tickets.ticket import Ticket

PATIENCE = 20.0  # seconds: the first mail waits for its reader to start
TEXT = {"name": "李静", "address": "li@customer.example", "to": "support@shop.example", "subject": "灯", "text": "坏了"}


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[TestClient]:
    """On the page of an empty demo desk with one address."""
    config = settings_in(tmp_path, url="http://testserver")
    app = create_app(config, House(config, demo=True))
    with TestClient(app, follow_redirects=False, headers={"accept": "text/html"}) as browser:
        change(browser, add_mailbox, "support@shop.example", name="Shop Support")
        yield browser


def change(browser: TestClient, verb: Callable[..., Any], *args: Any, by: str = "system", **kwargs: Any) -> Any:
    async def changed() -> Any:
        return await browser.app_state["desk"].change(verb, *args, by=by, **kwargs)

    return browser.portal.call(changed)  # type: ignore[union-attr]


def found(browser: TestClient, query: Any) -> Any:
    """The row, as soon as there is one."""

    async def look() -> Any:
        async with asyncio.timeout(PATIENCE):
            while (row := await browser.app_state["desk"].read(_first, query)) is None:  # noqa: ASYNC110  (another process reads it)
                await asyncio.sleep(0.02)
        return row

    return browser.portal.call(look)  # type: ignore[union-attr]


def _first(session: Session, query: Any) -> Any:
    return session.exec(query).first()


def send(browser: TestClient, path: str, **typed: str) -> Any:
    page = browser.get("/demo/mail")
    return browser.post(path, data={"key": in_field(page, "key").get("value"), **typed})


def test_mail_goes_round(browser: TestClient) -> None:
    assert 303 == send(browser, "/demo/mail", **TEXT).status_code
    ticket = found(browser, select(Ticket))
    assert "灯" == ticket.subject

    ada = change(browser, lambda change: an_agent(change).actor)
    change(browser, by_hand.reply, ticket.id, text="A <new> one comes.", client_id="a-1", by=ada)
    found(browser, select(Outgoing).where(Outgoing.state == MailState.SENT.value))
    page = browser.get("/demo/mail")
    (mail,) = tree(page).xpath("//article")
    assert "Re: 灯" == mail.xpath("h2")[0].text
    assert "A <new> one comes." == mail.xpath("div[@class='text']")[0].text_content()
    assert "support+t" in mail.xpath(".//pre")[0].text_content()

    answer = mail.xpath(".//form")[0].get("action")
    assert 303 == send(browser, answer, text="Thank you").status_code
    again = found(browser, select(Ticket).where(Ticket.last_seq == 3))
    assert (ticket.id, "Thank you") == (again.id, again.preview)


def test_what_is_wrong_is_said_beside_it(browser: TestClient) -> None:
    page = send(browser, "/demo/mail", **{**TEXT, "address": "nobody", "text": ""})

    assert 422 == page.status_code
    assert ("nobody", "true") == (in_field(page, "address").get("value"), in_field(page, "address").get("aria-invalid"))
    assert 404 == send(browser, "/demo/mail/77/answer", text="Hello").status_code
    assert 409 == browser.post("/demo/mail", data={**TEXT, "key": "made-up"}).status_code


def test_a_relay_in_the_settings_is_used_also_by_the_demo(tmp_path: Path) -> None:
    """The postbox is for those who have none."""
    from server.config.mail_settings import Mail
    from server.demo.postbox import postbox

    async def settings(config: Config) -> Mail:
        async with postbox(config) as (_, used):
            return used.mail

    named = Config(mail=Mail(relay_host="smtp.example.com"))
    assert named.mail == asyncio.run(settings(named))
    assert "127.0.0.1" == asyncio.run(settings(replace(named, mail=Mail()))).relay_host
