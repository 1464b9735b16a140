"""Mail servers that say in words of their own that a mail did not arrive, or that somebody complained about one.

Half of them never heard of RFC 3464. People complain of deliveries that failed, too, and quote such reports: so either
the sender is called like a server, or the text talks as only servers do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tickets.email.headers import Head

LONGEST = 16 * 1024  # characters of the text that are looked at
_MOST_PEOPLE = 50


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE | re.MULTILINE)


_DAEMONS = re.compile(
    r"(mailer[-_. ]?daemon|mail[-_.]?daemon|mdaemon|mmdf|postmaster|post\.master|mail[-_.]?administrator|ndr|"
    r"mail[-_.]?delivery|mailsystem|delivery[-_.]?(subsystem|notifier)|bounces?|undeliver(ed|able)|"
    r"no-?reply-mail-?delivery|microsoftexchange[0-9a-f]{32})(@|$)",
    re.IGNORECASE,
)
_SERVERS_NAME = _any(
    r"mail(er)?[ -]?delivery[ -]?(sub)?(system|agent|service)|delivery (sub)?system|(e-?mail|internet mail) delivery",
    r"system administrator|mail (system|administrator)|mailer[-_ ]?daemon",
)
_POSTMASTER = re.compile(r"[\s\"']{0,4}(the )?post ?master\b", re.IGNORECASE)  # and not who is called so
_PASSED_ON = re.compile(r"\s{0,4}(fwd?|wg|tr|rv|enc|转发|轉寄)\s?[:：]", re.IGNORECASE)
_OPENING = 800  # characters
_PERSON = _any(
    r"\b(i|we) (get|got|receive|returned|wrote|write|sent|had|want|need|did|ordered|bought|see|saw|keep)\b",
    r"\bmy (order|mail|e-?mail|parcel)\b",
    r"\b(why|how|what) (do|does|did|is|was|can)\b|\b(ich|wir) (bekomme|bekam|habe|erhalte|wollte)|\bje (reçois|veux)\b",
)
_SUBJECT = _any(
    # English
    r"undeliver(ed|able|y)|non-?deliver|not? deliver(ed|able)|return(ed|ing)? (mail|message|e-?mail|to sender)",
    r"(mail|message|e-?mail)s? (was )?(returned|rejected|bounced|blocked|undelivered|not sent)",
    r"deliver(y|ed)? ?(status|fail(ure|ed)?|problem|error|report|notification|delay|incomplete|warning|attempt)",
    r"fail(ed|ure) (delivery|notice|mail|to deliver)|error sending|delayed mail|delayed: |message expired",
    r"(mail|message|delivery).{0,30}(fail(ed|ure)|delayed|could ?n[o']t be|cannot be|can't be|status|error)",
    r"(could not|couldn't|cannot|can't|unable to|did not|problem) (send|deliver|reach|delivering)",
    r"bounced?( mail| message| e-?mail)?\b|rejected (mail|message|posting|by)|permanent (delivery )?(failure|error)",
    r"user unknown|unknown (user|recipient)|mailbox (is )?(full|unavailable)|over quota|quota exceeded",
    r"considered (unsolicited|spam)|\berror( condition)? re:|\[\S{1,40}\] error|\bndn:|warning: ",
    r"address (not found|rejected)|invalid (recipient|address)",
    # German, French, Spanish, Italian, Portuguese, Dutch
    r"unzustellbar|nicht zu(ge)?stell|zustellung.{0,20}(fehl|nicht)|zurückgesandt|fehlgeschlagen",
    r"non remis|échec de (la |l')?(remise|livraison|distribution|envoi)|non (distribu|délivr|livr|recens)",
    r"no se (ha )?(puede|podido|pudo) entregar|no entregado|devuelto|error (de|en la) entrega|sin entregar",
    r"impossibile recapitare|non recapita|mancat[ao] (consegna|recapito)",
    r"não (é|foi) possível entregar|não (foi )?entregue|falha na entrega|devolvid[ao]",
    r"onbestelbaar|niet (bezorgd|afgeleverd)|kan niet worden",
    # Nordic and Slavic languages, Hungarian, Turkish
    r"olevererba|(gick inte att|kunde inte) leverera|k[au]n(ne)? ikke leveres|uleverbar|ikke leveret",
    r"toimittaminen epäonnistui|(nie można|nie udało się) dostarczyć|niedostarcz|zwrot wiadomości|nedoruč",
    r"nelze doručit",
    r"не ?доставлен|невозможно доставить|ошибка доставки|kézbesíthetetlen|teslim edileme|iletileme",
    # Chinese, Japanese, Korean
    r"退信|退件|无法(送达|投递|传递|发送)|無法(傳送|傳遞|投遞|送達|寄送)|未(送达|傳遞|传递|送達)",
    r"(投递|投遞|傳遞|传递|送信|配信|配送|発信)(失败|失敗|不能|できません|エラー)",
    r"送れません|届けられません|不達|エラーメール|お届けできません|반송|배달(되지|할 수)|전송 ?(실패|오류)",
)
_TEXT = _any(
    r"(could|can) ?not be (delivered|sent|reached)|couldn't be delivered|not (been )?delivered",
    r"un(deliverable|delivered)",
    r"permanent fatal errors|transcript of session|(did not|not) (reach|receive)",
    r"delivery (problem|failed|failure|status)",
    r"(unable|wasn't able|was not able|failed|impossible) to (deliver|relay|send|be delivered)",
    r"deliver(y|ing) .{0,60}(failed|failure|error)|delivery to |deliver your (mail|message)",
    r"following (address|recipient|user|destination)|(user|address|recipient|mailbox) (un|not )known",
    r"unknown (user|address|recipient|mailbox|local)|no such (user|recipient|mailbox|address|person|account)",
    r"unrouteable|unroutable|mailbox (is )?(full|unavailable|not found|disabled)|quota|not enough|not listed in",
    r"(recipient|address|user)('s)? (address |mailbox )?(is )?(rejected|not found|disabled|invalid)",
    r"does(n't| not) exist",
    r"doesn't have an? |invalid (recipient|address|mailbox)|smtp error|remote (host|server|mail system|smtp)| said:",
    r"(message|mail) (has been )?(rejected|bounced|returned|blocked)|returned (mail|message|to sender)|<<< ?[45]\d\d",
    r"connection (timed out|refused)|retry time|will keep trying|[45]\d\d[ -]\#?[45]\.\d{1,3}\.\d{1,3}|rcpt to:",
    r"退信|无法(送达|投递|传递)|無法(傳送|傳遞|投遞|送達)|(送信|配信)できません|届けることができ|宛先不明",
    r"見つかりません",
    r"unzustellbar|konnte nicht|nicht zugestellt|n'a pas pu|non (remis|distribu)|no se (pudo|puede|ha podido)",
    r"non è stato possibile|impossibile|não (foi|pôde|pode)|kon niet|kunde inte|ikke leveres|не удалось|невозможно",
    r"не (был[оаи]? )?доставлен",
)
_PROTOCOL = _any(
    r"qmail-send|created automatically by mail delivery software|transcript of session|permanent fatal errors",
    r"\brcpt to:|<<< ?[45]\d\d|host [^\s]{1,80}( \[[^\]]{1,60}\])? said:|smtp (error|server)",
    r"[45]\d\d[ -]\#?[45]\.\d{1,3}\.\d{1,3}|(user|recipient) unknown|unknown (user|local)|unrouteable",
    r"not listed in domino",
    r"retry timeout exceeded|mailbox (is )?(full|unavailable)|maximum delivery attempts",
    r"delivery attempts will continue",
    r"^\s{0,4}(reporting-mta|final-recipient|diagnostic-code|arrival-date):|^\s{0,4}received: (from|by) ",
    r"(your|following) (e-?mail |mail )?(message|mail)\b.{0,100}\b(could|can) ?not be delivered to",
)
_DELAYED = _any(
    r"will (keep|be) (trying|retried)|still (being )?(trying|attempted|in the queue|retr)|not yet been delivered",
    r"delayed",
    r"do(es)? not need to resend|warning message only|temporar(y|ily)|will continue",
)
_TRIES_ON = _any(
    r"will (retry|keep trying|try again)|retry for \d+|delivery attempts will continue|still being retried"
)
_FOR_GOOD = _any(r"permanent|giv(e|ing) up|gave up|unknown|no such|not exist|not found|\b5[0-5]\d[ -]|returned|expired")
_COMPLAINT = _any(
    r"complaint about (a )?message|(e-?mail )?feedback report|(abuse|spam) (report|complaint)|junk mail report"
)
_ANSWERS = re.compile(r"\s{0,4}(re|aw|sv|vs|fwd?|wg|tr|rv|enc|回复|答复|转发)\s?[:：]", re.IGNORECASE)
_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
_ADDRESS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}\.[A-Za-z0-9-]{2,63}"
_NAMED = (  # where a report names whom it did not reach, the surest first
    _any(rf"^\s{{0,8}}(?:final|original)-recipient\s?:\s{{0,4}}(?:rfc822;)?\s{{0,4}}<?({_ADDRESS})>?"),
    _any(rf"rcpt to:\s{{0,2}}<({_ADDRESS})>"),
    _any(rf"^\s{{0,12}}<({_ADDRESS})>(?: \([^)]{{1,80}}\))?\s{{0,4}}[:.,]?"),
    _any(rf"^[\s*]{{0,16}}\"?({_ADDRESS})\"?\s{{0,4}}[:;,]?\s{{0,20}}$"),
    _any(rf"^\s{{0,16}}(?:to|recipient|for|user|mailto|addressee)s?\s{{0,4}}:?\s{{0,4}}<?({_ADDRESS})>?"),
    _any(rf"<({_ADDRESS})>"),
    _any(rf"({_ADDRESS})"),
)
_MAIL_ID = _any(r"^[\s>|]{0,8}message-id:\s{0,5}(<[^<>\s]{1,996}>)")
_COPY = _any(
    r"^[\s>]{0,8}-{2,}.{0,60}(copy|original|returned|unsent|message|text|header).{0,60}$",
    r"^[\s>]{0,8}(received|return-path): .{1,200}$",
)


def is_report(head: Head, text: str) -> bool:
    """Whether a server says by this mail that another one did not arrive, or not yet."""
    words = text[:LONGEST]
    if is_from_server(head):
        return bool(_SUBJECT.search(head.subject) or _TEXT.search(words))
    if wants_no_answer(head):
        return bool(_SUBJECT.search(head.subject) or _PROTOCOL.search(words))
    answers = _ANSWERS.match(head.subject) and (head.in_reply_to or head.references)
    if answers or _PASSED_ON.match(head.subject) or not _SUBJECT.search(head.subject):
        return False
    return _speaks_like_a_server(words) and bool(_PROTOCOL.search(words))


def _speaks_like_a_server(words: str) -> bool:
    """From its first words on: a person who quotes a report, or complains of one, begins with their own."""
    opening = words.lstrip()[:_OPENING]
    return not _PERSON.search(opening.partition("\n\n")[0]) and bool(_TEXT.search(opening) or _PROTOCOL.search(opening))


def is_from_server(head: Head) -> bool:
    """Its sender is called as mail servers call themselves."""
    name, address = head.author or (head.author_line, "")
    return bool(_DAEMONS.match(address) or _SERVERS_NAME.search(name) or _POSTMASTER.match(name))


def wants_no_answer(head: Head) -> bool:
    """Its return path is null (RFC 5321, 4.5.5)."""
    path = head.robot.get("return-path", "")
    return path == "<>" or "mailer-daemon" in path or "x-failed-recipients" in head.robot


def is_complaint(head: Head) -> bool:
    """Somebody pressed "this is spam", and their provider says so in words of its own."""
    return bool(_COMPLAINT.search(head.subject))


def recipients(head: Head, text: str) -> list[str]:
    """Whom the other mail did not reach, in lower case; who stands in this one's own headers is not meant."""
    told = re.findall(_ADDRESS, head.robot.get("x-failed-recipients", ""))
    return [address.lower() for address in told] or next(_named(head, text), [])


def status(text: str) -> str:
    """The first enhanced code in it (RFC 3463); else 4.0.0 where the server still tries, and 5.0.0."""
    words = _report_itself(text)
    found = _STATUS.search(words)
    if found:
        return found[1]
    if _TRIES_ON.search(words):
        return "4.0.0"
    return "4.0.0" if _DELAYED.search(words) and not _FOR_GOOD.search(words) else "5.0.0"


def mail_id(text: str) -> str:
    """The Message-ID of the mail that it is about, where its headers are sent back as text."""
    found = _MAIL_ID.search(text[: 4 * LONGEST])
    return found[1] if found else ""


def _named(head: Head, text: str) -> Iterator[list[str]]:
    own = {address.lower() for _, address in [*head.to, *head.cc, *head.senders]}
    words = _report_itself(text)
    for place in _NAMED:
        found = [address.lower().rstrip(".") for address in place.findall(words)]
        meant = [one for one in dict.fromkeys(found) if one not in own and not _DAEMONS.match(one)]
        if meant:
            yield meant[:_MOST_PEOPLE]


def _report_itself(text: str) -> str:
    """Without the copy of the other mail that stands under it."""
    words = text[:LONGEST]
    copy = _COPY.search(words, 200) if len(words) > 200 else None
    return words[: copy.start()] if copy else words
