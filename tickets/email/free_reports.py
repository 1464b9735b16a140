"""Mail servers that say in words of their own that a mail did not arrive, or that somebody complained about one.

Half of them never heard of RFC 3464. People complain of deliveries that failed, too, and quote such reports; and some
of them are called like servers. So no name is enough: headers tell a machine, or it talks as only servers do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tickets.email import server_words
from tickets.email.daemons import (
    is_by_a_machine,
    is_called_like_a_server,
    is_daemon,
    is_postmaster,
    is_servers_address,
    wants_no_answer,
)
from tickets.email.headers import Head
from tickets.email.people_words import ASKS, PERSON
from tickets.email.server_words import ADDRESS, COPY, FORM, OF_MAIL, OPENING, PARCEL, PROTOCOL, SUBJECT, TEXT
from tickets.email.told_by_itself import is_away

LONGEST = 16 * 1024  # characters of the text that are looked at
_MOST_PEOPLE = 50
_OPENING = 800  # characters
_ANSWERS = re.compile(r"\s{0,4}(re|aw|sv|vs|antw|odp|回复|答复|回覆)\s?[:：]", re.IGNORECASE)
_PASSED_ON = re.compile(r"\s{0,4}(fwd?|wg|tr|rv|enc|i|doorst|vb|转发|轉寄)\s?[:：]", re.IGNORECASE)
_QUOTED = re.compile(r"^[ \t]{0,4}>(?!>>).{0,1000}$", re.MULTILINE)
_GREETING = re.compile(
    r"(hi|hello|dear \w{1,20}|dear sir or madam|sehr geehrte damen und herren|您好|你好)[ ,.!，：:]{0,3}", re.I
)
_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
_SURE_STATUS = re.compile(r"(?:\b[45]\d\d[ -]\#?|#|\bstatus: )([245]\.\d{1,3}\.\d{1,3})(?![\d.])", re.IGNORECASE)


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE | re.MULTILINE)


_NAMED = (  # where a report names whom it did not reach, the surest first
    _any(rf"^\s{{0,8}}(?:final|original)-recipient\s?:\s{{0,4}}(?:rfc822;)?\s{{0,4}}<?({ADDRESS})>?"),
    _any(rf"rcpt to:\s{{0,2}}<({ADDRESS})>"),
    _any(rf"^\s{{0,12}}<({ADDRESS})>(?: \([^)]{{1,80}}\))?\s{{0,4}}[:.,]?"),
    _any(rf"^[\s*]{{0,16}}\"?({ADDRESS})\"?\s{{0,4}}[:;,]?\s{{0,20}}$"),
    _any(rf"^\s{{0,16}}(?:to|recipient|for|user|mailto|addressee)s?\s{{0,4}}:?\s{{0,4}}<?({ADDRESS})>?"),
    _any(rf"<({ADDRESS})>"),
    _any(rf"({ADDRESS})"),
)
_IN_HEADERS = _any(r"^[\s>]{0,8}(message-id|references|in-reply-to|return-path|from|reply-to|sender):.{0,1000}$")
_MAIL_ID = _any(r"^[\s>|]{0,8}message-id:\s{0,5}(<[^<>\s]{1,996}>)")


def is_report(head: Head, text: str) -> bool:
    """Whether a server says by this mail that another one did not arrive, or not yet."""
    words = text[:LONGEST]
    if is_daemon(head):
        return bool(SUBJECT.search(head.subject) or TEXT.search(words))
    if is_by_a_machine(head):
        return _is_a_machines_report(head, words)
    if _ANSWERS.match(head.subject) or _PASSED_ON.match(head.subject):
        return is_called_like_a_server(head) and bool(OPENING.match(words) and PROTOCOL.search(words))
    return _talks_like_a_server(head, _QUOTED.sub("", words))


def is_understood(head: Head, text: str) -> bool:
    """Whether it says in words that we know what became of the other mail."""
    words = text[:LONGEST]
    return bool(SUBJECT.search(head.subject) or TEXT.search(words) or PROTOCOL.search(words))


def _is_a_machines_report(head: Head, words: str) -> bool:
    """A machine wrote it; it may as well tell that somebody is away, or be a newsletter."""
    subject = SUBJECT.search(head.subject)
    if is_away(head):
        return bool(is_called_like_a_server(head) and subject and PROTOCOL.search(words))
    if is_called_like_a_server(head):
        return bool(subject or TEXT.search(words))
    form = FORM.match(head.subject) and (not PARCEL.match(head.subject) or _is_of_mail(words))
    if wants_no_answer(head):
        return bool(form or PROTOCOL.search(words) or (subject and TEXT.search(words)))
    tells = (form and TEXT.search(words)) or (subject and PROTOCOL.search(words))
    return bool(tells and _names_somebody(head, words) and _is_of_mail(words))


def _talks_like_a_server(head: Head, words: str) -> bool:
    """Nothing but its words tells that a machine wrote it: they have to be a server's, in its form."""
    form, subject = FORM.match(head.subject), SUBJECT.search(head.subject)
    if form and is_postmaster(head) and not PARCEL.match(head.subject):
        return True
    if is_called_like_a_server(head):
        named, text, protocol = _names_somebody(head, words), TEXT.search(words), PROTOCOL.search(words)
        tells = protocol or (named and subject and text) or (form and text)
        return bool(tells and (named or form) and not _is_a_persons(words))
    if not subject or _is_signed(head, words) or not speaks_like_a_server(words):
        return False
    tells = PROTOCOL.search(words) or (form and TEXT.search(words) and COPY.search(words))
    return bool(tells and _names_somebody(head, words) and _is_of_mail(words))


def speaks_like_a_server(words: str) -> bool:
    """From its first words on, and all through: a person who quotes a report has words of their own."""
    itself = _report_itself(words.strip())
    first = next((one for one in re.split(r"\n\s*\n", itself) if not _GREETING.fullmatch(one.strip())), "")[:_OPENING]
    tells = TEXT.search(first) or PROTOCOL.search(first)
    return bool(tells) and not PERSON.search(itself) and not ASKS.search(itself)


def is_servers_form(head: Head) -> bool:
    """Both its sender and its subject are as those of servers."""
    return is_called_like_a_server(head) and bool(FORM.match(head.subject))


def _is_a_persons(words: str) -> bool:
    """Some of it is, or it asks something before a server's first word."""
    itself = _report_itself(words.lstrip())
    begins = PROTOCOL.search(itself) or COPY.search(itself)
    before = itself[: begins.start()] if begins else itself
    return bool(PERSON.search(itself) or ASKS.search(before[:_OPENING]))


def _is_signed(head: Head, words: str) -> bool:
    """Its last line is a name that stands in From, too."""
    last = (_report_itself(words).rstrip().rpartition("\n")[2]).strip(" ,.-").lower()
    name = head.author[0].lower() if head.author else ""
    return bool(last) and bool(name) and (last == name or last in name.split())


def _is_of_mail(words: str) -> bool:
    """Parcels fail, too."""
    return bool(OF_MAIL.search(re.sub(ADDRESS, "", words)))


def _names_somebody(head: Head, words: str) -> bool:
    return bool(next(_named(head, words), None))


def recipients(head: Head, text: str) -> list[str]:
    """Whom the other mail did not reach, in lower case; who stands in this one's own headers is not meant."""
    told = re.findall(ADDRESS, head.robot.get("x-failed-recipients", ""))
    return [address.lower() for address in told] or next(_named(head, text), [])


def status(text: str, subject: str = "") -> str:
    """The first enhanced code in it (RFC 3463), best beside the one of SMTP; else 4.0.0 where the server still tries,
    2.0.0 where it arrived, and 5.0.0.
    """
    words = _report_itself(text)
    found = _SURE_STATUS.search(words) or _STATUS.search(words)
    if found:
        return found[1]
    if server_words.TRIES_ON.search(words):
        return "4.0.0"
    arrived = server_words.ARRIVED.search(subject) or server_words.ARRIVED.search(words)
    if arrived and not server_words.FAILED.search(words):
        return "2.0.0"
    return "4.0.0" if server_words.DELAYED.search(words) and not server_words.FOR_GOOD.search(words) else "5.0.0"


def mail_id(text: str) -> str:
    """The Message-ID of the mail that it is about, where its headers are sent back as text."""
    found = _MAIL_ID.search(text[: 4 * LONGEST])
    return found[1] if found else ""


def _named(head: Head, text: str) -> Iterator[list[str]]:
    own = {address.lower() for _, address in [*head.to, *head.cc, *head.senders]}
    words = _IN_HEADERS.sub("", _report_itself(text))
    for place in _NAMED:
        found = [address.lower().rstrip(".") for address in place.findall(words)]
        meant = [one for one in dict.fromkeys(found) if one not in own and not is_servers_address(one)]
        if meant:
            yield meant[:_MOST_PEOPLE]


def _report_itself(text: str) -> str:
    """Without the copy of the other mail that stands under it."""
    words = text[:LONGEST]
    copy = COPY.search(words, 200) if len(words) > 200 else None
    return words[: copy.start()] if copy else words
