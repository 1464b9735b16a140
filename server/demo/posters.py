"""What the demo's front door says of each scene: on its button, and when it has been played."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Poster:
    """English sentences. `told` has the blanks {name} and {subject}; `nothing` is for a scene without a ticket."""

    title: str
    does: str
    told: str
    nothing: str = ""


def _(sentence: str) -> str:
    """Marks it for translation."""
    return sentence


POSTERS = {
    "mail": Poster(
        _("A customer writes an email"),
        _("Handed in by SMTP at the desk's own listener, stored, read and placed."),
        _("{name} wrote an email: {subject}"),
        _("A mail was handed in. It is still being read."),
    ),
    "chat": Poster(
        _("A chat begins"),
        _("It rings at whoever is available in the console."),
        _("{name} began a chat: {subject}"),
    ),
    "call": Poster(
        _("Somebody wants a call, now"),
        _("It stands in line at once while calls are made, else when they are made again."),
        _("{name} wants a call: {subject}"),
    ),
    "urgent": Poster(
        _("An urgent mail, and nobody answers"),
        _("Promised within one minute: a warning after 45 seconds, a breach after 60."),
        _("{name} wrote to the safety line: {subject}. Watch the wallboard for a minute."),
        _("A mail was handed in. It is still being read."),
    ),
    "complaint": Poster(
        _("A complaint is filed"),
        _("With a number, a page for its customer, and two promises."),
        _("{name} filed a complaint: {subject}"),
    ),
    "again": Poster(
        _("A customer grows impatient"),
        _("They write once more. What was promised is due when it was."),
        _("{name} wrote again: {subject}"),
        _("Nobody waits for an answer just now."),
    ),
    "answer": Poster(
        _("A customer answers our mail"),
        _("The answer finds its ticket by the address it goes to."),
        _("{name} answered our mail: {subject}"),
        _("No mail of ours can be answered yet. Write one in the console first."),
    ),
    "due": Poster(
        _("A callback comes due"),
        _("Its customer moves it to now, as on the page that they were sent."),
        _("{name} moved the call to now: {subject}"),
        _("No time for calls is offered at present."),
    ),
}
