"""The first steps of a desk: the link that an empty one prints, and agents added from the command line."""

from __future__ import annotations

import asyncio
from contextlib import closing

from server.auth import accounts, links
from server.auth.passwords import Passwords, good_enough
from server.auth.tokens import new_token
from server.config.config import Config
from tickets.desk import Desk
from tickets.people import Role


async def first_run_link(desk: Desk, public_url: str) -> str | None:
    """The link that makes the first admin, while there is nobody; printed once, kept only as a hash."""
    if not await desk.read(accounts.nobody_yet):
        return None
    token = new_token()
    await desk.change(links.make, token, agent_id=None, by="system")
    return f"{public_url}/app/welcome/{token}"


def add_agent(config: Config, *, name: str, email: str, role: str, password: str | None) -> str:
    """Add somebody from the command line, beside a running desk or before the first start; what to tell the person.

    Without a password it makes a one-time link. Raises Refused.
    """
    from server.database import Database, migrate, refuse_unless_writable

    with closing(Database(config.database.url)) as database:
        migrate(database)
        refuse_unless_writable(database)
        return asyncio.run(_add(Desk(database.writes, database.reads), config, name, email, Role(role), password))


async def _add(desk: Desk, config: Config, name: str, email: str, role: Role, password: str | None) -> str:
    password_hash = ""
    if password is not None:
        good_enough(password, person=(name, email))
        password_hash = await Passwords().hashed(password)
    async with desk:
        agent = await desk.change(
            accounts.add, name=name, email=email, role=role, password_hash=password_hash, by="system"
        )
        if password is not None:
            return f"{agent.name} can sign in with {agent.email} at {config.server.base_url}/app/login"
        token = new_token()
        await desk.change(accounts.invite, agent.id, token, by="system")
        return f"{agent.name} can choose a password within a day at {config.server.base_url}/app/welcome/{token}"
