"""A socket has many things under way and answers them in the order in which they began."""

from __future__ import annotations

import asyncio
from typing import Any

from tickets.live import InOrder


class Answers(list[Any]):
    """What was answered, in order."""

    def take(self, done: asyncio.Future[Any]) -> None:
        self.append(done.exception() or done.result())


async def test_answers_keep_the_order_in_which_things_began() -> None:
    under_way, answers = InOrder(most=10), Answers()
    first, second, third = (asyncio.get_running_loop().create_future() for _ in range(3))
    for made in (first, second, third):
        await under_way.begin(made, answers.take)
    third.set_result(3)
    second.set_exception(ValueError("no"))
    await asyncio.wait({second, third})
    assert [] == answers
    first.set_result(1)
    await under_way.landed()
    assert [1, "no", 3] == [str(each) if isinstance(each, ValueError) else each for each in answers]


async def test_who_has_enough_under_way_waits() -> None:
    under_way, answers = InOrder(most=2), Answers()
    first, second = (asyncio.get_running_loop().create_future() for _ in range(2))
    await under_way.begin(first, answers.take)
    waiting = asyncio.ensure_future(under_way.begin(second, answers.take))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not waiting.done()
    first.set_result(1)
    await waiting
    assert [1] == answers
    second.set_result(2)
    await under_way.landed()


async def test_what_was_begun_outlives_the_socket_and_errands_do_not() -> None:
    """A message under way is still stored when its sender hangs up."""
    under_way, answers = InOrder(most=10), Answers()
    begun, errand = (asyncio.get_running_loop().create_future() for _ in range(2))
    await under_way.begin(begun, answers.take)
    under_way.errand(errand)
    await under_way.drop()
    assert (False, True) == (begun.done(), errand.cancelled())
    begun.set_result("stored")
    await under_way.landed()
    assert ["stored"] == answers
