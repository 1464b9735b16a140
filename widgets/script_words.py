"""What the console's scripts say, in one place, so that a translator finds it all."""

from __future__ import annotations

from widgets.words import translate


def _(text: str) -> str:
    """Marks a text for the translators; it is looked up when a page is drawn."""
    return text


WORDS: tuple[str, ...] = (
    # Times
    _("now"),
    _("{n} s"),
    _("{n} m"),
    _("{n} h"),
    _("{n} d"),
    _("{m} m {s} s"),
    _("{h} h {m} m"),
    _("{time} late"),
    _("Today"),
    _("Yesterday"),
    # The line
    _("Reconnecting…"),
    _("You are offline. What you write is kept."),
    _("The desk is restarting. What you write is kept."),
    _("You are signed out."),
    _("Sign in again"),
    _("This could not be loaded. It is tried again when you choose it anew."),
    # Writing
    _("Sending"),
    _("Not sent"),
    _("Not filled in, and sent as it stands: {blanks}"),
    _("Try again"),
    _("Delete"),
    _("Remove {name}"),
    _("Sending {name}"),
    _("File is empty"),
    _("Largest is {size}"),
    _("Send"),
    _("Add note"),
    _("{n} left"),
    _("Too long by {n}"),
    _("Send as a file?"),
    _("message.txt"),
    _("Nothing matches. An admin can add canned replies."),
    _("No connection. Your text is kept, try again."),
    _("Copied"),
    _("This browser copies nothing here. Mark the number and copy it."),
    # Colleagues and customers
    _("You"),
    _("Read"),
    _("{name} is looking"),
    _("{name} is writing"),
    _("{name} is typing…"),
    # Offers
    _("Chat from {name}"),
    _("{n} seconds left"),
    _("New message from {name}"),
    _("Notifications are blocked in the browser's settings."),
    # Complaints
    _("Choose an outcome."),
    _("Give the reason, in words for the customer."),
    # Snooze
    _("Choose a date and a time."),
    # The rest
    _("Choose a ticket first."),
    _("Light"),
    _("Dark"),
    _("Like the system"),
    _("Show less"),
    _("Show all"),
)


def words(language: str) -> dict[str, str]:
    """English text → its translation, where that is another."""
    said = {text: translate(language, text) for text in WORDS}
    return {text: other for text, other in said.items() if other != text}
