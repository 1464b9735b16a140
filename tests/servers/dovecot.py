"""A real mail server for mailboxes elsewhere: Dovecot from the system's packages, in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 20.0  # seconds
INSTALLING = 240.0  # seconds
_NOBODY = 65534
_CONF = """
base_dir = {folder}/run
state_dir = {folder}/run
instance_name = {folder}
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
first_valid_uid = 1
mail_location = maildir:{folder}/mail
mail_max_userip_connections = 50
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
"""


def missing(*, may_install: bool = False) -> str:
    """Why there is none here, as a sentence; empty where there is one. As root it may be installed, within a time."""
    if _program() is None and may_install and os.geteuid() == 0 and shutil.which("apt-get"):
        with contextlib.suppress(subprocess.SubprocessError):
            asked = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "dovecot-imapd"]
            subprocess.run(asked, capture_output=True, timeout=INSTALLING, check=False)
    if _program() is None:
        return "Dovecot is not installed here: the same dialogue is told with tests/server/mail/fake_imap.py"
    return "" if os.geteuid() == 0 else "Dovecot starts as root only: the same is told with fake_imap.py"


def _program() -> str | None:
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@dataclass
class Dovecot:
    folder: Path
    port: int

    def brings(self, *mails: bytes) -> None:
        """As a delivery agent does: written beside, then put into `new`."""
        for mail in mails:
            name = f"{time.time_ns()}.{os.getpid()}.here"
            draft = self.folder / "mail" / "tmp" / name
            draft.write_bytes(mail.replace(b"\r\n", b"\n"))
            draft.chmod(0o644)
            draft.rename(self.folder / "mail" / "new" / name)

    def forgets_its_numbers(self) -> None:
        """The folder gets another UIDVALIDITY, and every mail another UID."""
        for name in ("dovecot-uidlist", "dovecot.index", "dovecot.index.log", "dovecot.index.cache"):
            (self.folder / "mail" / name).unlink(missing_ok=True)

    def seen(self) -> int:
        """How many mails are marked as seen."""
        return sum("S" in path.name.partition(":2,")[2] for path in (self.folder / "mail" / "cur").iterdir())


@contextlib.contextmanager
def dovecot() -> Iterator[Dovecot]:
    """Runs as long as this lasts. The mail is nobody's, as it must not be root's."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        for name in ("run", "home", "mail", "mail/new", "mail/cur", "mail/tmp"):
            (folder / name).mkdir()
        for name in ("home", "mail", "mail/new", "mail/cur", "mail/tmp"):
            os.chown(folder / name, _NOBODY, _NOBODY)
        yield from _running(folder)


def _running(folder: Path) -> Iterator[Dovecot]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    told = {"folder": folder, "port": port, "uid": _NOBODY, "gid": _NOBODY}
    conf = folder / "dovecot.conf"
    conf.write_text(_CONF.format(**told))
    program = _program()
    assert program is not None
    process = subprocess.Popen([program, "-F", "-c", str(conf)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield Dovecot(folder, port)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        assert process.poll() is None, "Dovecot does not start"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as line:
            if line.recv(4) == b"* OK":
                return
    raise AssertionError("Dovecot does not answer")
