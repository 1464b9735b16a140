"""Settings: all optional, all explained, and every mistake named in a sentence."""

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from server.config.config import Config, ConfigError
from server.config.settings import RULES, SECTIONS, Bus, Database, Secrets, Server
from server.config.settings_file import page
from server.config.sources import variable

ROOT = Path(__file__).parents[3]


def problems(tmp_path: Path, text: str = "", env: dict[str, str] | None = None) -> list[str]:
    """What loading says about a file with this text, with the file's folder taken out of the sentences."""
    path = tmp_path / "config.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as refused:
        Config.load(path, env or {})
    return [problem.replace(f"{tmp_path}/", "") for problem in refused.value.problems]


def test_nobody_has_to_say_anything() -> None:
    assert Config(source=Path("/dev/null")) == Config.load(Path("/dev/null"), {})


def test_the_shipped_file_explains_every_setting_and_nothing_else() -> None:
    """If this fails: python -c "from server.config.settings_file import page; print(page(), end='')" > config.toml."""
    assert page() == (ROOT / "config.toml").read_text("utf-8")


def test_every_line_of_the_shipped_file_is_the_default_when_its_mark_is_taken_away() -> None:
    lines = (ROOT / "config.toml").read_text("utf-8").splitlines()
    said = tomllib.loads("\n".join(line.removeprefix("# ") for line in lines if line.startswith("[") or " = " in line))

    assert said == {
        section: {key.name: list(key.default) if isinstance(key.default, tuple) else key.default for key in fields(cls)}
        for section, cls in SECTIONS.items()
    }


def test_every_section_of_the_file_is_a_part_of_the_settings() -> None:
    assert [*SECTIONS, "source"] == [part.name for part in fields(Config)]


@pytest.mark.parametrize("name", RULES, ids=".".join)
def test_every_setting_is_explained_in_sentences(name: tuple[str, str]) -> None:
    assert RULES[name].says.endswith(".")
    assert len(RULES[name].says) > 20


def test_the_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    path = tmp_path / "desk.toml"
    path.write_text('[server]\nport = 9000\nhost = "0.0.0.0"\n[routing]\nring_seconds = 30\n')

    config = Config.load(env={"FRONTDESK_CONFIG": str(path), "FRONTDESK_SERVER_PORT": "9001"})

    assert (9001, "0.0.0.0", 30) == (config.server.port, config.server.host, config.routing.ring_seconds)
    assert path == config.source


def test_a_list_in_the_environment_has_commas() -> None:
    config = Config.load(Path("/dev/null"), {"FRONTDESK_SERVER_TRUSTED_PROXIES": "10.0.0.7, 192.0.2.0/24"})

    assert ("10.0.0.7", "192.0.2.0/24") == config.server.trusted_proxies


def test_a_misspelt_setting_is_named_with_the_nearest_known_one(tmp_path: Path) -> None:
    assert ["config.toml: server.prot is not a setting; did you mean server.port?"] == problems(
        tmp_path, "[server]\nprot = 80\n"
    )
    assert ["config.toml: server.ring_seconds is not a setting; did you mean routing.ring_seconds?"] == problems(
        tmp_path, "[server]\nring_seconds = 80\n"
    )
    assert ["config.toml: [sever] is not a section; did you mean [server]?"] == problems(
        tmp_path, "[sever]\nport = 80\n"
    )
    assert ["config.toml: port stands outside a section; did you mean server.port?"] == problems(
        tmp_path, "port = 80\n"
    )


def test_a_misspelt_variable_is_named_too(tmp_path: Path) -> None:
    said = problems(tmp_path, env={"FRONTDESK_SERVER_PROT": "80", "FRONTDESK_SEVER_HOST": "::"})

    assert [
        "FRONTDESK_SERVER_PROT is not a setting; did you mean FRONTDESK_SERVER_PORT?",
        "FRONTDESK_SEVER_HOST is not a setting; did you mean FRONTDESK_SERVER_HOST?",
    ] == said


def test_variables_that_other_programs_set_are_let_be() -> None:
    """A cluster sets NAME_PORT and NAME_SERVICE_HOST for a service called frontdesk."""
    others = {"FRONTDESK_PORT": "tcp://192.0.2.1:80", "FRONTDESK_SERVICE_HOST": "192.0.2.1", "FRONTDESK_CHROMIUM": "/x"}

    assert Server() == Config.load(Path("/dev/null"), others).server


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('port = "80"', 'server.port must be a whole number, but it is "80".'),
        ("port = true", "server.port must be a whole number, but it is true."),
        ("port = 8080.5", "server.port must be a whole number, but it is 8080.5."),
        ("port = 70000", "server.port must be between 0 and 65535, but it is 70000."),
        ("host = 1", "server.host must be text in quotes, but it is 1."),
        ("host = 2026-11-21", 'server.host must be text in quotes, but it is "2026-11-21".'),
        ('allowed_hosts = "a"', 'server.allowed_hosts must be a list of texts like ["one", "two"], but it is "a".'),
        ("allowed_hosts = [1]", 'server.allowed_hosts must be a list of texts like ["one", "two"], but it is [1].'),
    ],
)
def test_a_wrong_value_is_answered_with_what_was_expected_and_what_was_found(
    tmp_path: Path, line: str, sentence: str
) -> None:
    assert [f"config.toml: {sentence}"] == problems(tmp_path, f"[server]\n{line}\n")


def test_a_word_that_is_none_of_the_choices(tmp_path: Path) -> None:
    assert ['FRONTDESK_LOG_FORMAT: log.format must be one of console, json, but it is "xml".'] == problems(
        tmp_path, env={"FRONTDESK_LOG_FORMAT": "xml"}
    )


def test_all_problems_are_said_at_once(tmp_path: Path) -> None:
    said = problems(tmp_path, '[server]\nprot = 1\nport = "x"\n', {"FRONTDESK_BUS_URL": "redis://:hush@cache/first"})

    assert 3 == len(said)
    assert "bus.url must end in the number of a database, or in nothing, but ends in /first." in said


@pytest.mark.parametrize("text", ["[server\n", "\x00", "a = 1\na = 2\n"])
def test_a_file_that_is_no_toml_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    (said,) = problems(tmp_path, text)

    assert said.startswith("config.toml is not valid TOML: ")


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml cannot be read: No such file or directory\."):
        Config.load(tmp_path / "nowhere.toml", {})
    with pytest.raises(ConfigError, match=r"nowhere\.toml cannot be read: No such file or directory\."):
        Config.load(env={"FRONTDESK_CONFIG": str(tmp_path / "nowhere.toml")})


def test_a_secret_can_be_kept_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{'k' * 40}\n")

    config = Config.load(Path("/dev/null"), {"FRONTDESK_SECRETS_KEY_FILE": str(tmp_path / "key")})

    assert "k" * 40 == config.secrets.key


def test_a_secret_file_that_cannot_be_read_is_loud(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "picture").write_bytes(b"\xff\xd8\xff")

    assert [
        f"FRONTDESK_SECRETS_KEY_FILE names {tmp_path.parent}/gone, which cannot be read: No such file or directory."
    ] == (problems(tmp_path, env={"FRONTDESK_SECRETS_KEY_FILE": f"{tmp_path.parent}/gone"}))
    assert ["FRONTDESK_SECRETS_KEY_FILE names empty, which is empty."] == (
        problems(tmp_path, env={"FRONTDESK_SECRETS_KEY_FILE": f"{tmp_path}/empty"})
    )
    assert ["FRONTDESK_SECRETS_KEY_FILE names picture, which is not UTF-8 text."] == (
        problems(tmp_path, env={"FRONTDESK_SECRETS_KEY_FILE": f"{tmp_path}/picture"})
    )


def test_a_secret_is_given_once(tmp_path: Path) -> None:
    both = {"FRONTDESK_SECRETS_KEY": "k" * 40, "FRONTDESK_SECRETS_KEY_FILE": "/dev/null"}

    assert ["FRONTDESK_SECRETS_KEY_FILE and FRONTDESK_SECRETS_KEY are both set: keep one of them."] == (
        problems(tmp_path, env=both)
    )


def test_only_secrets_are_read_from_files(tmp_path: Path) -> None:
    (said,) = problems(tmp_path, env={"FRONTDESK_SERVER_HOST_FILE": "/etc/hostname"})

    assert "FRONTDESK_SERVER_HOST_FILE is not a setting; did you mean FRONTDESK_SERVER_HOST?" == said


def test_no_secret_is_ever_printed(tmp_path: Path) -> None:
    given = {variable(name): "hunter2" * 5 for name, rule in RULES.items() if rule.secret}

    assert "hunter2" not in "".join(problems(tmp_path, "[secrets]\nkey = 42\n", given))
    assert "hunter2" not in repr(Config(database=Database(url="sqlite:///hunter2"), secrets=Secrets(key="hunter2" * 5)))
    assert "42" not in "".join(problems(tmp_path, "[secrets]\nkey = 42\n"))


@pytest.mark.parametrize(
    "url",
    [
        "desk.example.com",
        "ftp://desk.example.com",
        "https://desk.example.com/app",
        "https://Desk.example.com",
        "https://[::",
    ],
)
def test_the_public_address_is_an_origin(url: str) -> None:
    assert 1 == len(list(Server(public_url=url).problems()))


@pytest.mark.parametrize(
    "url", ["https://desk.example.com", "https://desk.example.com/", "http://192.0.2.1:8080", "http://[::1]:80"]
)
def test_a_plain_public_address_is_taken(url: str) -> None:
    assert [] == list(Server(public_url=url).problems())


@pytest.mark.parametrize(
    "section",
    [
        Server(allowed_hosts=("https://desk.example.com",)),
        Server(trusted_proxies=("everyone",)),
        Database(url="postgresql://localhost"),
        Database(url="sqlite://"),
        Database(url="sqlite:///:memory:"),
        Bus(url="nats://localhost"),
        Secrets(key="short"),
    ],
    ids=repr,
)
def test_what_cannot_work_is_refused_before_it_is_tried(section: Server | Database | Bus | Secrets) -> None:
    (problem,) = section.problems()

    assert problem.endswith(".")


def test_a_desk_is_called_what_it_says() -> None:
    public = Server(public_url="https://desk.example.com/")

    assert "https://desk.example.com" == public.base_url
    assert frozenset({"https://desk.example.com"}) == public.origins
    assert ("desk.example.com", "localhost", "127.0.0.1") == public.hosts


def test_a_desk_on_this_machine_needs_no_name() -> None:
    config = Config(server=Server(host="0.0.0.0", port=0)).on_port(4711)

    assert "http://127.0.0.1:4711" == config.server.base_url
    assert frozenset({"http://127.0.0.1:4711", "http://localhost:4711"}) == config.server.origins
    assert "http://[::1]:80" == Server(host="::1", port=80).base_url
