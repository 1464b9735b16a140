"""What a mail server says at any stage is heard for what it is; before the final dot it has nothing, after it maybe."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.config.mail_settings import Mail
from server.mail.relay import NotNowError, Patience, Relay, Verdicts
from tests.server.mail.fake_relay import DROP, SILENCE, FakeRelay
from tickets.email import servers
from tickets.email.outgoing import MailState
from tickets.email.sending import Verdict

SAM, PRIYA = "sam@customer.example", "priya@customer.example"
LETTER = b"Subject: Hello\r\n\r\nGood morning.\r\n.hidden dot\r\n..two dots\r\n"
QUICK = Patience(step=1.0, envelope=3.0, dot=1.0)
SENT, FAILED, RETRY, INDETERMINATE = (
    Verdict(MailState.SENT),
    MailState.FAILED,
    MailState.RETRY,
    Verdict(MailState.INDETERMINATE),
)


@pytest.fixture
async def server() -> AsyncIterator[FakeRelay]:
    async with FakeRelay().listening() as listening:
        yield listening


def settings(server: FakeRelay, **more: str) -> Mail:
    return Mail(relay_host="localhost", relay_port=server.port, **{"relay_security": "none", **more})  # type: ignore[arg-type]


async def yes() -> bool:
    return True


async def delivered(server: FakeRelay, *recipients: str, line: Relay | None = None) -> Verdicts:
    """What becomes of the letter. The line is closed at the end unless it is the test's own."""
    own = line or Relay(settings(server), name="desk.example", patience=QUICK)
    try:
        return await own.deliver("support@shop.example", recipients or (SAM,), LETTER, before_dot=yes)
    finally:
        if line is None:
            await own.close()


async def test_a_mail_arrives_as_it_was_written(server: FakeRelay) -> None:
    """Byte for byte, lines that begin with a dot included (RFC 5321 4.5.2)."""
    assert {SAM: SENT, PRIYA: SENT} == await delivered(server, SAM, PRIYA)

    (mail,) = server.taken
    assert ("support@shop.example", [SAM, PRIYA], LETTER) == (mail.sender, mail.recipients, mail.content)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "DOT"])
@pytest.mark.parametrize(
    ("says", "state", "said"),
    [
        ("450 4.2.0 Greylisted, come back later", RETRY, "Greylisted, come back later"),
        ("452-4.3.1 Disk full\r\n452 4.3.1 for now", RETRY, "Disk full for now"),
        ("550 5.1.1 Mailbox unavailable", FAILED, "Mailbox unavailable"),
        ("554-5.7.1 No\r\n554-5.7.1 really\r\n554 no", FAILED, "No really no"),
    ],
)
async def test_a_no_at_any_stage_is_a_no_for_now_or_for_good(
    server: FakeRelay, stage: str, says: str, state: MailState, said: str
) -> None:
    server.says(stage, says)

    gone = stage == "RCPT" and "5.1.1" in says  # said of the address itself
    assert {SAM: Verdict(state, said, gone=gone)} == await delivered(server)
    assert [] == server.taken


async def test_one_recipient_who_is_refused_does_not_keep_it_from_the_other(server: FakeRelay) -> None:
    server.says(f"RCPT {PRIYA}", "550 5.1.1 No such person")

    assert {SAM: SENT, PRIYA: Verdict(FAILED, "No such person", gone=True)} == await delivered(server, SAM, PRIYA)
    assert [[SAM]] == [mail.recipients for mail in server.taken]


@pytest.mark.parametrize("stage", ["greeting", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("trouble", [DROP, SILENCE])
async def test_a_line_that_breaks_before_the_mail_was_given_changes_nothing(
    server: FakeRelay, stage: str, trouble: str
) -> None:
    server.says(stage, trouble)

    with pytest.raises(NotNowError) as refused:
        await delivered(server)

    assert refused.value.says in {servers.BROKE, servers.SLOW, servers.UNREACHABLE}
    assert [] == server.taken


async def test_a_line_that_breaks_in_the_middle_of_the_text_changes_nothing(server: FakeRelay) -> None:
    """The dot was not sent, so the server must throw away what it has (RFC 5321 4.1.1.4)."""
    server.drops_text_after = 10

    async def before_dot() -> bool:
        await server.quiet.wait()
        await asyncio.sleep(0.01)  # the news of it travels
        return True

    line = Relay(settings(server), name="desk.example", patience=QUICK)
    with pytest.raises(NotNowError):
        await line.deliver("support@shop.example", [SAM], LETTER, before_dot=before_dot)
    assert [] == server.taken


@pytest.mark.parametrize("taken", [True, False])
@pytest.mark.parametrize("trouble", [DROP, SILENCE, "nonsense", "350 what?", "250-half an answer"])
async def test_a_line_that_breaks_after_the_dot_leaves_it_unknown(server: FakeRelay, trouble: str, taken: bool) -> None:
    server.takes_before_dropping = taken
    server.says("DOT", trouble)

    assert {SAM: INDETERMINATE} == await delivered(server)


async def test_whoever_lost_the_mail_to_another_hands_nothing_over(server: FakeRelay) -> None:
    async def no() -> bool:
        return False

    line = Relay(settings(server), name="desk.example", patience=QUICK)
    with pytest.raises(NotNowError):
        await line.deliver("support@shop.example", [SAM], LETTER, before_dot=no)
    assert [] == server.taken


async def test_a_line_is_kept_for_the_next_mail(server: FakeRelay) -> None:
    line = Relay(settings(server), name="desk.example", patience=QUICK)
    for _ in range(3):
        assert {SAM: SENT} == await delivered(server, line=line)
    server.says("MAIL", "550 not you")
    assert FAILED is (await delivered(server, line=line))[SAM].state
    assert {SAM: SENT} == await delivered(server, line=line)
    await line.close()

    assert 1 == server.lines
    assert "QUIT" == server.heard[-1]


async def test_a_kept_line_that_died_meanwhile_costs_nothing(server: FakeRelay) -> None:
    line = Relay(settings(server), name="desk.example", patience=QUICK)
    await delivered(server, line=line)
    server.hang_up()

    assert {SAM: SENT} == await delivered(server, line=line)
    assert 2 == server.lines
    await line.close()


async def test_a_server_that_is_not_there_is_tried_again_later() -> None:
    async with FakeRelay().listening() as gone:
        pass
    with pytest.raises(NotNowError, match="reached"):
        await delivered(gone)


async def test_a_wrong_password_fails_no_mail(server: FakeRelay) -> None:
    """It is the operator's mistake, and mails wait until it is mended."""
    server.says("AUTH", "535 5.7.8 no", "535 5.7.8 no", "535 5.7.8 no")
    line = Relay(
        Mail("localhost", server.port, "none", "desk", "wrong"), name="desk.example", patience=Patience(step=1.0)
    )
    with pytest.raises(NotNowError) as refused:
        await delivered(server, line=line)
    assert servers.UNKNOWN == refused.value.says


async def test_a_server_without_encryption_gets_nothing_when_it_is_asked_for(server: FakeRelay) -> None:
    line = Relay(settings(server, relay_security="starttls"), name="desk.example", patience=QUICK)
    with pytest.raises(NotNowError) as refused:
        await delivered(server, line=line)
    assert servers.UNPROTECTED == refused.value.says
    assert not [said for said in server.heard if said.startswith("MAIL")]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """For localhost, signed by itself."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"]
    subprocess.run([*command, *names, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    return cert, key


async def test_a_certificate_that_nobody_vouches_for_gets_nothing(certificate: tuple[Path, Path]) -> None:
    """And with one that is known, the mail goes through the encrypted line."""
    theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    theirs.load_cert_chain(*certificate)
    async with FakeRelay(tls=theirs).listening() as server:
        wanted = settings(server, relay_security="starttls")
        with pytest.raises(NotNowError) as refused:
            await delivered(server, line=Relay(wanted, name="desk.example", patience=Patience(step=2.0)))
        assert servers.UNTRUSTED == refused.value.says
        assert [] == server.taken

        ours = ssl.create_default_context(cafile=str(certificate[0]))
        line = Relay(wanted, name="desk.example", patience=Patience(step=2.0), tls=ours)
        assert {SAM: SENT} == await delivered(server, line=line)
        await line.close()
