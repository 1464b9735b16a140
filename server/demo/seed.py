"""Fills an empty desk with the demo: the story is told to the real desk, by its own verbs, on a clock of its own."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import UTC, datetime, timedelta
from operator import itemgetter

import chat.chores
import routing.chores
import tickets.chores
from server.app import REACTIONS
from server.auth import accounts
from server.auth.passwords import Passwords
from server.config.config import Config
from server.config.rules import rules_of
from server.database import Database, migrate
from server.demo import day, hours, story, weeks
from server.demo.correspondents import Post
from server.demo.furniture import furnish
from server.demo.passing import Passing, StoryClock
from server.demo.telling import Scene, Teller
from server.scheduler import Scheduler
from tickets import find
from tickets.desk import Desk
from tickets.reactions import Reactions

CHORES = (*tickets.chores.CHORES, *routing.chores.CHORES, *chat.chores.CHORES)  # what the story can see of time
AGO = timedelta(days=30)  # when the story begins


def seed(config: Config) -> None:
    """Tell the story to an empty desk; one that has agents is left as it is."""
    with closing(Database(config.database.url)) as database:
        migrate(database)
        asyncio.run(_tell(database, config))


def greeting(url: str, ends: str = "Ctrl+C stops the desk.") -> str:
    """Addresses and logins, for the terminal; of a desk that is open, unless it `ends` otherwise."""
    rows = "".join(f"    {person.email:<26} {story.PASSWORD}   {person.role}\n" for person in story.COLLEAGUES)
    return (
        f"\n  Frontdesk demo, with everything there is to see at\n\n    {url}/demo\n\n"
        f"  The shop, where customers are          {url}/demo/shop\n"
        f"  The console, where agents work         {url}/app\n\n  Sign in as\n{rows}\n"
        f"  {ends}\n\n"
    )


async def _tell(database: Database, config: Config) -> None:
    clock = StoryClock(datetime.now(UTC))
    today, clock.at = clock.at, clock.at - AGO
    desk = Desk(
        database.writes, database.reads, clock=clock, rules=rules_of(config), reactions=Reactions(REACTIONS), readers=1
    )
    async with desk:
        if await desk.read(accounts.nobody_yet):
            told = await furnish(desk, await Passwords().hashed(story.PASSWORD), hours.zone_for(today))
            post = Post(desk, config)
            passing = Passing(desk, clock, CHORES)
            await _play(_scenes(Teller(desk, post, told, today)), passing, post)
            await passing.until(today)
            searching = Scheduler(desk, find.CHORES)
            while await searching.look():
                pass


def _scenes(teller: Teller) -> list[Scene]:
    """Everything that was said and done, in the order in which it was."""
    scenes = [
        *(teller.matter(one, f"demo-matter-{n}") for n, one in enumerate((*weeks.WEEKS, *day.CHATS, *day.MAILS))),
        *(teller.left(one, f"demo-left-{n}") for n, one in enumerate(day.LEFT)),
        *(teller.call(one, f"demo-call-{n}") for n, one in enumerate(day.CALLS)),
        *(teller.leaves(name, ago) for name, ago in day.BREAKS.items()),
        *(teller.grievance(one, f"demo-complaint-{n}") for n, one in enumerate(day.COMPLAINTS)),
    ]
    return sorted((scene for part in scenes for scene in part), key=itemgetter(0))


async def _play(scenes: list[Scene], passing: Passing, post: Post) -> None:
    """Scene by scene; the mail that one brings about is delivered at once."""
    for at, act in scenes:
        await passing.until(at)
        await act()
        await post.goes()
