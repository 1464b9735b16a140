"""Who is written to by mail when two tickets become one: nobody who had a place on either loses it."""

from __future__ import annotations

from tickets.change import Change
from tickets.email.correspondence import MOST_COPIES, Correspondence
from tickets.email.events import CorrespondenceChanged
from tickets.ticket import Ticket


def join_people(change: Change, source: Ticket, target: Ticket) -> None:
    """Whoever was written to on `source` gets a copy on `target`, where an agent sees them and can take them out.

    A target that was not answered by mail so far is from now on, to the same address and in the same thread.
    """
    theirs, ours = change.find(Correspondence, source.id), change.find(Correspondence, target.id)
    if theirs is None:
        return
    if ours is None:
        change.add(_taken_over(theirs, target))
    else:
        _copy(theirs, ours)
    change.record(CorrespondenceChanged(ticket=target.id))


def _taken_over(theirs: Correspondence, target: Ticket) -> Correspondence:
    kept = {name: getattr(theirs, name) for name in Correspondence.model_fields}
    lists = {name: list(kept[name]) for name in ("cc", "cc_seen", "references")}
    return Correspondence(**{**kept, **lists, "ticket_id": target.id, "planned": 0, "uncopied": None})


def _copy(theirs: Correspondence, ours: Correspondence) -> None:
    """Beyond as many copies as there may be, the others are suggested."""
    known = {ours.address.lower(), *ours.cc}
    more = [one for one in dict.fromkeys([theirs.address.lower(), *theirs.cc]) if one not in known]
    room = MOST_COPIES - len(ours.cc)
    ours.cc = [*ours.cc, *more[:room]]
    seen = [*ours.cc_seen, *more[room:], *theirs.cc_seen]
    ours.cc_seen = [one for one in dict.fromkeys(seen) if one != ours.address.lower()][:MOST_COPIES]
