"""Every word a customer can read in the chat, in one place, so that a translator finds them all."""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).parents[1] / "locale"


def _(text: str) -> str:
    """Marks a text for the translators; it is looked up when a frame is rendered."""
    return text


def ngettext(one: str, many: str) -> tuple[str, str]:
    """Marks a text that counts `{n}`."""
    return one, many


WORDS: tuple[str, ...] = (
    # The launcher and the head of every screen
    _("Chat"),
    _("Open chat"),
    _("Close chat"),
    _("Back"),
    _("Menu"),
    _("Open now"),
    _("Closed now"),
    _("Sound"),
    _("Save transcript"),
    _("The transcript could not be fetched. Please try again."),
    _("End chat"),
    _("End this chat?"),
    _("You can save the transcript afterwards."),
    _("Cancel"),
    # Home
    _("How can we help?"),
    _("Chat with us"),
    _("Your chat with {name}"),
    _("Continue your chat"),
    _("Your last chat"),
    # Before the chat
    _("Before we start"),
    _("Your name"),
    _("Email"),
    _("Topic"),
    _("Choose a topic"),
    _("optional"),
    _("Start the chat"),
    _("Please fill this in"),
    _("This address looks incomplete, for example name@example.com"),
    # Waiting: the first three places are said, the others counted
    _("We are finding the right person for you."),
    _("You are next."),
    _("You are second."),
    _("You are third."),
    _("About {low}–{n} minutes."),
    _("Your place is kept, even if you close this page."),
    _("Call or email me instead"),
    _("We will call you."),
    # Talking
    _("Write your first message. A person will answer."),
    _("Messages"),
    _("New messages"),
    _("Earlier messages are in the transcript"),
    _("Today"),
    _("Yesterday"),
    _("You:"),
    _("Show all"),
    _("Sending"),
    _("Sent"),
    _("Read"),
    _("Not sent. Tap to retry"),
    _("Delete"),
    _("{name} is typing"),
    _("{name} joined"),
    _("{name} left the chat"),
    _("You were moved to {name}"),
    _("Nobody is here yet."),
    _("Everyone is busy."),
    _("The chat is open again"),
    _("The chat has ended"),
    # Writing, and files
    _("Message"),
    _("Write a message"),
    _("Send"),
    _("Send as a file?"),
    _("Attach a file"),
    _("Files to send"),
    _("Drop files to send them"),
    _("Sending the file. You can write meanwhile."),
    _("Sending {name}"),
    _("Remove {name}"),
    _("Try again"),
    _("Not finished. Try again."),
    _("File is empty"),
    _("Largest is {size}"),
    _("Download {name}"),
    _("Could not be fetched. Tap to try again."),
    # The line
    _("Reconnecting…"),
    _("You are offline. What you write is kept and sent when you are back."),
    _("No connection right now. What you write is kept and sent later."),
    _("Chat is not available right now."),
    # Out of hours
    _("Leave a message"),
    _("We are away right now."),
    _("We answer by email."),
    _("We could not reach the desk. Your text is kept. Please try again."),
    _("Thank you. We have your message."),
    _("Your number is {number}. We answer by email."),
    # After the chat
    _("How was this chat?"),
    _("Very poor"),
    _("Poor"),
    _("Fair"),
    _("Good"),
    _("Very good"),
    _("Would you like to add something?"),
    _("Send the rating"),
    _("Thank you for the rating."),
    _("Start a new chat"),
    _("Go on with this chat"),
)

WAYS: dict[str, tuple[str, str]] = {
    "callback": (_("Ask for a call"), _("Now, or at a time that suits you.")),
    "complaint": (_("Make a complaint"), _("You get a number and can follow every step.")),
}
"""What the forms are called that a site may offer beside its chat, and a line about each."""

COUNTED: tuple[tuple[str, str], ...] = (
    ngettext("{n} unread", "{n} unread"),
    ngettext("{n} person is before you.", "{n} people are before you."),
    ngettext("About a minute.", "About {n} minutes."),
    ngettext("{n} character left", "{n} characters left"),
    ngettext("Too long by {n} character.", "Too long by {n} characters."),
)


@cache
def words(language: str) -> dict[str, str | dict[str, str]]:
    """What the frame's data block calls `words`: English text → its translation, unless that is the same; a text that
    counts → one for each plural category of the language ("one", "few", "other", as in CLDR and Intl.PluralRules).

    `language` is a code as the browser says it ("zh", "pt-BR"); one without a catalogue is answered in English.
    """
    translations = _translations(language)
    said: dict[str, str | dict[str, str]] = {}
    for text in WORDS:
        if (translated := translations.gettext(text)) != text:
            said[text] = translated
    numbers = _numbers(language)
    for one, many in COUNTED:
        said[many] = {category: translations.ngettext(one, many, n) for category, n in numbers.items()}
    return said


def ways(language: str) -> dict[str, tuple[str, str]]:
    """What each form is called, and a line about it."""
    say = _translations(language).gettext
    return {kind: (say(title), say(line)) for kind, (title, line) in WAYS.items()}


def _translations(language: str) -> NullTranslations:
    """The catalogue, compiled in memory: gettext knows each language's plural rule."""
    codes = (language.replace("-", "_"), language.split("-")[0])
    source = next((path for code in codes if (path := LOCALE / code / "LC_MESSAGES" / "frontdesk.po").exists()), None)
    if source is None:
        return NullTranslations()
    compiled = BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return GNUTranslations(compiled)


def _numbers(language: str) -> dict[str, int]:
    """A number of each plural category: gettext is asked by number, the browser by category."""
    category = Locale.parse(language, sep="-").plural_form
    return {category(n): n for n in reversed(range(200))}
