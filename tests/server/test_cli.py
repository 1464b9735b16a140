"""The command line answers at once, in sentences, and with an exit status that a script can trust."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from server.cli import main
from server.config.settings_file import page
from tests.engine import brings_its_own

pytestmark = brings_its_own


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every command runs in a folder of its own, with nobody's settings around it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FRONTDESK_CONFIG", raising=False)
    return tmp_path


def test_the_version_is_known_without_waiting_for_the_database(empty_folder: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys; from server.cli import main; main(['version']); print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    ).stdout

    assert told.startswith("frontdesk 0.1.0, Python 3.")
    assert not {"sqlalchemy", "starlette", "uvicorn", "redis"} & set(told.split())


def test_a_word_that_is_no_command_is_answered_with_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["sevre"])

    assert 2 == stopped.value.code
    assert "choose from" in capsys.readouterr().err


def test_a_password_that_cannot_be_read_is_asked_for_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)  # as Python has it where the shell was told <&-
    assert 1 == main(["agent", "add", "--name", "Ada", "--email", "ada@frontdesk.example", "--password-stdin"])
    assert "The standard input is closed.\n" == capsys.readouterr().err


@pytest.mark.parametrize("many", ["0", "-3"])
def test_a_desk_does_not_run_in_no_process(many: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It used to run in one, without a word."""
    assert 1 == main(["serve", "--workers", many])
    assert "A desk runs in one process or more.\n" == capsys.readouterr().err


def test_the_check_says_what_an_empty_desk_will_do_and_does_none_of_it(
    empty_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 0 == main(["check"])

    told = capsys.readouterr().out
    for sentence in (
        "all as they come",
        "listens on 127.0.0.1, port 8080",
        "data/frontdesk.db does not exist yet",
        "in this process",
        "data/files will be made",
        "what is to be sent waits in the outbox",
        "nobody can bring mail",
        "kept in data/secret.key",
        "This desk can start.",
    ):
        assert sentence in told
    assert [] == list(empty_folder.iterdir())


def test_a_wrong_setting_stops_every_command_with_its_sentence(
    empty_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (empty_folder / "config.toml").write_text("[server]\nprot = 80\n")

    assert 2 == main(["check"])
    assert "config.toml: server.prot is not a setting; did you mean server.port?\n" == capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["--config", "desk.toml", "check"],
        ["check", "--config", "desk.toml"],
        ["check", "--config=desk.toml"],
        ["--config", "other.toml", "check", "--config", "desk.toml"],
    ],
    ids=" ".join,
)
def test_settings_can_be_named_on_the_command_line(
    empty_folder: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """Behind the command they used to be an unrecognized argument."""
    (empty_folder / "desk.toml").write_text("[server]\nport = 4711\n")

    assert 0 == main(words)
    assert "port 4711" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command", ["", "serve", "demo", "agent", "agent add", "check", "migrate", "mail", "sla", "sla replay", "version"]
)
def test_every_command_takes_the_settings_and_says_so(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*command.split(), "--help"])

    assert 0 == stopped.value.code
    assert "--config FILE" in capsys.readouterr().out


def test_nothing_said_behind_the_command_leaves_what_was_said_before(empty_folder: Path) -> None:
    """In a command of a command, too."""
    (empty_folder / "desk.toml").write_text('[database]\nurl = "sqlite:///elsewhere.db"\n')

    for words in (["--config", "desk.toml", "agent", "add"], ["agent", "--config", "desk.toml", "add"]):
        assert 0 == main([*words, "--name", "Ada", "--email", f"ada{len(words[0])}@frontdesk.example"])
    assert ["desk.toml", "elsewhere.db"] == sorted(
        file.name for file in empty_folder.iterdir() if file.suffix in {".db", ".toml"}
    )


def test_what_stands_in_the_way_is_marked(empty_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (empty_folder / "data").mkdir()
    (empty_folder / "data" / "frontdesk.db").write_text(
        "this is no database, and long enough not to be taken for an empty one"
    )
    (empty_folder / "data" / "files").touch()
    (empty_folder / "data" / "secret.key").write_text("k" * 40)
    (empty_folder / "data" / "secret.key").chmod(0o644)

    assert 1 == main(["check"])

    told = capsys.readouterr().out
    assert "data/frontdesk.db cannot be opened: file is not a database  <- to be put right" in told
    assert "files is in the way: it is not a folder  <- to be put right" in told
    assert "data/secret.key can be read by others" in told
    assert told.endswith("This desk cannot start like this.\n")


def test_a_desk_that_listens_everywhere_but_has_no_name_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FRONTDESK_SERVER_HOST", "0.0.0.0")

    assert 0 == main(["check"])
    assert "server.public_url is empty" in capsys.readouterr().out


def test_the_way_of_mail_is_told_without_its_password(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    named = {"RELAY_HOST": "smtp.example.com", "RELAY_USER": "desk", "RELAY_PASSWORD": "quiet", "LISTEN_PORT": "2525"}
    for name, value in {**named, "LISTEN_CERTIFICATE": "cert.pem", "LISTEN_KEY": "key.pem"}.items():
        monkeypatch.setenv(f"FRONTDESK_MAIL_{name}", value)

    assert 1 == main(["check"])
    told = capsys.readouterr().out
    assert "goes to smtp.example.com, port 587, with STARTTLS, signed in as desk" in told
    assert "cert.pem cannot be read" in told
    assert "quiet" not in told
    for name in ("cert.pem", "key.pem"):
        (empty_folder / name).touch()
    assert 0 == main(["check"])
    assert "is taken on 127.0.0.1, port 2525, up to 25 MB each" in capsys.readouterr().out


def test_the_example_is_the_file_that_explains_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["check", "--example"])
    assert page() == capsys.readouterr().out


def test_a_new_desk_is_migrated_once_and_the_check_knows_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["migrate"])
    assert "data/frontdesk.db is up to date now.\n" == capsys.readouterr().out
    assert 0 == main(["migrate"])
    assert "data/frontdesk.db was up to date already.\n" == capsys.readouterr().out

    assert 0 == main(["check"])
    assert "data/frontdesk.db is there and up to date\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("update alembic_version set version_num = '0000'", "is from an earlier version; it will be migrated"),
        ("update alembic_version set version_num = '9999'", "was made by a later version of Frontdesk"),
        ("drop table alembic_version", "holds tables that are not Frontdesk's"),
    ],
)
def test_the_check_knows_a_database_that_is_not_of_this_version(
    capsys: pytest.CaptureFixture[str], statement: str, sentence: str
) -> None:
    main(["migrate"])
    with closing(sqlite3.connect("data/frontdesk.db")) as connection, connection:
        connection.execute(statement)

    main(["check"])

    assert f"data/frontdesk.db {sentence}" in capsys.readouterr().out
