"""The lines with which mail programs begin an older mail below an answer: "From, Sent, To, Subject", and their rule.

They are known by what they are called in some twenty-five languages, and in any other by what stands in them. A list
of a customer's own ("From: Berlin, To: Paris") is none: an address or a time of sending has to be there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tickets.email.attribution import ADDRESS

_NEAR = 8  # lines within which the headers stand; a long list of recipients is broken over several
_AUTHOR = (
    r"from|von|de|da|van|od|fra|från|fran|lähettäjä|feladó|kimden|gönderen|від|від кого|от|от кого|"
    r"expéditeur|mittente|"
    r"remitente|remetente|absender|afzender|avsändare|afsender|avsender|nadawca|odesílatel|odosielateľ|"
    r"de la|expeditor|"
    r"από|αποστολέας|מאת|من|message du|发件人|發件人|寄件者|寄件人|差出人|送信者|送信元|보낸 ?사람|từ|dari|šalje"
)
_SENT = (
    r"sent|gesendet|envoyé|envoyé le|date d['’]envoi|enviado|enviada|enviado el|enviado em|enviada em|"
    r"inviato|verzonden|"
    r"skickat|sendt|lähetetty|wysłano|wysłane|odesláno|odoslané|elküldve|küldve|trimis|отправлено|надіслано|"
    r"изпратено|"
    r"gönderildi|gönderilen|gönderme tarihi|gönderilme tarihi|στάλθηκε|εστάλη|נשלח|تم الإرسال|تاريخ الإرسال|"
    r"发送时间|發送時間|傳送時間|"
    r"寄件日期|送信日時|보낸 ?날짜|보낸 ?시간|đã gửi|dikirim|poslano"
)
_DATE = (
    r"date|datum|fecha|data|dato|päivämäärä|päiväys|dátum|дата|tarih|ημερομηνία|תאריך|التاريخ|日期|时间|"
    r"時間|日時|日付|날짜|ngày|"
    r"tanggal"
)
_TO = (
    r"to|cc|bcc|reply-to|an|à|a|para|aan|till|til|vastaanottaja|do|komu|címzett|către|catre|кому|до|kime|"
    r"alıcı|προς|אל|إلى|"
    r"copie|copie à|kopie|kopio|kopia|cópia|копия|копія|bilgi|κοινοποίηση|עותק|收件人|收件者|宛先|"
    r"받는 ?사람|참조|抄送|副本|đến|kepada|prima"
)
_SUBJECT = (
    r"subject|betreff|objet|sujet|asunto|oggetto|assunto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|"
    r"tárgy|subiect|тема|"
    r"относно|konu|θέμα|נושא|الموضوع|主 ?题|主 ?題|主旨|件名|題名|标题|제목|chủ đề|subjek|perihal"
)
_LABEL = re.compile(
    rf"[\s>*_|]{{0,8}}(?:(?P<author>{_AUTHOR})|(?P<sent>{_SENT})|(?P<date>{_DATE})|(?P<to>{_TO})|"
    rf"(?P<subject>{_SUBJECT}))"
    r"\s{0,4}[*_]{0,2}\s?[:：|]",
    re.IGNORECASE,
)
_ANY_LABEL = re.compile(r"[\s>*_|]{0,8}[^\W\d_][^\d:：<>@]{0,24}[*_]{0,2}\s?[:：]\s")
_ANGLED = re.compile(rf"[^\s:：].{{0,80}}[<\[] ?{ADDRESS.pattern}")
_WHEN = re.compile(
    r"((19|20)\d\d|\d{1,2}[./-]\d{1,2}[./-]\d\d).{0,30}\d{1,2}[:.h点點시時]|\d{1,2}[:.]\d\d.{0,30}(19|20)\d\d"
)
_ORIGINAL = re.compile(
    r"\s{0,4}[-_*]{2,}\s{0,4}(original message|reply message|original-?nachricht|ursprüngliche nachricht|"
    r"message d['’]origine|message original|messaggio originale|mensaje original|mensagem original|"
    r"oorspronkelijk bericht|"
    r"oprindelig besked|opprinnelig melding|ursprungligt meddelande|oryginalna wiadomość|wiadomość oryginalna|"
    r"исходное сообщение|alkuperäinen viesti|původní zpráva|původní e-mail|eredeti üzenet|özgün ileti|"
    r"orijinal mesaj|"
    r"原始邮件|原始郵件|原邮件|邮件原件|回复的原邮件|原始訊息|元のメッセージ|원본 메시지|원본 메일|"
    r"original)\s{0,4}[-_*]{2,}\s*",
    re.IGNORECASE,
)
_RULED = re.compile(r"[\s>]{0,8}[-_*=—–]{2,}\s*[^-_*=—–\s][^\n]{1,60}?\s*[-_*=—–]{2,}\s*")
_FORWARDED = re.compile(
    r"forward|weitergeleitet|transf[ée]r|inoltrat|reenviad|encaminhad|doorgestuurd|vidarebefordra|videresend|"
    r"przekazan|p[řr]eposlan|пересыл|пересл|препрат|továbbít|yönlendir|iletil|välitet|edelleenläh|"
    r"redirec[țt]ion|προωθ|הועבר|"
    r"转发|轉寄|轉發|転送|전달",
    re.IGNORECASE,
)
_GROUPWISE = re.compile(r"\s{0,4}>{3} ?[^>\s][^\n]{0,200}?>{3}\s*")  # ">>> Ada <ada@x.example> 3/5/2024 10:12 AM >>>"
_TYPE_ABOVE = re.compile(r"[\s>]*#{2,}-.{5,120}-#{2,}\s*")  # "please type your reply above this line" of other desks


def head_begins(lines: Sequence[str], at: int) -> bool:
    """Here begins what a mail program writes above an older mail."""
    line = lines[at]
    if _ORIGINAL.fullmatch(line) or _TYPE_ABOVE.fullmatch(line):
        return True
    if _RULED.fullmatch(line) and not _FORWARDED.search(line):
        return any(_is_role(below, "author", "to") for below in _next(lines, at, 2))
    return is_label(line) and _is_head(lines, at)


def between_marks(lines: Sequence[str], at: int) -> bool:
    """Here GroupWise says who wrote what stands below without any mark; the line may be broken."""
    line = lines[at]
    if at and _is_marked(lines[at - 1]):
        return False
    if not line.rstrip().endswith(">>>") and at + 1 < len(lines) and not _is_marked(lines[at + 1]):
        line = f"{line} {lines[at + 1]}"
    return _GROUPWISE.fullmatch(line) is not None and bool(_WHEN.search(line) or ADDRESS.search(line))


def is_introduced(lines: Sequence[str], at: int) -> bool:
    """Whoever writes "I got this:" above them wants them to be read. A rule between is a mail program's."""
    while at and _LABEL.match(lines[at - 1]):
        at -= 1
    above = next((line for line in reversed(lines[max(0, at - 3) : at]) if line.strip()), "")
    return above.rstrip().endswith((":", "：")) and _LABEL.match(above) is None


def is_label(line: str) -> bool:
    return _LABEL.match(line) is not None or _ANY_LABEL.match(line) is not None


def is_known_label(line: str) -> bool:
    return _LABEL.match(line) is not None


def forwarding_begins(lines: Sequence[str], at: int) -> bool:
    """Whoever forwards a mail wants it to be read."""
    line = lines[at].strip()
    if len(line) > 120 or not (line.startswith("--") or line.endswith((":", "："))) or not _FORWARDED.search(line):
        return False
    return any(is_label(below) for below in _next(lines, at, 2))


def _is_head(lines: Sequence[str], at: int) -> bool:
    near = [lines[at], *_next(lines, at, _NEAR - 1)]
    roles = {found.lastgroup for found in map(_LABEL.match, near) if found}
    sent_when = any(_WHEN.search(line) for line in near if is_label(line))
    if "author" in roles and len([line for line in near if _LABEL.match(line)]) >= 3:
        by_whom = any(ADDRESS.search(line) for line in near if _is_role(line, "author"))
        return by_whom or (sent_when and bool(roles & {"sent", "subject"}))
    labels = [line for line in near[:5] if _ANY_LABEL.match(line)]
    return len(labels) >= 3 and any(map(_ANGLED.search, labels)) and any(map(_WHEN.search, labels))


def _is_role(line: str, *roles: str) -> bool:
    found = _LABEL.match(line)
    return found is not None and found.lastgroup in roles


def _is_marked(line: str) -> bool:
    return line.lstrip().startswith(">")


def _next(lines: Sequence[str], at: int, most: int) -> list[str]:
    """As many lines as that which are not empty, close below."""
    return [line for line in lines[at + 1 : at + 1 + 2 * most] if line.strip()][:most]
