"""Agents are added from the command line, before the first start or beside a running desk."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import Session, select

from server.auth.beginning import add_agent
from server.auth.links import OneTimeLink
from server.config.config import Config
from server.config.settings import Database
from server.database import Database as Opened
from tests.engine import database_url
from tickets.errors import Refused
from tickets.people import Agent


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(database=Database(url=database_url(tmp_path)))


def agents(config: Config) -> list[tuple[str, str, bool]]:
    with closing(Opened(config.database.url)) as database, Session(database.reads) as session:
        return [(agent.email, agent.role, bool(agent.password_hash)) for agent in session.exec(select(Agent))]


def test_an_agent_with_a_password_can_sign_in(config: Config) -> None:
    said = add_agent(config, name="Ada", email="Ada@frontdesk.example", role="agent", password="three quiet rivers")

    assert "Ada can sign in with ada@frontdesk.example at http://127.0.0.1:8080/app/login" == said
    assert [("ada@frontdesk.example", "agent", True)] == agents(config)


def test_one_without_a_password_gets_a_link_that_is_kept_as_a_hash(config: Config) -> None:
    said = add_agent(config, name="Ines", email="ines@frontdesk.example", role="admin", password=None)

    token = re.search(r"/app/welcome/([\w-]{43})$", said)
    assert token is not None
    with closing(Opened(config.database.url)) as database, Session(database.reads) as session:
        assert token.group(1) not in session.exec(select(OneTimeLink)).one().token_hash


def test_what_cannot_be_is_refused_and_leaves_nobody(config: Config) -> None:
    for name, email, password in (
        ("Ada", "nonsense", None),
        ("Ada", "ada@frontdesk.example", "short"),
        ("", "a@b.example", None),
    ):
        with pytest.raises(Refused):
            add_agent(config, name=name, email=email, role="agent", password=password)
    assert [] == agents(config)
