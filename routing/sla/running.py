"""What is done to one clock: it starts, pauses, goes on, is given another target, is warned of, breaks, and ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from routing.sla import notices, timing
from routing.sla.choosing import Promise
from routing.sla.clock import SlaClock
from routing.sla.events import SlaBreached, SlaPaused, SlaResumed, SlaStepReached, SlaWarned
from routing.sla.ledger import Entry, note
from routing.sla.metrics import Metric, State
from routing.sla.recall import recall, stretches_of
from routing.sla.steps import upcoming
from routing.sla.timing import Stretch, Time, warning_of
from routing.sla.winding import Columns, Source, calendar_of, counting, hours_of, showing, wound
from tickets.change import Change


def start(
    change: Change,
    ticket_id: int,
    metric: Metric,
    *,
    cycle: int = 1,
    queue_id: int | None = None,
    promise: Promise,
    stretches: Sequence[Stretch],
    source: Source,
) -> SlaClock:
    """A clock that has run during `stretches`; it may be due already, and is judged at once."""
    columns, reading = wound(change, promise, stretches, source)
    clock = SlaClock(
        id=change.new_id(), ticket_id=ticket_id, metric=metric.value, cycle=cycle, queue_id=queue_id, **columns
    )
    _tell(change, change.add(clock), stretches, reading)
    return clock


def restart(change: Change, clock: SlaClock, *, promise: Promise, stretches: Sequence[Stretch], source: Source) -> None:
    """What was cancelled is promised again, or another promise takes its place. What was said of an instant that is
    still the one that counts is not said again."""
    columns, reading = wound(change, promise, stretches, source)
    _set(clock, {**columns, "ended_at": None})
    _tell(change, clock, stretches, reading)


def pause(change: Change, clock: SlaClock) -> None:
    judge(change, clock)
    _stop(change, clock)
    clock.state, clock.due_at, clock.warn_at, clock.step_at = State.PAUSED.value, None, None, None
    note(change, clock, Entry.PAUSE)
    left = max(0, int(clock.target_seconds - clock.elapsed_seconds))
    change.record(SlaPaused(ticket=clock.ticket_id, clock=clock.id, metric=clock.metric, left=left))


def resume(change: Change, clock: SlaClock, *, at: datetime) -> None:
    """Paused or met: it goes on from where it stopped. A broken one keeps the time at which it was due."""
    clock.state, clock.since, clock.ended_at = State.RUNNING.value, at, None
    _reckon(change, clock)
    note(change, clock, Entry.RESUME, at=at)
    judge(change, clock)
    if clock.steps:
        _step(change, clock, _ahead(change, clock))
    change.record(SlaResumed(ticket=clock.ticket_id, clock=clock.id, metric=clock.metric, due=clock.due_at))


def retarget(change: Change, clock: SlaClock, promise: Promise, source: Source) -> None:
    """Another target, measured from the beginning: it may break at once, and a breach may be taken back."""
    judge(change, clock)
    before = _terms(clock)
    other = (clock.target_seconds, clock.calendar_id) != (promise.seconds, promise.calendar_id)
    same = _go_by(clock, source)
    if other or not same:
        ran = stretches_of(change, clock)
        if other:
            _set(clock, counting(promise, calendar_of(change, promise.calendar_id)))
            reading = timing.read(_time(change, clock, ran[0].start), ran, _target(clock))
            _set(clock, showing(reading, runs=clock.state == State.RUNNING))
            note(change, clock, Entry.RETARGET, before=before, after=_terms(clock))
            _forgive(change, clock, reading)
            _judge(change, clock, due=reading.due, warn=reading.warn)
        _step(change, clock, _passing(change, clock, ran))


def retime(change: Change, clock: SlaClock, *, warns: bool = True) -> None:
    """Its calendar has other hours since some time; what had run by then was counted by the hours of its day. Reckoned
    first and judged then: nothing is said of an instant that only the earlier hours had."""
    clock.calendar_version = _version(change, clock)
    if clock.state == State.RUNNING:
        if clock.breached_at is None:
            before = _terms(clock)
            _reckon(change, clock)
            if before != _terms(clock):
                note(change, clock, Entry.RETARGET, before=before, after=_terms(clock))
            _judge(change, clock, due=clock.due_at, warn=clock.warn_at if warns else None)
        _step(change, clock, _ahead(change, clock))


def is_behind(change: Change, clock: SlaClock) -> bool:
    """It still goes by hours that its calendar has no more."""
    return clock.calendar_version != _version(change, clock)


def end(change: Change, clock: SlaClock, state: State) -> None:
    """What was promised is done, or is promised no more. Judged first: a late answer breaks it, whoever noticed."""
    judge(change, clock, warns=False)
    _stop(change, clock)
    clock.state, clock.ended_at, clock.step_at = state.value, change.now, None
    note(change, clock, Entry.FULFIL if state is State.MET else Entry.CANCEL)
    if clock.taken:  # somebody may have been told
        notices.withdraw(change, clock.id)


def is_broken(change: Change, clock: SlaClock) -> bool:
    """By now, whoever noticed."""
    judge(change, clock, warns=False)
    return clock.breached_at is not None


def judge(change: Change, clock: SlaClock, *, warns: bool = True) -> None:
    """Say what its time has made true by now, if the scheduler has not said it yet."""
    if clock.state == State.RUNNING:
        if clock.business and is_behind(change, clock):
            retime(change, clock, warns=warns)
        _judge(change, clock, due=clock.due_at, warn=clock.warn_at if warns else None)
        if clock.step_at is not None and clock.step_at <= change.now:
            _step(change, clock, _ahead(change, clock))


def take_steps(change: Change, clock: SlaClock) -> None:
    """Those whose time has come. What breaks by now is broken first."""
    judge(change, clock)
    _step(change, clock, _ahead(change, clock))


def say_breached(change: Change, clock: SlaClock, *, again: bool = False) -> None:
    """`again`: it was said of this instant, and taken back since. The ledger tells of it, nobody is told twice."""
    assert clock.breached_at is not None
    note(change, clock, Entry.BREACH, at=clock.breached_at)
    if not again:
        change.record(SlaBreached(ticket=clock.ticket_id, clock=clock.id, metric=clock.metric, due=clock.breached_at))


def say_warned(change: Change, clock: SlaClock) -> None:
    assert clock.warned_at is not None
    note(change, clock, Entry.WARN, at=clock.warned_at)
    due = clock.due_at or clock.warned_at + warning_of(_target(clock))
    change.record(SlaWarned(ticket=clock.ticket_id, clock=clock.id, metric=clock.metric, due=due))


# How


def _tell(change: Change, clock: SlaClock, stretches: Sequence[Stretch], reading: timing.Reading) -> None:
    """Write down what it did so far, and do what has come due by now."""
    facts = {"after": _terms(clock)}
    for one in stretches:
        note(change, clock, Entry.ACTIVATE if facts else Entry.RESUME, at=one.start, **facts)
        facts = {}
        if one.end is not None:
            note(change, clock, Entry.PAUSE, at=one.end)
    _forgive(change, clock, reading)
    _judge(change, clock, due=reading.due, warn=reading.warn)
    clock.step_at = None
    if clock.steps:
        _step(change, clock, _passing(change, clock, stretches))


def _go_by(clock: SlaClock, source: Source) -> bool:
    """True where the steps are those that it had."""
    clock.policy_id, clock.policy_version = source.policy_id, source.version
    same = list(source.steps) == clock.steps
    if not same:
        clock.steps = [dict(one) for one in source.steps]
    return same


Instants = Callable[[float], datetime | None]
"""When a clock has run for so many seconds; None for never, as things stand."""


def _passing(change: Change, clock: SlaClock, stretches: Sequence[Stretch]) -> Instants:
    """Counted from its beginning."""
    began = stretches[0].start
    time = _time(change, clock, began)
    return lambda ran: timing.instant_of(time, stretches, timedelta(seconds=ran)) if ran > 0 else began


def _ahead(change: Change, clock: SlaClock) -> Instants:
    """Counted from when it last went on: all before that is over."""
    time, ahead = _time(change, clock, clock.since), [Stretch(clock.since)]

    def at(ran: float) -> datetime | None:
        left = ran - clock.elapsed_seconds
        return timing.instant_of(time, ahead, timedelta(seconds=left)) if left > 0 else clock.since

    return at


def _step(change: Change, clock: SlaClock, instant: Instants) -> None:
    """Take the steps whose time has come, each stamped with it, and wait for the next."""
    clock.step_at = None
    for offset, step in upcoming(clock.steps, clock.taken, clock.target_seconds) if clock.steps else ():
        at = instant(offset)
        if at is None or at > change.now:
            clock.step_at = at if clock.state == State.RUNNING else None
            return
        clock.taken = [*clock.taken, step.key]
        note(change, clock, Entry.STEP, at=at, **step.kept())
        broken = clock.breached_at is not None
        reached = SlaStepReached(
            ticket=clock.ticket_id, clock=clock.id, metric=clock.metric, at=at, does=step.does, to=step.to,
            due=clock.breached_at or clock.due_at, late=broken,
        )  # fmt: skip
        change.record(reached)


def _set(clock: SlaClock, columns: Columns) -> None:
    for name, value in columns.items():
        setattr(clock, name, value)


def _forgive(change: Change, clock: SlaClock, reading: timing.Reading) -> None:
    """What was said before holds for the new due time only where that has come as well."""
    if clock.breached_at is not None and (reading.due is None or reading.due > change.now):
        note(change, clock, Entry.WITHDRAW, breached_at=clock.breached_at.isoformat())
        clock.breached_at = None
    elif clock.breached_at not in (None, reading.due):
        note(change, clock, Entry.WITHDRAW, breached_at=clock.breached_at.isoformat())
        clock.breached_at = reading.due
        note(change, clock, Entry.BREACH, at=reading.due)
    if clock.warned_at is not None:
        clock.warned_at = reading.warn if reading.warn is not None and reading.warn <= change.now else None


def _judge(change: Change, clock: SlaClock, *, due: datetime | None, warn: datetime | None) -> None:
    if clock.breached_at is None:
        if due is not None and due <= change.now:
            clock.breached_at = due
            say_breached(change, clock, again=recall(change).noted(clock.id, Entry.BREACH, due))
        elif warn is not None and warn <= change.now and clock.warned_at is None:
            clock.warned_at = warn
            if not recall(change).noted(clock.id, Entry.WARN, warn):
                say_warned(change, clock)


def _version(change: Change, clock: SlaClock) -> int:
    """Of its calendar, as that is now."""
    calendar = calendar_of(change, clock.calendar_id)
    return 0 if calendar is None else calendar.version


def _stop(change: Change, clock: SlaClock) -> None:
    """Count what it ran since it last went on."""
    if clock.state == State.RUNNING:
        ran = _time(change, clock, clock.since).between(clock.since, change.now)
        clock.elapsed_seconds = (_elapsed(clock) + ran).total_seconds()
        clock.since = change.now


def _reckon(change: Change, clock: SlaClock) -> None:
    """When it is due, if it runs on from `since`."""
    ahead, left = [Stretch(clock.since)], _target(clock) - _elapsed(clock)
    time, unwarned = _time(change, clock, clock.since), left - warning_of(_target(clock))
    clock.due_at = clock.breached_at or timing.instant_of(time, ahead, left)
    clock.warn_at = clock.warned_at or (
        timing.instant_of(time, ahead, unwarned) if unwarned > timedelta() else clock.since
    )


def _time(change: Change, clock: SlaClock, since: datetime) -> Time:
    """What it counts, from then on."""
    return hours_of(calendar_of(change, clock.calendar_id), since)


def _target(clock: SlaClock) -> timedelta:
    return timedelta(seconds=clock.target_seconds)


def _elapsed(clock: SlaClock) -> timedelta:
    return timedelta(seconds=clock.elapsed_seconds)


def _terms(clock: SlaClock) -> dict[str, object]:
    due = clock.due_at
    return {
        "seconds": clock.target_seconds,
        "calendar": clock.calendar_id,
        "due": None if due is None else due.isoformat(),
        "policy": clock.policy_id,
        "version": clock.policy_version,
    }
