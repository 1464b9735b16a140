"""What statuses, priorities, channels and views are called, in English; each is its own translation key."""

from __future__ import annotations


def _(text: str) -> str:
    """Marks a text for the translators; it is looked up where it is shown."""
    return text


STATUSES = {
    "new": _("New"),
    "open": _("Open"),
    "pending": _("Pending"),
    "on_hold": _("On hold"),
    "resolved": _("Resolved"),
    "closed": _("Closed"),
    "spam": _("Spam"),
}
STATUS_HINTS = {
    "open": _("Needs us"),
    "pending": _("Waits for the customer"),
    "on_hold": _("Waits for a third party"),
    "resolved": _("The matter is settled"),
    "closed": _("Settled for good"),
    "spam": _("Not a customer"),
}
PRIORITIES = {"urgent": _("Urgent"), "high": _("High"), "normal": _("Normal"), "low": _("Low")}
CHANNELS = {
    "chat": _("Chat"),
    "email": _("Email"),
    "callback": _("Callback"),
    "complaint": _("Complaint"),
    "portal": _("Help centre"),
    "api": _("API"),
}
OUTCOMES = {"upheld": _("Upheld"), "partly": _("Partly upheld"), "not_upheld": _("Not upheld")}
CHANNEL_ICONS = {
    "chat": "chat",
    "email": "mail",
    "callback": "phone",
    "complaint": "complaint",
    "portal": "book",
    "api": "bolt",
}
VIEWS = {
    "mine": _("Mine"),
    "waiting": _("Waiting for us"),
    "at_risk": _("At risk"),
    "breached": _("Breached"),
    "unassigned": _("Unassigned"),
    "snoozed": _("Snoozed"),
    "open": _("All open"),
    "resolved": _("Resolved"),
}
PARTS = {
    "in_line": _("In line"),
    "live": _("Live"),
}
"""Lists that the wallboard opens, of everything, of a queue or of an agent."""
EMPTY = {
    "mine": _("Nothing in your hands."),
    "waiting": _("Nobody waits for an answer."),
    "unassigned": _("Every ticket has somebody."),
    "at_risk": _("No promise is about to break."),
    "breached": _("Every promise holds."),
    "snoozed": _("Nothing is snoozed."),
    "open": _("No open tickets."),
    "resolved": _("Nothing has been resolved yet."),
    "in_line": _("Nobody stands in line."),
    "live": _("Nobody waits live."),
    "queue": _("This queue is empty."),
    "search": _("Nothing found. Try fewer words, a number or an email address."),
}
INTENTS = {
    "available": _("Available"),
    "break": _("Break"),
    "lunch": _("Lunch"),
    "meeting": _("Meeting"),
    "training": _("Training"),
    "away": _("Away"),
    "offline": _("Offline"),
}
REASONS = {"missed": _("An offer was missed")}
INTENT_GLYPHS = {
    "available": "check",
    "break": "clock",
    "lunch": "sun",
    "meeting": "people",
    "training": "book",
    "away": "moon",
    "offline": "x",
}
IDENTIFIERS = {"email": _("Email"), "phone": _("Phone"), "external": _("Customer number")}
CHOSEN_BY = {
    "longest_idle": _("Longest idle with room: {idle}, {room} of 100 free."),
    "most_spare": _("Most room: {room} of 100 free, idle for {idle}."),
    "round_robin": _("Next in turn: {room} of 100 free, idle for {idle}."),
    "preferred": _("Knows the customer: {room} of 100 free, idle for {idle}."),
}
PASSED_OVER = {
    "full": _("{name} was at capacity."),
    "skill": _("{name} lacks a skill that it asks for."),
    "early": _("It was not old enough yet for {name}."),
    "refused": _("{name} had declined."),
    "ringing": _("{name} was being asked for another."),
}
LANGUAGES = {"en": "English", "zh": "简体中文"}
SHORTCUTS = (
    (("J", "K"), _("Next and previous ticket")),
    (("R",), _("Reply")),
    (("N",), _("Note")),
    (("Ctrl", "Enter"), _("Send")),
    (("/",), _("Search; in an empty answer: canned replies")),
    (("E",), _("Resolve or reopen")),
    (("A",), _("Who holds it")),
    (("T",), _("Queue")),
    (("P",), _("Priority")),
    (("S",), _("Status")),
    (("Z",), _("Snooze")),
    (("X",), _("Merge into another ticket")),
    (("G", "M"), _("Go to mine; W waiting, U unassigned, S snoozed, O open, R resolved")),
    (("?",), _("All keys")),
)
ROBOTS = {
    "auto": _("Automatic mail"),
    "away": _("Automatic reply"),
    "reply": _("Automatic reply"),
    "complaint": _("Marked as spam by its recipient"),
    "bounce": _("Delivery report"),
    "feedback": _("Report of a mail provider"),
    "list": _("Mailing list"),
    "own": _("Our own mail"),
    "loop": _("Two machines answer each other"),
}
MAIL_REMARKS = {
    "winmail": _("Outlook packed its files into winmail.dat"),
    "smime": _("Encrypted or signed with S/MIME"),
    "pgp": _("Encrypted with PGP"),
}
