"""What must hold of mail, promises, files and calls after any fault; pure, like tests/faults/checker.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tests.faults.checker import End, Fault, Sent
from tests.faults.history import Line

OPEN_ENDS = {"queued", "sending", "retry"}


@dataclass(frozen=True)
class Promised:
    """A clock of an SLA, and how often its end was told. Times in microseconds."""

    clock: int
    due_at: int
    breached_at: int | None
    warned_wrongly: bool
    told: int  # events
    entered: int  # rows of the ledger


def mail_in(sent: Iterable[Sent], tickets: Sequence[str], said: Sequence[str]) -> list[Fault]:
    """What was answered with 250 became one message. `tickets` and `said` are subjects, of each ticket and message."""
    opened, spoken, wrong = Counter(tickets), Counter(said), []
    ends = {one.client_id: one for one in sent}
    for subject, one in ends.items():
        key = frozenset({(one.author, subject)})
        if one.end is End.ACKNOWLEDGED and spoken[subject] == 0:
            wrong.append(Fault("lost mail", f"{subject} was answered with 250", key))
        if one.end is End.REFUSED and opened[subject]:
            wrong.append(Fault("kept though refused", subject, key))
        if opened[subject] > 1 or spoken[subject] > 1:
            wrong.append(
                Fault("doubled mail", f"{subject} is there {max(opened[subject], spoken[subject])} times", key)
            )
    return wrong


def stored_mail(sent: Iterable[Sent], kept: Collection[str]) -> list[Fault]:
    """As soon as 250 was said there is a row with its bytes. `kept` holds the subjects of those that there are."""
    return [
        Fault("lost mail", f"{one.client_id} was answered with 250", frozenset({(one.author, one.client_id)}))
        for one in sent
        if one.end is End.ACKNOWLEDGED and one.client_id not in kept
    ]


def mail_out(states: Mapping[str, str], taken: Mapping[str, int], *, quiet: bool = True) -> list[Fault]:
    """`states` by Message-ID, `taken` how often the relay took each. `quiet`: all of it must have come to an end."""
    wrong = [Fault("sent twice", f"{mail} was taken {n} times") for mail, n in taken.items() if n > 1]
    wrong += [Fault("sent unwritten", mail) for mail in taken if mail not in states]
    for mail, state in states.items():
        if state == "sent" and not taken.get(mail):
            wrong.append(Fault("said to be sent", f"{mail} never reached the relay"))
        if quiet and state in OPEN_ENDS:
            wrong.append(Fault("forgotten mail", f"{mail} is still {state}"))
    return wrong


def promises(clocks: Iterable[Promised]) -> list[Fault]:
    """Each is broken once, at its due time, and told once."""
    wrong = []
    for one in clocks:
        broken = one.breached_at is not None
        if broken and one.breached_at != one.due_at:
            wrong.append(Fault("breached at another time", f"{one}"))
        if one.told != broken or one.entered != broken:
            wrong.append(Fault("breach not told once", f"{one}"))
        if one.warned_wrongly:
            wrong.append(Fault("warned at another time", f"{one}"))
    return wrong


def files(sent: Iterable[Sent], rows: Sequence[tuple[str, str]], missing: Collection[str]) -> list[Fault]:
    """`rows` are (uploader, client id); `missing` the hashes that a row names and whose bytes are not there."""
    held = Counter(rows)
    wrong = [Fault("file without bytes", sha256) for sha256 in missing]
    wrong += [Fault("doubled file", str(key), frozenset({key})) for key, n in held.items() if n > 1]
    return wrong + [
        Fault("lost file", one.client_id, frozenset({(one.author, one.client_id)}))
        for one in sent
        if one.end is End.ACKNOWLEDGED and (one.author, one.client_id) not in held
    ]


def at_most_once(events: Iterable[tuple[str, int]]) -> list[Fault]:
    """(kind, what it is about): what can happen to a thing only once."""
    return [Fault("happened twice", f"{kind} of {about}") for (kind, about), n in Counter(events).items() if n > 1]


def held_twice(lines: Iterable[Line]) -> list[Fault]:
    """Whoever was told "ok" to a take has it until they gave it back: nobody else may have been told so meanwhile."""
    holder: dict[str, str] = {}
    wrong = []
    for line in lines:
        if line.op == "take" and line.result == End.ACKNOWLEDGED.value:
            other = holder.setdefault(line.key, line.client)
            if other != line.client:
                keys = frozenset({(other, line.key), (line.client, line.key)})
                wrong.append(Fault("held twice", f"{line.key} by {other} and {line.client}", keys))
        elif line.op == "release" and line.result == End.ACKNOWLEDGED.value:
            holder.pop(line.key, None)
    return wrong


def loads_that_disagree(held: Mapping[int, int], counted: Mapping[int, int]) -> list[str]:
    """Agents who hold more or less than they count; `held` and `counted` are weights by agent."""
    return [
        f"agent {agent} holds {held.get(agent, 0)} and counts {counted.get(agent, 0)}"
        for agent in sorted({*held, *counted})
        if int(held.get(agent, 0)) != counted.get(agent, 0)
    ]


def report(found: Sequence[Fault], lines: Sequence[Line], *, seed: object) -> str:
    """The seed, and of all that is wrong what takes the fewest lines of history to tell; empty where all is well."""
    if not found:
        return ""
    told = {fault: [line for line in lines if (line.client, line.key) in fault.keys] for fault in found}
    shortest = min(found, key=lambda fault: (not told[fault], len(told[fault])))
    story = "\n".join(f"  {line.t:.4f} {line.client} {line.op} {line.key}: {line.result}" for line in told[shortest])
    return f"seed {seed}: {len(found)} faults, the shortest:\n{shortest}\n{story}"
