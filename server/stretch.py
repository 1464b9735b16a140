"""Under which name this process goes on with the log, and what becomes of that name when the log loses its end."""

from __future__ import annotations

from sqlmodel import Session

from server.auth.tokens import new_token
from tickets import history, turns
from tickets.desk import Desk


async def opened(desk: Desk) -> str:
    """The name, once this process has joined."""
    return await desk.change(history.begin, new_token()[:16], mark=await desk.read(history.mark), by="system")


async def begun_anew(desk: Desk, epoch: str) -> str:
    """The new name, where what was read under `epoch` is gone from the end of the log."""
    desk.forget_ids()
    mark = await desk.read(history.mark)
    name = await desk.change(history.begin_anew, new_token()[:16], mark, instead_of=epoch, by="system")
    desk.forget_ids()  # the first may have been taken before the gap was left
    return name


def renamed(session: Session, epoch: str) -> str | None:
    """Under which other name its processes go on with the log, where one of them has seen that its end is gone."""
    if not turns.is_shared(session.connection()):
        return None
    now = history.current(session)
    return None if now == epoch else now
