"""What an operator can set about the live chat: how much is fine, and when somebody has left."""

from __future__ import annotations

from dataclasses import dataclass

from server.config.setting import Section, setting


@dataclass(frozen=True)
class Chat(Section):
    """How much a visitor may do, and when a chat counts as left."""

    send_per_10s: int = setting(20, "Messages of one visitor in 10 seconds.")
    send_per_hour: int = setting(300, "Messages of one visitor in an hour.")
    send_per_minute_per_address: int = setting(60, "Messages from one network address in a minute.")
    visitors_per_hour_per_address: int = setting(20, "New visitors from one network address in an hour.")
    visitors_per_second: int = setting(50, "New visitors from everywhere in a second.")
    introductions_per_hour: int = setting(10, "How often one visitor can give a name or an email address in an hour.")
    introductions_per_minute_per_address: int = setting(
        10, "How often names and email addresses can be given from one network address in a minute."
    )
    connects_per_minute_per_address: int = setting(30, "Connections from one network address in a minute.")
    sockets_per_visitor: int = setting(5, "Tabs and devices that one visitor can have open at once.")
    uploads_per_hour: int = setting(10, "Files of one visitor in an hour.")
    uploads_per_hour_per_address: int = setting(20, "Files from one network address in an hour.")
    upload_mb_per_day: int = setting(100, "Megabytes of files of one visitor in a day.")
    grace_seconds: int = setting(60, "How long a visitor whose connection dropped still counts as here.")
    abandon_after_seconds: int = setting(
        300, "A visitor who has been gone this long, and whom nobody has answered yet, has left the line."
    )
    mail_after_minutes: int = setting(
        10,
        "A visitor who told an address and has been gone this long gets by mail what they have not read: at most one "
        "mail in 15 minutes. 0: none is sent.",
        least=0,
    )
