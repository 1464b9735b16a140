"""Sign-in as this process does it: check a password, know a cookie again, and remember who was just here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.auth import accounts, attempts, sessions
from server.auth.attempts import Limits, Tried
from server.auth.passwords import Checked, Passwords
from server.auth.sessions import Recognised, Secrets
from server.auth.tokens import new_token
from server.config.settings import Login
from server.doors.addresses import network_of
from tickets.change import Change
from tickets.desk import Desk
from tickets.errors import Refused
from tickets.people import Agent

WRITE_EVERY = timedelta(seconds=60)


@dataclass(frozen=True)
class Caller:
    """The browser at the other end, as its owner will know it again."""

    address: str
    user_agent: str

    @property
    def network(self) -> str:
        return network_of(self.address)


class Auth:
    """One per process, found as `request.state.auth`."""

    def __init__(
        self,
        desk: Desk,
        login: Login,
        *,
        passwords: Passwords | None = None,
        tried: Callable[[], None] = lambda: None,
    ) -> None:
        """`tried` is called for every password that somebody tries, also for one that has to wait."""
        self.passwords = passwords or Passwords()
        self._desk = desk
        self._tried = tried
        self._idle = timedelta(minutes=login.idle_minutes)
        self._lasts = timedelta(hours=login.absolute_hours)
        self._limits = Limits(
            per_address=login.attempts_per_address,
            free=login.failures_before_delay,
            longest=timedelta(minutes=login.longest_delay_minutes),
        )
        self._seen: dict[int, datetime] = {}  # by session, not written down yet
        self._written_at = desk.clock.now()

    async def admit(self, email: str, password: str, caller: Caller) -> Secrets:
        """A new session for the right password. Refuses everything else in the same words and in the same time."""
        agent = await self._desk.read(accounts.by_email, email)
        kept = agent.password_hash if agent is not None and agent.active else ""
        tried = Tried(email, caller.network)
        checked = await self._try(tried, kept, password)
        if agent is None or not checked.good:
            raise _wrong()

        def right(change: Change) -> None:
            attempts.succeeded(change, tried)
            if change.take(Agent, agent.id).password_hash != kept:
                raise _wrong()  # it was changed while we were looking
            if checked.renewed is not None:
                accounts.keep_hash(change, agent.id, checked.renewed)

        return await self.begin(agent.id, caller, after=right)

    async def begin(
        self, agent_id: int, caller: Caller, *, after: Callable[[Change], object] = lambda _: None
    ) -> Secrets:
        """A new session for somebody who has shown who they are; `after` runs before it, in the same change."""
        secrets = new_secrets()

        def come_in(change: Change) -> None:
            after(change)
            sessions.sign_in(
                change,
                agent_id,
                secrets,
                lasts=self._lasts,
                user_agent=caller.user_agent,
                address=caller.address,
            )

        await self._desk.change(come_in, by=f"agent:{agent_id}")
        return secrets

    async def confirm(self, agent: Agent, password: str, caller: Caller, *, field: str) -> None:
        """That whoever sits at a signed-in browser still knows the password; guesses count as at the sign-in."""
        tried = Tried(agent.email, caller.network)
        if not (await self._try(tried, agent.password_hash, password)).good:
            raise Refused("This is not your password.", field=field)
        await self._desk.change(attempts.succeeded, tried, by=agent.actor)

    async def recognise(self, token: str) -> Recognised | None:
        """Who holds this cookie, and that they were here; None where the session has ended."""
        now = self._desk.clock.now()
        found = await self._desk.read(sessions.recognise, token, now, idle=self._idle, seen=self._seen)
        if found is not None:
            await self._saw(found.agent.session_id, now)
        return found

    async def still_holds(self, session_id: int) -> bool:
        """Whether an open socket may go on; an open console counts as being here. Asked at least once a minute."""
        now = self._desk.clock.now()
        holds = await self._desk.read(sessions.still_holds, session_id, now, idle=self._idle, seen=self._seen)
        if holds:
            await self._saw(session_id, now)
        return holds

    async def write_down(self) -> None:
        """Put into the database who was seen since the last time, all in one change."""
        seen, self._seen = self._seen, {}
        self._written_at = self._desk.clock.now()
        if seen:
            await self._desk.change(sessions.refresh, seen, by="system")

    async def _try(self, tried: Tried, kept: str, password: str) -> Checked:
        self._tried()
        await self._desk.change(attempts.begin, tried, self._limits, by="system")
        return await self.passwords.check(kept, password)

    async def _saw(self, session_id: int, now: datetime) -> None:
        self._seen[session_id] = now
        if now - self._written_at >= WRITE_EVERY:
            await self.write_down()


def new_secrets() -> Secrets:
    return Secrets(token=new_token(), csrf=new_token())


def _wrong() -> Refused:
    return Refused("The address or the password is not right.", field="password")
