"""What is done to one clock: it starts, pauses, goes on, is given another target, is warned of, breaks, and ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from routing.sla import notices, timing
from routing.sla.choosing import Promise
from routing.sla.clock import SlaClock
from routing.sla.events import SlaBreached, SlaPaused, SlaResumed, SlaWarned
from routing.sla.ledger import Entry, note
from routing.sla.metrics import Metric, State
from routing.sla.recall import recall, told_of
from routing.sla.slices import again, cut, turned
from routing.sla.stepping import ahead, passing, step
from routing.sla.timing import Stretch, Time, warning_of
from routing.sla.winding import Columns, Source, calendar_of, counting, showing, time_ahead, time_of, wound
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
    began = stretches[0].start
    time = time_of(change, ((began, promise.calendar_id),), business=promise.business, since=began)
    columns, reading = wound(change, promise, stretches, source, time)
    clock = SlaClock(
        id=change.new_id(), ticket_id=ticket_id, metric=metric.value, cycle=cycle, queue_id=queue_id, **columns
    )
    _tell(change, change.add(clock), stretches, reading, time)
    return clock


def restart(change: Change, clock: SlaClock, *, promise: Promise, stretches: Sequence[Stretch], source: Source) -> None:
    """What was cancelled is promised again, or another promise takes its place. What was said of an instant that is
    still the one that counts is not said again."""
    began, told = stretches[0].start, told_of(change, clock)
    slices = again(told.slices, clock.ended_at, began, promise.calendar_id)
    time = time_of(change, slices, business=promise.business, since=began)
    ran = cut(stretches, slices) if promise.business else stretches
    columns, reading = wound(change, promise, ran, source, time)
    _set(clock, {**columns, "ended_at": None})
    _tell(change, clock, stretches, reading, time)


def pause(change: Change, clock: SlaClock) -> None:
    judge(change, clock)
    _stop(change, clock)
    clock.state, clock.due_at, clock.warn_at, clock.step_at = State.PAUSED.value, None, None, None
    note(change, clock, Entry.PAUSE)
    left = max(0, int(clock.target_seconds - clock.elapsed_seconds))
    change.record(SlaPaused(ticket=clock.ticket_id, clock=clock.id, metric=clock.metric, left=left))


def resume(change: Change, clock: SlaClock, *, at: datetime) -> None:
    """Paused or met: it goes on from where it stopped. A broken one keeps the time at which it was due."""
    over = _in_several_hours(change, clock, at)
    clock.state, clock.since, clock.ended_at = State.RUNNING.value, at, None
    if over is None:
        _reckon(change, clock)
    else:
        _reckon_over(clock, *over)
    note(change, clock, Entry.RESUME, at=at)
    judge(change, clock)
    if clock.steps:
        step(change, clock, ahead(change, clock) if over is None else passing(*over))
    change.record(SlaResumed(ticket=clock.ticket_id, clock=clock.id, metric=clock.metric, due=clock.due_at))


def retarget(
    change: Change, clock: SlaClock, promise: Promise, source: Source, *, since: datetime | None = None
) -> None:
    """Another target, measured from the beginning: it may break at once, and a breach may be taken back.

    Other hours hold from now on, or `since` a time after which it has not run: what had passed by then keeps its own.
    """
    judge(change, clock)
    before, since = _terms(clock), since or change.now
    held = Promise(clock.target_seconds, clock.calendar_id, clock.business)
    same = _go_by(clock, source)
    if same and held != promise and _count_every_hour(held, promise):
        clock.calendar_id = promise.calendar_id  # it may come to count in them
        note(change, clock, Entry.RETARGET, at=since, before=before, after=_terms(clock))
    elif held != promise or not same:
        told = told_of(change, clock)
        slices = turned(told.slices, since, promise.calendar_id)
        time = time_of(change, slices, business=promise.business, since=told.stretches[0].start)
        if held != promise:
            _set(clock, counting(change, promise))
            ran = cut(told.stretches, slices) if promise.business else told.stretches
            reading = timing.read(time, ran, _target(clock))
            _set(clock, showing(reading, runs=clock.state == State.RUNNING))
            note(change, clock, Entry.RETARGET, at=since, before=before, after=_terms(clock))
            _forgive(change, clock, reading)
            _judge(change, clock, due=reading.due, warn=reading.warn)
        step(change, clock, passing(time, told.stretches))


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
        step(change, clock, ahead(change, clock))


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
            step(change, clock, ahead(change, clock))


def take_steps(change: Change, clock: SlaClock) -> None:
    """Those whose time has come. What breaks by now is broken first."""
    judge(change, clock)
    step(change, clock, ahead(change, clock))


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


def _tell(change: Change, clock: SlaClock, stretches: Sequence[Stretch], reading: timing.Reading, time: Time) -> None:
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
        step(change, clock, passing(time, stretches))


def _count_every_hour(held: Promise, promise: Promise) -> bool:
    """Both as long: whatever hours hold, nothing of the clock is another."""
    return not held.business and not promise.business and held.seconds == promise.seconds


def _go_by(clock: SlaClock, source: Source) -> bool:
    """True where the steps are those that it had."""
    clock.policy_id, clock.policy_version = source.policy_id, source.version
    same = list(source.steps) == clock.steps
    if not same:
        clock.steps = [dict(one) for one in source.steps]
    return same


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
    """Of the calendar that it counts in, as that is now."""
    calendar = calendar_of(change, clock.calendar_id) if clock.business else None
    return 0 if calendar is None else calendar.version


def _stop(change: Change, clock: SlaClock) -> None:
    """Count what it ran since it last went on."""
    if clock.state == State.RUNNING:
        ran = time_ahead(change, clock).between(clock.since, change.now)
        clock.elapsed_seconds = (_elapsed(clock) + ran).total_seconds()
        clock.since = change.now


def _reckon(change: Change, clock: SlaClock) -> None:
    """When it is due, if it runs on from `since`."""
    ahead, left = [Stretch(clock.since)], _target(clock) - _elapsed(clock)
    time, unwarned = time_ahead(change, clock), left - warning_of(_target(clock))
    clock.due_at = clock.breached_at or timing.instant_of(time, ahead, left)
    clock.warn_at = clock.warned_at or (
        timing.instant_of(time, ahead, unwarned) if unwarned > timedelta() else clock.since
    )


def _in_several_hours(change: Change, clock: SlaClock, at: datetime) -> tuple[Time, list[Stretch]] | None:
    """What it counts, and when it ran, where it goes on since before the hours of now held for it."""
    told = told_of(change, clock) if clock.business and at < change.now else None
    if told is None or told.slices[-1][0] <= at:
        return None
    ran = cut([*told.stretches, Stretch(at)], told.slices)
    return time_of(change, told.slices, business=True, since=ran[0].start), ran


def _reckon_over(clock: SlaClock, time: Time, ran: Sequence[Stretch]) -> None:
    """The same, of all that it ran."""
    broke, warned = clock.breached_at, clock.warned_at
    reading = timing.read(time, ran, _target(clock))
    _set(clock, showing(reading, runs=True))
    clock.due_at, clock.warn_at = broke or reading.due, warned or reading.warn


def _target(clock: SlaClock) -> timedelta:
    return timedelta(seconds=clock.target_seconds)


def _elapsed(clock: SlaClock) -> timedelta:
    return timedelta(seconds=clock.elapsed_seconds)


def _terms(clock: SlaClock) -> dict[str, object]:
    due = clock.due_at
    return {
        "seconds": clock.target_seconds,
        "calendar": clock.calendar_id,
        "business": clock.business,
        "due": None if due is None else due.isoformat(),
        "policy": clock.policy_id,
        "version": clock.policy_version,
    }
