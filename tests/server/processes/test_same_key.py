"""Two machines that share a database and no key are one desk by halves: whoever comes second is told so."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.app import House, create_app
from server.config.settings import Database as DatabaseSettings
from server.config.settings import Secrets
from server.processes.same_key import come_in, mark_of
from tests.engine import brings_its_own
from tests.servers.postgres import a_migrated_database
from tests.settings import settings_in
from tickets.errors import Refused

ONE, OTHER = b"one key " * 4, b"another " * 4


@brings_its_own
def test_of_two_who_come_at_once_the_second_is_refused_until_the_first_has_gone() -> None:
    """Each looks while the other is on its way in: a moment later it would be too late for both."""
    url = a_migrated_database()
    opened = come_in(url, ONE)
    come_in(url, ONE)()
    with pytest.raises(Refused, match="have another key"):
        come_in(url, OTHER)
    opened()
    come_in(url, OTHER)()


async def test_a_desk_at_work_keeps_out_who_has_another_key(tmp_path: Path) -> None:
    """They used to work side by side, deaf to each other, and each one's links led nowhere at the other."""
    url = a_migrated_database()
    secrets = Secrets(key=ONE.decode())
    config = settings_in(tmp_path, url="http://testserver", database=DatabaseSettings(url=url), secrets=secrets)
    house = House(config)
    async with house.open(create_app(config, house)):
        come_in(url, ONE)()
        with pytest.raises(Refused, match="have another key"):
            come_in(url, OTHER)


@brings_its_own
def test_a_desk_in_one_process_has_nobody_to_be_compared_with(tmp_path: Path) -> None:
    come_in(f"sqlite:///{tmp_path}/desk.db", ONE)()
    assert mark_of(ONE) != mark_of(OTHER)
