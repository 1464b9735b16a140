"""Mails that a mail program wrote by itself and says so only in words: who is away, or wants to know that we are human.

A person may write of their holidays, too. So a subject has to say it as programs do, at its beginning or its end; and
what only means "away" counts where it answers a mail of ours.
"""

from __future__ import annotations

import re

from tickets.email.daemons import is_by_a_machine, says, submitted
from tickets.email.headers import Head
from tickets.email.quotes import newly_written
from tickets.email.server_words import TAGS
from tickets.text import tidy

_REPLIES = (
    "x-autoreply",
    "x-autoreply-domain",
    "x-autorespond",
    "x-autoresponse",
    "x-autoreply-from",
    "x-mail-autoreply",
)
_LOOKED_AT = 500  # characters of the text
_LONGEST = 4_000  # of it in which what was newly written is told from what is quoted
_AUTO = r"auto\w{0,10}|автомат\w{0,8}|аутомат\w{0,8}|otomatik|αυτόματη|samodejni|sjálfvirkt|自动|自動|자동|avtomatik"
_ANSWER = (
    r"repl(?:y|ies)|response|responder|answer|antwort|respuesta|svar|antwoord|odpow\w{1,6}|odpov\w{1,6}|"
    r"odgovor|отговор|одговор|vastus|atbilde|atsakymas|resposta|risposta|"
    r"ответ\w{0,3}|відповідь|yanıt\w{0,3}|cevap|válasz|απάντηση|vastaus|"
    r"回复|回覆|答复|答覆|回信|返信|応答|회신|응답|답장"
)
_BACKWARDS = (
    r"(?:réponse|message|respuesta|risposta|resposta|odpowiedź|răspuns|odgovor|odpověď|mesaj) autom\w{1,10}"
    r"(?: d['’]absence)?|(?:תשובה|מענה) אוטומטי(?:ת)?|(?:رد تلقائي|تلقائي|الرد التلقائي)|(?:balasan|"
    r"jawapan) (?:otomatis|automatik)|"
    r"trả lời tự động|(?:การ)?ตอบกลับอัตโนมัติ|स्वचालित उत्तर|پاسخ خودکار"
)
_AWAY = (
    r"(?:i am )?out of (?:the )?office|ooo|abwesenheits(?:notiz|meldung|benachrichtigung|nachricht|info)|abwesend|"
    r"(?:absence|absente?) du bureau|(?:message|notification|avis) d['’]absence|fuera de (?:la )?oficina|"
    r"(?:ausente|ausencia) (?:de|en) la oficina|mensaje de ausencia|fuori (?:sede|ufficio)|"
    r"ausência (?:do escritório|temporária)|"
    r"afwezigheids(?:bericht|melding|assistent)|frånvaromeddelande|fraværs(?:melding|assistent|besked)|"
    r"poissaoloilmoitus|"
    r"poza biurem|informacja o nieobecności|nepřítomnost v kanceláři|irodán kívül|házon kívül|ofis dışında|"
    r"εκτός γραφείου|"
    r"вне офиса|не в офисе|автоответ\w{0,3}|不在办公室|"
    r"不在オフィス|不在のお知らせ|부재중|autosvar|autoodpowiedź|auto: ?re"
)
_MAYBE_AWAY = re.compile(
    r"abwesenheit|absence|assente|assenza|ausencia|ausência|afwezig(?:heid)?|frånvaro|frånvarande|fravær(?:ende)?|"
    r"poissa|"
    r"mimo kancelář|nepřítomnost|fora do escritório|nieobecność|távollét|izinde(?:yim)?|отпуск|в отпуске|отсутствие|"
    r"(?:i am |i'm )?(?:currently )?(?:on (?:vacation|holiday|leave)|away(?: from my (?:e-?)?mail)?)|vacation reply|"
    r"(?:ich bin )?(?:nicht im büro|außer haus|im urlaub)|urlaub|en vacances|en congés?|ferie|de vacaciones|vacaciones|"
    r"休假|外出|出差|请假|不在|휴가|출장|"
    r".{1,60} (?:is|am|are|will be) (?:currently )?out of (?:the |my )?office(?: (?:until|from|till) .{1,30})?",
    re.IGNORECASE,
)
_NOTES = re.compile(  # Domino: AUTO: Sam Okafor is out of the office (returning 30.11.2026)
    r"auto ?: .{1,80}(?:\((?:return|rückkehr|retour|regres|ritorn|terug|back|powr|возвр|返回|戻)|out of the office|"
    r"außer haus|abwesend|absente? |fuera de |fuori |afwezig)",
    re.IGNORECASE,
)
_IS_AWAY = re.compile(  # said by what a header calls a reply that was written by itself
    r"out of (?:the |my )?office|on (?:vacation|annual leave|holiday|leave|maternity leave|parental leave|"
    r"a business trip)|"
    r"away (?:from|until|on)|limited access to|(?:will|am) (?:be )?back (?:on|in)|\bvacation\b|until i return|"
    r"nicht (?:im (?:büro|haus)|erreichbar)|außer haus|abwesen|im urlaub|en congés?|en vacances|absente? (?:du|"
    r"jusqu|de|le)|"
    r"de vacaciones|fuera de (?:la )?oficina|ausente|in ferie|fuori (?:sede|ufficio)|assente|de férias|"
    r"fora do escritório|"
    r"met vakantie|op vakantie|afwezig|niet op kantoor|semester|frånvaro|inte på kontoret|på ferie|fravær|lomalla|"
    r"poissa|"
    r"na urlopie|poza biurem|nieobecn|na dovolené|nepřítom|szabadságon|в отпуске|в отпуску|отсутству|вне офиса|"
    r"у відпустці|"
    r"izinde|tatilde|ofis dışında|σε άδεια|εκτός γραφείου|"
    r"休假|外出|出差|请假|度假|不在办公|休暇|不在|出張|휴가|부재|출장|בחופשה|إجازة",
    re.IGNORECASE,
)
_SAID = rf"(?:(?:{_AUTO})[ -]?(?:{_ANSWER})|{_BACKWARDS}|{_AWAY})"
_UNTIL = r"(?:until|till|bis|jusqu|hasta|fino al?|até|tot|till|do|до)\b[^,?]{1,30}$"
_ANSWERED = re.compile(r"\s{0,4}(?:(?:re|aw|sv|vs|回复|答复)\s?[:：]\s{0,4}){0,3}", re.IGNORECASE)
_FIRST = re.compile(
    rf"{TAGS}\s{{0,4}}[\[【(]?\s?{_SAID}(?:[ /|-]{{1,3}}{_SAID}| reply| message)?\s{{0,4}}(?:$|{_UNTIL}|"
    rf"[.!:：(\-–—\])】]|(?:re|aw)\s?:)",
    re.IGNORECASE,
)
_LAST_TOPIC = re.compile(rf"[:：]\s{{0,4}}{_SAID}\s{{0,4}}$", re.IGNORECASE)
_LAST = re.compile(rf"[\-–—|]\s{{0,4}}[\[(]?{_SAID}[\])]?\s{{0,4}}$", re.IGNORECASE)
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
    r"to complete (?:this|the) verification[^.\n]{0,40}(?:reply|click)|verify that you are a (?:real )?(?:live )?human|"
    r"added to .{0,40}approved senders|"
    r"para que sua mensagem seja encaminhada|spam ?arrest|confirm (?:that )?you(?:r message)? (?:are|is) not spam",
    re.IGNORECASE,
)
_CITED = re.compile(  # a person tells what they were answered
    r"(?:\b(?-i:I)\b.{0,20}\b(?:got|get|getting|received|receive|keep)|\b(?:says?|said|saying|asks?|reads)\b|"
    r"\bich (?:bekomme|bekam|habe|erhalte|erhielt)|\bj['’]ai reçu|"
    r"\brecibí|\bho ricevuto|\brecebi|我(?:只|就)?收到|\bme\b)"
    r"[^\n]{0,100}$|[\"“„«「]\s?$",
    re.IGNORECASE,
)
_RECEIPT = re.compile(
    rf"{TAGS}\s{{0,4}}(?:(?:not )?read|(?:un)?gelesen|lue?|non lu|leído|letto|lido|gelezen|läst|læst|lest|przeczytano|"
    r"прочитано|已读|已讀|開封済み|읽음)\s?[:：]",
    re.IGNORECASE,
)
_WAS_READ = re.compile(
    r"was (?:read|displayed|deleted without being read) (?:on|at)|wurde (?:am|um) .{1,60} gelesen|a été lu|"
    r"fue leído|è stato letto|foi lida|is gelezen op|har lästs|było? .{0,40}przeczytan|было прочитано|"
    r"已于.{1,60}(?:阅读|读取)|"
    r"に開封されました",
    re.IGNORECASE,
)
_PROOF_HEADERS = ("x-boxtrapper", "x-spamarrest")


def told_by_itself(head: Head, words: str) -> str:
    """ "away" or "reply" for what a program wrote to whatever came, "report" for a receipt. `words`: its text."""
    opening = words[:_LOOKED_AT]
    if is_away(head) or (is_reply(head) and (_IS_AWAY.search(head.subject) or _IS_AWAY.search(opening))):
        return "away"
    if any(name in head.robot for name in _PROOF_HEADERS):
        return "reply"
    if _RECEIPT.match(head.subject) and _WAS_READ.search(opening):
        return "report"
    says = _SAYS_SO.search(opening) or _ASKS_FOR_PROOF.search(opening)
    if says is None or _CITED.search(opening[: says.start()]):
        return ""
    return "reply" if says[0] in newly_written(_without_rules(words[:_LONGEST])) else ""


def is_away(head: Head) -> bool:
    """By its subject. Whoever answers such a mail has its subject, too, behind a Re."""
    subject = head.subject
    answers = bool(head.in_reply_to or head.references)
    if _FIRST.match(subject) or _LAST.search(subject) or _NOTES.match(subject):
        return True
    if is_by_a_machine(head) and _FIRST.match(_ANSWERED.sub("", subject, count=1)):
        return True
    return answers and bool(_means_away(subject) or _LAST_TOPIC.search(subject))


def is_reply(head: Head) -> bool:
    """To whatever came, as its headers say."""
    return (
        submitted(head) == "auto-replied"
        or any(says(head, name) for name in _REPLIES)
        or "autoresponder" in head.robot.get("x-post-messageclass", "")
    )


def _means_away(subject: str) -> bool:
    """All of the subject, or all before what is answered."""
    found = _MAYBE_AWAY.match(subject.strip())
    return found is not None and not subject.strip()[found.end() :].strip().rstrip(".!").partition(":")[0].strip()


def _without_rules(words: str) -> str:
    """Programs that answer have nothing to sign, and tell what they are under such a line."""
    return tidy(words).replace("\n-- \n", "\n\n")
