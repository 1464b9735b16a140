"""What the wallboard's numbers are called and what they mean: the same sentences as in docs/wallboard.md."""

from __future__ import annotations

from routing.wallboard.people import Doing


def _(text: str) -> str:
    """Marks a text for the translators; it is looked up where it is shown."""
    return text


DOING = {
    Doing.MISSED: _("Missed an offer"),
    Doing.BUSY: _("Busy"),
    Doing.WRAPPING: _("Wrapping up"),
    Doing.AVAILABLE: _("Available"),
    Doing.AWAY: _("Away"),
    Doing.OFFLINE: _("Offline"),
}
AGES = {
    "4h": _("under 4 h"),
    "1d": _("under 1 day"),
    "3d": _("under 3 days"),
    "7d": _("under 7 days"),
    "older": _("older"),
}
CAME = {
    "taken": _("Taken"),
    "left": _("Left"),
    "sent_on": _("Sent on"),
    "waits": _("Waits"),
    "turned": _("Called or written to instead"),
    "settled": _("Settled without being taken"),
}
"""What became of somebody who waited in the chat."""
TELLS = {
    "in_line": _("In a queue, with nobody, and needing somebody now."),
    "longest": _(
        "Since they joined the line, or since the oldest message after our last answer; a callback not before its time."
    ),
    "estimate": _("How long somebody who comes now may wait. Click to see how often that was true."),
    "at_risk": _("A promise is about to break: a quarter of its time is left, at most 15 minutes."),
    "breached": _("Still open, and a promise to the customer is broken."),
    "answered": _("Promises of an answer that were kept today, of all that were kept or broken today."),
    "abandoned": _("Chats that the customer left today before anybody had answered."),
    "taken": _("Chats that an agent took today for the first time."),
    "left": _("Chats that the customer left today before an agent had taken them."),
    "came": _("Chats whose first wait in this queue ended today, in whichever way, or goes on."),
    "sent_on": _("Chats that waited here and were moved to another queue before an agent had taken them."),
    "talks": _("Talks that ended today and are written down, as often as an agent had one."),
    "work": _("How long talks took today, and how much of their time agents were at work."),
    "handled": _("Resolved or closed today, and still so."),
    "waiting": _("The customer spoke last, and waits for our answer."),
    "unassigned": _("Open, and in nobody's hands."),
    "callbacks": _(
        "Their time has come and nobody has reached the customer. Late: its window is over, and nobody has dialled."
    ),
    "unacknowledged": _("The customer has not heard yet that we look into it. Late: the promised time is over."),
    "undecided": _("The final answer is still to come. Late: the promised time is over."),
    "rated": _("Ratings of 4 and 5, of all that were given today."),
    "could_rate": _("Of those who were asked today, in a chat that ended or by email, how many have rated."),
    "promises": _("All that customers were promised and that was kept or broken in these days."),
    "reopened": _("Resolved or closed in these days; and whether they were opened again since."),
    "one_touch": _("Resolved or closed in these days; and whether they still are, after one answer of ours."),
    "first_replies": _("Answered by a person for the first time in these days."),
    "calls": _("Calls that ended in these days; and whether we spoke with the customer. Not what was called off."),
    "backlog": _("Everything that is not done, by its age."),
    "load": _("How much they hold, of what they can hold."),
    "busy": _("Available, but without room for one more chat."),
}
"""What stands behind each number, for whoever rests on it."""
