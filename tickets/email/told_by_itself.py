"""Mails that a mail program wrote by itself and says so only in words: who is away, or wants to know that we are human.

A person may write of their holidays, too. So a subject has to say it as programs do, at its beginning or its end; and
what only means "away" counts where it answers a mail of ours.
"""

from __future__ import annotations

import re

from tickets.email.headers import Head

_LOOKED_AT = 500  # characters of the text
_AUTO = r"auto\w{0,8}|автомат\w{0,8}|otomatik|αυτόματη|自动|自動|자동"
_ANSWER = (
    r"repl(?:y|ies)|response|responder|answer|antwort|respuesta|svar|antwoord|odpow\w{1,6}|odpov\w{1,6}|"
    r"ответ\w{0,3}|відповідь|yanıt\w{0,3}|cevap|válasz|απάντηση|vastaus|回复|回覆|答复|回信|返信|応答|회신|응답|답장"
)
_BACKWARDS = (
    r"(?:réponse|message|respuesta|risposta|resposta|odpowiedź|răspuns|odgovor|odpověď) automat\w{0,8}"
    r"(?: d['’]absence)?|תשובה אוטומטית|(?:تلقائي|رد تلقائي)"
)
_AWAY = (
    r"(?:i am )?out of (?:the )?office|ooo|abwesenheitsnotiz|abwesend|absence du bureau|fuera de la oficina|fuori sede|"
    r"poza biurem|вне офиса|不在オフィス|不在通知|부재중|autosvar|autoodpowiedź|автоответ\w{0,3}|auto: ?re"
)
_MAYBE_AWAY = re.compile(
    r"abwesenheit|absence|assente|afwezig|frånvaro|fraværende|poissa|mimo kancelář|fora do escritório|"
    r"(?:i am |i'm )?(?:currently )?(?:on (?:vacation|holiday|leave)|away(?: from my (?:e-?)?mail)?)|vacation reply|"
    r"ich bin im urlaub|urlaub|en vacances|ferie|vacaciones|休假|外出",
    re.IGNORECASE,
)
_SAID = rf"(?:(?:{_AUTO})[ -]?(?:{_ANSWER})|{_BACKWARDS}|{_AWAY})"
_PREFIX = r"\s{0,4}(?:(?:re|aw|sv|vs|回复|答复)\s?[:：]\s{0,4}){0,3}"
_FIRST = re.compile(
    rf"{_PREFIX}[\[【(]?\s?{_SAID}(?:[ -]{_SAID}| reply)?\s{{0,4}}(?:$|[:：(\-–—\])】]|(?:re|aw)\s?:)", re.IGNORECASE
)
_LAST = re.compile(rf"[\-–—|:]\s{{0,4}}[\[(]?{_SAID}[\])]?\s{{0,4}}$", re.IGNORECASE)
_SAYS_SO = re.compile(
    r"this is an? (?:automat(?:ed|ic)|auto-?generated)(?: e-?mail)? (?:reply|response)|for this automatic reply|"
    r"diese (?:nachricht|antwort) wurde automatisch|dies ist eine automatische (?:antwort|nachricht)|"
    r"ceci est une réponse automatique|est(?:a|e) es una respuesta automática|questa è una risposta automatica|"
    r"esta é uma resposta automática|dit is een automatisch(?:e)? (?:antwoord|bericht)|detta är ett automatiskt svar|"
    r"dette er et automatisk svar|to jest automatyczna odpowiedź|это автоматический ответ|bu otomatik bir yanıt|"
    r"(?:这是|此为|本邮件为)(?:一封)?自动回复|これは自動返信|자동 ?(?:회신|응답) 메일",
    re.IGNORECASE,
)
_ASKS_FOR_PROOF = re.compile(
    r"complete (?:this|the) verification|verify that you are a (?:real )?(?:live )?human|approved senders|"
    r"para que sua mensagem seja encaminhada|spam ?arrest|confirm (?:that )?you(?:r message)? (?:are|is) not spam",
    re.IGNORECASE,
)
_PROOF_HEADERS = ("x-boxtrapper", "x-spamarrest")


def told_by_itself(head: Head, words: str) -> str:
    """ "away" or "reply" for what a program wrote to whatever came; empty for anything else. `words`: its text."""
    subject, opening = head.subject, words[:_LOOKED_AT]
    answers = bool(head.in_reply_to or head.references)
    if _FIRST.match(subject) or _LAST.search(subject) or (answers and _means_away(subject)):
        return "away"
    if (
        _SAYS_SO.search(opening)
        or _ASKS_FOR_PROOF.search(opening)
        or any(name in head.robot for name in _PROOF_HEADERS)
    ):
        return "reply"
    return ""


def _means_away(subject: str) -> bool:
    """All of the subject, or all before what is answered."""
    found = _MAYBE_AWAY.match(subject.strip())
    return found is not None and not subject.strip()[found.end() :].strip().rstrip(".!").partition(":")[0].strip()
