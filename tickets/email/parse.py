"""Takes a mail apart into who, what and which files. Pure: bytes in, plain values out, and whatever is odd is noted."""

from __future__ import annotations

import codecs
import mimetypes
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from tickets.email import tnef, yenc
from tickets.email.bounces import Bounce, bounce_of
from tickets.email.charsets import BROKEN, decoded, plain
from tickets.email.daemons import is_by_a_machine, is_called_like_a_server
from tickets.email.enriched import words_of
from tickets.email.feedback import is_complaint, is_other_feedback, is_receipt
from tickets.email.file_names import file_name
from tickets.email.headers import Head, read_head
from tickets.email.mime import Part, every_part, leaves, split
from tickets.email.nearby import nearby
from tickets.email.opening import opening
from tickets.email.parts import disposition, kind_of_part, param, parts_of
from tickets.email.report_parts import is_some_report
from tickets.email.tnef import Opened
from tickets.email.told_by_itself import told_by_itself
from tickets.email.transfer import content_of
from tickets.email.uuencoded import taken_out
from tickets.text import is_blank

MOST_FILES = 50
_MOST_DEFECTS = 20
_META = re.compile(rb"<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?([\w:.-]{1,40})", re.IGNORECASE)
_HEADER = re.compile(rb"[A-Za-z-]{2,60}: ?")
_REPORT, _LETTER = 64 * 1024, 8 * 1024  # characters of a page that tell what wrote it
_FOLDER_LINE = re.compile(rb"From (\S{1,320}) [^\r\n]{0,200}\r?\n")
_NO_LETTER = b"\r\n\xef\0"
_LONGEST_HEAD = 16 * 1024  # bytes that are looked at for the ends of lines
_LONE = re.compile(rb"\r(?:from|to|subject|date|received|message-id|mime-version|content-type)[ \t]*:", re.IGNORECASE)
_WHOLE_PAGE = re.compile(
    r"\s{0,200}(?:<!doctype html\b|<html[\s>])(?=.*</(?:html|body|p|div|td)\s*>)", re.IGNORECASE | re.DOTALL
)
_PGP = re.compile(r"^-----BEGIN PGP MESSAGE-----\s*$", re.MULTILINE)


@dataclass(frozen=True)
class File:
    name: str  # as the sender called it; never empty
    claimed: str  # the type that it claims
    content: bytes = field(repr=False)
    content_id: str = ""  # without angle brackets, where the formatted text may show it
    inline: bool = False  # stands among the words, or is shown by the formatted ones


@dataclass(frozen=True)
class Letter:
    head: Head
    texts: list[str]  # its plain text
    htmls: list[str]  # its formatted text
    files: list[File]
    left_out: int  # files beyond the fiftieth
    guessed: bool  # an encoding was not what it claimed
    remarks: list[str]  # winmail, smime, pgp, signed
    defects: list[str]  # what is not as it should be
    bounce: Bounce | None
    complaint: bool  # about a mail of ours
    receipt: bool  # it was shown to somebody
    by_itself: str = ""  # away or reply: a program wrote it, and says so in words; feedback, report: other


def parse(content: bytes) -> Letter:
    """Raises Unreadable for what is nested too deep or has too many parts. Takes a few milliseconds for 20 KB."""
    whole = split(with_lines(content))
    parts = parts_of(whole)
    head = read_head(whole.head, near=nearby(whole.head, parts.text), folder_line=_folder_line(content))
    among: list[File] = []  # the words
    texts = [
        _text(part, among)
        for part in parts.text
        if kind_of_part(part) != "text/html" and kind_of_part(part).startswith("text/")
    ]
    htmls = [_text(part, among) for part in parts.html if kind_of_part(part) == "text/html"]
    if not htmls and texts and _WHOLE_PAGE.match(texts[0][0]):  # that is called plain text
        texts, htmls = texts[1:], texts[:1]
    shown = [part for part in [*parts.text, *parts.html] if not kind_of_part(part).startswith("text/")]
    loose = list({id(part): part for part in [*shown, *parts.files]}.values())
    files, packed = _without_wrapper([*(_file(part, at) for at, part in enumerate(loose[:MOST_FILES], 1)), *among])
    if packed is not None and all(is_blank(text) for text, _ in [*texts, *htmls]):
        texts, htmls = [(packed.text, False)] * bool(packed.text), [(packed.html, False)] * bool(packed.html)
    longest = _REPORT if is_by_a_machine(head) or is_called_like_a_server(head) else _LETTER
    told = [text for text, _ in texts if not is_blank(text)] or [opening(html, longest) for html, _ in htmls]
    words, first = "\n".join(told), next(iter(told), "")
    complaint, feedback = is_complaint(whole, head, first), is_other_feedback(whole, head, first)
    return Letter(
        head=head,
        texts=[text for text, _ in texts],
        htmls=[text for text, _ in htmls],
        files=files[:MOST_FILES],
        left_out=max(0, len(loose) - MOST_FILES) + max(0, len(files) - MOST_FILES),
        guessed=head.guessed or any(guessed for _, guessed in [*texts, *htmls]),
        remarks=_remarks(whole, [text for text, _ in texts], opened=packed is not None),
        defects=_defects(whole),
        bounce=None if complaint or feedback else bounce_of(whole, head, words, first),
        complaint=complaint,
        receipt=is_receipt(whole, head, first),
        by_itself="feedback" if feedback else told_by_itself(head, words) or "report" * is_some_report(whole),
    )


def with_lines(content: bytes) -> bytes:
    """Some old machines end lines with a lone CR, or only headers, or with two; some begin a mail with an empty line or
    zeros, and editors with a mark.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        content = content.decode("utf-16", "replace").encode()
    content = content.replace(b"\r", b"\n") if b"\r" in content and b"\n" not in content else content
    head = content[:_LONGEST_HEAD].partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]
    if _LONE.search(head):
        content = re.sub(rb"\r(?!\n)", b"\n", content)
    elif b"\r\r\n" in head:
        content = content.replace(b"\r\r\n", b"\r\n")
    begins = content.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n\0") if content[:1] in _NO_LETTER else content
    return begins if _HEADER.match(begins) else content


def _folder_line(content: bytes) -> str:
    """The sender of the envelope, as a mail folder keeps it above the mail (RFC 4155); empty without that line."""
    found = _FOLDER_LINE.match(content)
    return found[1].decode("latin-1") if found else ""


def pictures(content: bytes) -> tuple[list[str], dict[str, bytes]]:
    """The formatted texts, and what they may show: the content of each part that has a Content-ID, by that id."""
    letter = parse(content)
    return letter.htmls, {file.content_id: file.content for file in letter.files if file.content_id}


# Texts


def _text(part: Part, among: list[File]) -> tuple[str, bool]:
    """Its words, and whether their charset was guessed. Files that stand among them go where the others are."""
    data, files = taken_out(content_of(part, is_text=True))
    data, others = yenc.taken_out(data)
    for name, content in [*files, *others]:
        called = decoded(name)[0]
        among.append(File(called, _usual(called), content))
    declared, beside = param(part, "charset"), ""
    if kind_of_part(part) == "text/html":
        found = _META.search(data[:2048])
        beside = found[1].decode("ascii", "ignore") if found else ""
    text, guessed = decoded(data, declared or beside, near=beside)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if param(part, "format").lower() == "flowed":
        text = _unflowed(text, delete_space=param(part, "delsp").lower() == "yes")
    return words_of(text, kind_of_part(part)), guessed


def _unflowed(text: str, *, delete_space: bool) -> str:
    """Lines that end in a space go on in the next one, where that is quoted as deep (RFC 3676, 4)."""
    lines: list[str] = []
    open_depth: int | None = None
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        words = line[depth:].removeprefix(" ")
        signature = words == "-- "
        if open_depth == depth and not signature:
            lines[-1] += words
        else:
            lines.append((">" * depth + " " if depth else "") + words)
        open_depth = depth if words.endswith(" ") and not signature else None
        if open_depth is not None and delete_space:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)


# Files


def _file(part: Part, at: int) -> File | None:
    kind = kind_of_part(part)
    content = content_of(part)
    if not content and not file_name(part.head) and disposition(part) != "attachment":
        return None
    with suppress(*BROKEN):
        content_id = plain(part.head.get("content-id", ""))[0].strip().strip("<>")[:300]
        inline = disposition(part) == "inline" or bool(content_id and disposition(part) != "attachment")
        return File(file_name(part.head) or _made_up(part, kind, at), kind, content, content_id, inline)
    return File(_made_up(part, kind, at), kind, content)


def _without_wrapper(found: Iterable[File | None]) -> tuple[list[File], Opened | None]:
    """The files, with those that Outlook packed into one in its place; and what it had packed, where it was opened."""
    files: list[File] = []
    packed = None
    for file in found:
        inside = tnef.opened(file.content) if file is not None and packed is None and _is_packed(file) else None
        if inside is not None and (inside.files or inside.text or inside.html):
            packed = inside
            files += [File(one.name, one.type or _usual(one.name), one.content, one.content_id) for one in inside.files]
        elif file is not None:
            files.append(file)
    return files, packed


def _is_packed(file: File) -> bool:
    return file.claimed in tnef.KINDS or file.name.lower() == "winmail.dat"


def _usual(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _made_up(part: Part, kind: str, at: int) -> str:
    """A name for a file that came without one."""
    usual = {"message/rfc822": ".eml", "text/calendar": ".ics", "text/plain": ".txt", "image/jpeg": ".jpg"}
    word = {"message/rfc822": "mail", "text/calendar": "invitation"}.get(kind, "part")
    ending = usual.get(kind) or mimetypes.guess_extension(kind) or ".bin"
    return f"{word}-{at}{ending}"


# What is odd


def _remarks(whole: Part, texts: list[str], *, opened: bool) -> list[str]:
    found = {remark for part in leaves(whole) for remark in _remark(part)} - ({"winmail"} if opened else set())
    if any(_PGP.search(text) for text in texts):
        found.add("pgp")
    return sorted(found)


def _remark(part: Part) -> Iterator[str]:
    kind, name = kind_of_part(part), file_name(part.head).lower()
    if kind in tnef.KINDS or name == "winmail.dat":
        yield "winmail"
    if kind in {"application/pkcs7-mime", "application/x-pkcs7-mime"} or name == "smime.p7m":
        yield "smime"
    if kind == "application/pgp-encrypted":
        yield "pgp"


def _defects(whole: Part) -> list[str]:
    return list(dict.fromkeys(defect for part in every_part(whole) for defect in part.defects))[:_MOST_DEFECTS]
