"""Who calls itself what mail servers are called, and which headers show that a machine wrote.

A name is a claim: a company may deliver by mail, and a person may look after the post of theirs. What stands before
the @ of a daemon's address is nobody else's; all other names count only together with another sign.
"""

from __future__ import annotations

import re

from tickets.email.headers import Head

_SAID_NO = {
    "no",
    "none",
    "false",
    "0",
    "off",
    "forward",
    "redirect",
    "mirror",
}  # the last three: passed on by a program
_MORE = r"([-+=._ ][^@]{0,80})?(@|$)"
_DAEMON = re.compile(
    r"(mailer[-_. ]?daemon|mail[-_.]?daemon|mdaemon|mmdf|mail[-_.]?delivery[-_.]?(sub)?system|delivery[-_.]?subsystem|"
    r"no-?reply-mail-?delivery|mail[-_.]?delivery[-_.]?(agent|daemon|failure)|microsoftexchange[0-9a-f]{32})" + _MORE,
    re.IGNORECASE,
)
_POSTMASTER = re.compile(r"post[-_.]?master" + _MORE, re.IGNORECASE)
_ROLE = re.compile(
    r"(mail[-_.]?administrator|ndr|mail[-_.]?delivery|mailsystem|mail[-_.]?system|delivery[-_.]?notifi\w{0,8}|"
    r"bounces?|undeliver(ed|able)|mail[-_.]?router|mailer|sys(tem)?[-_.]?admin(istrator)?|mail[-_.]?gateway|smtp|"
    r"mail[-_.]?notif\w{0,10}|postoffice)" + _MORE,
    re.IGNORECASE,
)
_NAME = re.compile(
    r"[\s\"'<]{0,4}(the )?(internet )?("
    r"(e-?mail|message)[ -]?(delivery[ -]?)?(sub-?system|system|agent|service|router|administrator|daemon|gateway)|"
    r"mail[ -]?(delivery[ -]?)?(sub-?system|system|agent|service|router|administrator|daemon|server|gateway)|"
    r"delivery (sub-?)?system|(e-?mail|mail|message) delivery( failure| failed| notification)?|"
    r"\w{1,20} mail server|mailer[-_ ]?daemon|post ?master|"
    r"system ?administrator|administrateur système|administrador del sistema|amministratore di sistema|"
    r"microsoft (outlook|exchange)|(邮件|郵件|系统|系統){0,2}(管理员|管理員)|邮件系统|系统邮件)"
    r"(['\"]{0,2}\s?[(<@\[:,-].{0,200}| (at|on|of|auf|von) .{0,200}|['\"]{0,2} via .{0,200}|[\s\"'<>.]{0,6})$",
    re.IGNORECASE,
)
_SOMEBODY = re.compile(r"[^\s<>@]@[^\s<>@]")
_NAMELESS = re.compile(r"(^|[\s<\"'(])mailer[-_ ]?daemon\b", re.IGNORECASE)
_NULL = {"<>", '<"">', "<<>>"}
_PATHS = ("return-path", "x-envelope-from", "x-original-return-path")
_PRECEDENCE = ("precedence", "x-precedence", "preference")
_REPORT_HEADERS = ("x-failed-recipients", "x-dsncontext", "x-ms-exchange-message-is-ndr")


def is_daemon(head: Head) -> bool:
    """Its address is that of a program, or it has a server's name and no address: no person has such a one."""
    name, address = _author(head)
    if address:
        return bool(_DAEMON.match(address))
    return not _SOMEBODY.search(name) and bool(_NAMELESS.search(name) or _NAME.match(name))


def is_postmaster(head: Head) -> bool:
    """A server, or whoever looks after one."""
    return bool(_POSTMASTER.match(_author(head)[1]))


def is_called_like_a_server(head: Head) -> bool:
    """By its name or its address, which proves nothing."""
    name, address = _author(head)
    return bool(is_daemon(head) or is_servers_address(address) or _NAME.match(name))


def is_servers_address(address: str) -> bool:
    """A report does not speak of it when it says whom a mail did not reach."""
    return bool(_DAEMON.match(address) or _POSTMASTER.match(address) or _ROLE.match(address))


def wants_no_answer(head: Head) -> bool:
    """Its return path is null (RFC 5321, 4.5.5), or it says in a header whom a mail did not reach."""
    paths = [head.robot[name].replace(" ", "") for name in _PATHS if name in head.robot]
    null = any(path in _NULL or "mailer-daemon" in path for path in paths)
    return null or any(name in head.robot for name in _REPORT_HEADERS)


def submitted(head: Head) -> str:
    """The first word of Auto-Submitted (RFC 3834, 5); empty where a person says that they wrote it themselves."""
    told = head.robot.get("auto-submitted", "").replace(";", " ").replace("(", " ").split()
    return "" if told[:1] in ([], ["no"]) else told[0]


def says(head: Head, name: str) -> bool:
    """Whether a header by which machines tell of themselves is there, and does not say no."""
    return name in head.robot and head.robot[name].strip("\"' ") not in _SAID_NO


def precedence(head: Head) -> str:
    """In one spelling; empty where none is told."""
    return next((head.robot[name].strip().replace("-", "_") for name in _PRECEDENCE if name in head.robot), "")


def is_by_a_machine(head: Head) -> bool:
    """By its headers, whoever it claims to be."""
    return bool(
        wants_no_answer(head)
        or submitted(head)
        or precedence(head) in {"bulk", "junk", "auto_reply"}
        or says(head, "x-auto-response-suppress")
    )


def _author(head: Head) -> tuple[str, str]:
    return head.author or (head.author_line, "")
