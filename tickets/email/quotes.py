"""Tells what somebody newly wrote from what their mail program put under it: quotations, headers, signatures.

The marks are those of the mail programs in a dozen languages. When in doubt a line stays; and something always does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST_LINES = 3_000  # beyond, nothing is trimmed
_LONGEST_MARK = 400  # characters of a line "On ... wrote:", which may be spread over four
_NEAR = 8  # lines within which the headers of a quoted mail stand
_LONGEST_SIGNATURE = 15  # lines
_BROKEN_AT = 60  # characters from which mail programs break a line

_ADDRESS_LAST = re.compile(r"[<(\[]? ?[^\s<>()\"]{1,64}@[^\s<>()\"]{1,255} ?[>)\]]*\s*[:：]$")
_ADDRESS = re.compile(r"[^\s<>()\"]{1,64}@[^\s<>()\"]{1,255}")
_DAY = re.compile(r"\b\d{1,2}\b")
_DATED = re.compile(r"\d{4}|\d{1,2}[:.h]\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{2}")
_BEGINS = re.compile(
    r"[\"“>]?\s*(\d|on\b|at\b|le\b|il\b|in data\b|am\b|op\b|em\b|el\b|den\b|w dniu\b|dnia\b|from\b|[a-z]+day\b|"
    r"[^\W\d_]{2,4}\.?,? +\d|在|于|於|-{2,}\s*on\b)",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r"(wrote|writes|said|schrieb|schreef|a écrit|écrivait|écrit|ha scritto|escreveu|escribió|escribio|napisał(\(a\))?|"
    r"skrev|kirjoitti|írta|написал(а|\(а\))?|пишет|napsal(\(a\))?|yazdı|schrieb am|写道|寫道|書きました|작성)"
    r"\s*(:|：|-{2,}|$)\s*-*\s*$",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[:：-]$|[^\W\d_]$")
_FROM = (
    r"from|de|von|van|da|od|fra|från|fran|lähettäjä|feladó|kimden|від|от|от кого|expéditeur|mittente|remitente|"
    r"message du|发件人|發件人|寄件者|寄件人|差出人|보낸 사람"
)
_OTHER = (
    r"sent|date|to|cc|subject|reply-to|gesendet|datum|an|betreff|envoyé|envoyé le|date|à|a|objet|copie à|sujet|"
    r"verzonden|aan|onderwerp|inviato|data|oggetto|enviado|enviada em|para|assunto|asunto|fecha|wysłano|do|temat|"
    r"dato|sendt|til|emne|skickat|till|ämne|lähetetty|vastaanottaja|aihe|dátum|címzett|tárgy|дата|кому|тема|отправлено|"
    r"gönderilen|kime|konu|发送时间|發送時間|日期|时间|時間|收件人|抄送|主题|主題|主旨|寄件日期|送信日時|宛先|件名|"
    r"보낸 날짜|받는 사람|제목"
)
_MARKS = r"[\s>*_|]{0,8}"
_FROM_LINE = re.compile(rf"{_MARKS}({_FROM})\s{{0,4}}[*_]{{0,2}}\s?[:：]", re.IGNORECASE)
_OTHER_LINE = re.compile(rf"{_MARKS}({_OTHER})\s{{0,4}}[*_]{{0,2}}\s?[:：]", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"\s{0,4}-{2,}\s{0,4}(original message|reply message|original-?nachricht|ursprüngliche nachricht|message d'origine|"
    r"message original|messaggio originale|mensaje original|mensagem original|oorspronkelijk bericht|oprindelig besked|"
    r"opprinnelig melding|ursprungligt meddelande|oryginalna wiadomość|wiadomość oryginalna|исходное сообщение|"
    r"alkuperäinen viesti|原始邮件|原始郵件|原邮件|回复的原邮件|原始訊息|元のメッセージ|original)\s{0,4}-{2,}\s*",
    re.IGNORECASE,
)
_RULE = re.compile(r"[\s>]{0,8}[-_=*—–]{3,}\s*")
_FORWARDED = re.compile(
    r"-{4,}\s*(forwarded message|weitergeleitete nachricht|message transféré|转发邮件信息|转发的邮件)", re.I
)
_DEVICE = re.compile(
    r"\s{0,4}(sent from (?!our|the|a )[^.,;!?]{2,50}|get outlook for [a-z]{2,10}|gesendet (von|mit) [^.,;!?]{2,50}|"
    r"envoyé (de|depuis|à partir de|avec) [^.,;!?]{2,50}|enviado (desde|do|a partir do) [^.,;!?]{2,50}|"
    r"inviato da [^.,;!?]{2,50}|verzonden (vanaf|met) [^.,;!?]{2,50}|отправлено (из|с) [^.,;!?]{2,50}|"
    r"(发自|從|从|来自)我的.{2,30}|发自我的.{2,30}|发送自.{2,30})(<https?://[^>\s]{1,200}>)?\s*",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"--\s?")
_LIST_RULE = re.compile(r"_{2,}\s*")


def newly_written(text: str) -> str:
    """The text without what was quoted or added below it: always some of its lines in their order, never none."""
    return parted(text)[0]


def parted(text: str) -> tuple[str, str]:
    """What is new, never nothing where there is any text; and all that stood above and below it."""
    lines = text.split("\n")
    if len(lines) > MOST_LINES:
        return text, ""
    start, end = _without_quotations(lines[: _end(lines)])
    start, end = _stripped(lines, start, _without_signature(lines[:end]))
    if start == end:
        start, end = _stripped(lines, 0, len(lines))
        return "\n".join(lines[start:end]) or text, ""
    return "\n".join(lines[start:end]), "\n".join([*lines[:start], *lines[end:]]).strip("\n")


def _end(lines: Sequence[str]) -> int:
    """Where everything that follows is an older mail."""
    for at, line in enumerate(lines):
        if line.strip() and _older_begins(lines, at):
            return _above(lines, at)
    return len(lines)


def _older_begins(lines: Sequence[str], at: int) -> bool:
    line = lines[at]
    if line.lstrip().startswith(">"):
        return False
    if _ORIGINAL.fullmatch(line) or (_DEVICE.fullmatch(line) and _stands_alone(lines, at)):
        return True
    if _FROM_LINE.match(line) or _other_first(lines, at):
        return _is_head(lines, at) and not _is_forwarded(lines, at)
    below = _attribution(lines, at)
    return below > at and not _answered_inside(lines, below)


def _stands_alone(lines: Sequence[str], at: int) -> bool:
    return at == 0 or not lines[at - 1].strip()


def _other_first(lines: Sequence[str], at: int) -> bool:
    """Under a rule stand headers that begin with another than who it is from."""
    ruled = at > 0 and _RULE.fullmatch(lines[at - 1]) is not None
    near = (_FROM_LINE.match(line) for line in lines[at + 1 : at + _NEAR])
    return ruled and bool(_OTHER_LINE.match(lines[at])) and any(near)


def _is_head(lines: Sequence[str], at: int) -> bool:
    """At least two more headers stand close below this one."""
    near = [line for line in lines[at : at + _NEAR] if line.strip()]
    return sum(bool(_OTHER_LINE.match(line)) for line in near[1:]) >= 2


def _is_forwarded(lines: Sequence[str], at: int) -> bool:
    """Whoever forwards a mail wants it to be read."""
    return any(_FORWARDED.match(line.strip()) for line in lines[max(0, at - 2) : at])


def _attribution(lines: Sequence[str], at: int) -> int:
    """The line after "On ... somebody wrote:", which may be broken into several; `at` where there is none."""
    joined = ""
    for below in range(at, min(at + 4, len(lines))):
        if not lines[below].strip():
            break
        joined = f"{joined} {lines[below].strip()}".strip()
        if len(joined) > _LONGEST_MARK:
            break
        if _ENDS.search(joined) and _is_attribution(joined):
            return at if _begins_later(lines, at, below) else below + 1
    return at


def _begins_later(lines: Sequence[str], at: int, below: int) -> bool:
    """The first line is somebody's own, and the mark is whole without it."""
    rest = (" ".join(line.strip() for line in lines[first : below + 1]) for first in range(at + 1, below + 1))
    return not lines[at].rstrip().endswith(",") and any(_is_attribution(line) for line in rest)


def _is_attribution(line: str) -> bool:
    if not _BEGINS.match(line):
        return False
    wrote, address = _WROTE.search(line), _ADDRESS.search(line)
    return bool(
        (_DATED.search(line) and (wrote or _ADDRESS_LAST.search(line))) or (_DAY.search(line) and wrote and address)
    )


def _answered_inside(lines: Sequence[str], below: int) -> bool:
    """Under it stand marked lines, and between or after them something new."""
    rest = [line for line in lines[below:] if line.strip()]
    quoted = _quoted(rest)
    if not rest or not quoted[0]:
        return False
    last = max(at for at, is_quoted in enumerate(quoted) if is_quoted)
    after = rest[last + 1 :]
    return not all(quoted[: last + 1]) or (bool(after) and not _is_tail(after))


def _quoted(lines: Sequence[str]) -> list[bool]:
    """Which lines are marked, or are what is left of a marked one that some mail program broke."""
    found: list[bool] = []
    for at, line in enumerate(lines):
        before = lines[at - 1] if at else ""
        rest_of_it = bool(found) and found[-1] and len(before) >= _BROKEN_AT and line[:1].islower()
        alone = at + 1 == len(lines) or not lines[at + 1].strip() or lines[at + 1].lstrip().startswith(">")
        found.append(line.lstrip().startswith(">") or (rest_of_it and alone))
    return found


def _is_tail(lines: Sequence[str]) -> bool:
    return bool(lines) and any(mark.fullmatch(lines[0]) for mark in (_SIGNATURE, _DEVICE, _LIST_RULE))


def _above(lines: Sequence[str], at: int) -> int:
    """Rules and empty lines right above belong to the older mail too."""
    while at > 0 and (not lines[at - 1].strip() or _RULE.fullmatch(lines[at - 1]) or _DEVICE.fullmatch(lines[at - 1])):
        at -= 1
    return at


def _without_quotations(lines: Sequence[str]) -> tuple[int, int]:
    """Where the rest begins and ends: marked lines at the end go, and at the beginning with who is quoted; in between
    they are what is answered.
    """
    quoted = _quoted(lines)
    end = len(lines)
    while end and (quoted[end - 1] or not lines[end - 1].strip()):
        end -= 1
    first = next((at for at, line in enumerate(lines[:end]) if line.strip()), 0)
    start = below = _attribution(lines[:end], first) if end else 0
    while below < end and (quoted[below] or not lines[below].strip()):
        below += 1
    only_above = any(quoted[start:below]) and not any(quoted[below:end])
    return below if only_above else 0, end


def _without_signature(lines: Sequence[str]) -> int:
    """Where "-- " stands (RFC 3676, 4.3), if what follows is short; else the end."""
    for at in range(len(lines) - 1, max(0, len(lines) - 1 - _LONGEST_SIGNATURE), -1):
        if _SIGNATURE.fullmatch(lines[at]):
            return at
    return len(lines)


def _stripped(lines: Sequence[str], start: int, end: int) -> tuple[int, int]:
    """Without the empty lines around it."""
    while start < end and not lines[end - 1].strip():
        end -= 1
    while start < end and not lines[start].strip():
        start += 1
    return start, max(start, end)
