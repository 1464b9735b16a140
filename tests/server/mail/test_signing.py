"""What the relay gets bears a signature that others can check with what `frontdesk check` tells to publish."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import dkim
import pytest

from server import checkup
from server.config.config import Config, ConfigError
from server.config.mail_settings import Mail
from server.mail.letters import Letterhead
from server.mail.postman import Postman
from server.mail.relay import Patience, Relay
from server.mail.signing import Signer, signer_of
from tests.cast import MovedClock, a_database
from tests.server.mail.fake_relay import FakeRelay
from tests.server.mail.test_postman import Office
from tests.tickets.email.letters import RULES
from tickets.desk import Desk
from tickets.email.mailbox import add_mailbox
from tickets.email.outbox import REACTIONS
from tickets.errors import Refused
from tickets.files.store import Store
from tickets.reactions import Reactions

# Made for these stories, and good for nothing else.
KEY = """-----BEGIN RSA PRIVATE KEY-----
MIICXgIBAAKBgQDL2YqJMbsJwnujVfdmb24Zk0UBEDFFyTWdQORGC3g7uR9OKb7V
ZMigt6wO4ypIqu4nJTzs3aPXKlu8tCHGB2uUUQ58ZQH1Dk9QXP7GKhVLYPJZHRz2
vkOK8G5fmf89iFDYt3LAolO8sNjcRqC+AYAg36qLfw8feSGmRoZaaI5mmwIDAQAB
AoGADJAoqJHnDA/vXL6kk6yUZYEdBJbB4qIm6r0gFG0KiOu80S1jdHVUpAsN0JER
fw8BxGnYGmUCfvU+WB/l4PV+HLao3dCvZduetl3ZcL3mc8P7sTGxmeweb/QPRCVZ
syGuJf5jfz3cFPZdWNH5JbDFXbPGLzcULHYwFUY4GVi1ecECQQD50xYg/mT7zDKO
YqZuKRoqRuQ/J9MA8bV2lESu5KhD9mKqBT/yZkiyDdoSopAPALQfT6tGbiVCWOu7
rLhvJhqhAkEA0OOFmtVzGwhYp0MI5RvQNiI5Iv5ataCtMmgRXzrAJw2Zcu9E5TYZ
pcj3+nGuzt+b1dlCowXIsJHfun1gQl8TuwJBAIAqcRHgMUKU0eMGbUfawleqIvLb
pX64glYhXtMy77heMOP06YecPfNK8/PXfnyT6dSedMofO/I72ERiKgSr0cECQQDH
c3duj8CIXz/G9UrY9+WmyqajsxoJspGtP5DWzNIMd/+8rpmqAi4bDfk5OLMg9IFn
fzsRTcSCU8a72lq/BOlhAkEAvYKwW/97lD3wCASPJGk8V2hQ2ZBgdhBmYMg1vSed
njl1WsD/kxRjT3r7k1g8Dp1MY3iHum7YBI5IpgbkVwk5yA==
-----END RSA PRIVATE KEY-----
"""


@pytest.fixture
def settings(tmp_path: Path) -> Mail:
    file = tmp_path / "dkim.pem"
    file.write_text(KEY)
    return Mail(dkim_key=str(file), dkim_selector="desk", dkim_domain="shop.example")


def signer(settings: Mail) -> Signer:
    found = signer_of(settings)
    assert found is not None
    return found


def holds(mail: bytes, settings: Mail) -> bool:
    """As a server does that looks the record up."""
    name, text = signer(settings).record

    def dns(asked: bytes, timeout: int = 5) -> bytes:
        assert f"{name}.".encode() == asked
        return text.encode()

    verify: Callable[..., bool] = dkim.verify
    return verify(mail, dnsfunc=dns)


async def test_the_relay_gets_what_was_signed(settings: Mail, tmp_path: Path) -> None:
    """Lines that begin with a dot, letters beyond ASCII and a file; a word more, and it holds no longer."""
    database, clock = a_database(tmp_path), MovedClock()
    desk = Desk(database.writes, database.reads, clock=clock, rules=RULES, reactions=Reactions(REACTIONS))
    async with FakeRelay().listening() as server, desk:
        await desk.change(add_mailbox, "support@shop.example", name="Shop Support", by="system")
        office = Office(desk, clock, server, Store(tmp_path / "files"))
        relay = Mail(relay_host="127.0.0.1", relay_port=server.port, relay_security="none")
        house = Letterhead("https://desk.example", RULES.seals, office.store, 100_000, signer(settings))
        await office.answers("你好 Sam,\n.it comes today.\n.\n" + "long " * 60, file=b"%PDF-1.7 the invoice")
        await Postman(desk, Relay(relay, name="desk.example", patience=Patience(idle=99)), house).work_off()
    database.close()

    (taken,) = server.taken
    assert holds(taken.content, settings)
    assert not holds(taken.content.replace(b"Subject: Re:", b"Subject: Fw:"), settings)
    for name in ("From", "To", "Cc", "Subject", "Date", "Reply-To", "Content-Type", "Content-Transfer-Encoding"):
        assert not holds(f"{name}: mallory@shop.example\r\n".encode() + taken.content, settings), name
    assert holds(b"Received: from shop.example\r\n" + taken.content, settings)


def test_mail_of_another_domain_is_left_as_it_is(settings: Mail) -> None:
    mail = b"From: a@x.example\r\nSubject: x\r\n\r\nx\r\n"
    assert mail == signer(settings).signed(mail, "a@notshop.example")
    assert mail != signer(settings).signed(mail, "a@eu.shop.example")
    assert signer_of(Mail()) is None


def test_the_check_prints_the_record_or_what_is_wrong(settings: Mail, tmp_path: Path) -> None:
    (said,) = checkup._signing(settings)
    name, text = signer(settings).record
    assert (True, True) == (said.good, f"{name} TXT {text}" in said.sentence)
    assert "desk._domainkey.shop.example" == name

    (tmp_path / "dkim.pem").write_text("no key")
    (said,) = checkup._signing(settings)
    assert (False, "holds no private RSA key" in said.sentence) == (said.good, True)
    with pytest.raises(Refused):
        signer_of(Mail(dkim_key=str(tmp_path / "nothing"), dkim_selector="a", dkim_domain="b.example"))


def test_a_key_alone_is_a_mistake_in_the_settings() -> None:
    with pytest.raises(ConfigError) as refused:
        Config.load(Path("/dev/null"), {"FRONTDESK_MAIL_DKIM_KEY": "/run/dkim.pem"})
    assert "belong together" in str(refused.value)
