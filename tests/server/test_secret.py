"""The key of a desk: made once, kept where only its owner reads it, never quietly replaced."""

import stat
from pathlib import Path

import pytest

from server.config.config import ConfigError
from server.config.settings import Secrets
from server.secret import secret_key


def test_a_key_that_was_given_is_used(tmp_path: Path) -> None:
    given = Secrets(key="k" * 40, kept_in=str(tmp_path / "secret.key"))

    assert b"k" * 40 == secret_key(given)
    assert [] == list(tmp_path.iterdir())


def test_a_new_desk_makes_its_key_once(tmp_path: Path) -> None:
    kept = tmp_path / "data" / "secret.key"

    first, second = secret_key(Secrets(kept_in=str(kept))), secret_key(Secrets(kept_in=str(kept)))

    assert first == second
    assert len(first) >= 32
    assert 0o600 == stat.S_IMODE(kept.stat().st_mode)
    assert [kept] == list(kept.parent.iterdir())


def test_two_desks_have_two_keys(tmp_path: Path) -> None:
    assert secret_key(Secrets(kept_in=str(tmp_path / "1"))) != secret_key(Secrets(kept_in=str(tmp_path / "2")))


def test_a_damaged_key_is_not_replaced_behind_the_operators_back(tmp_path: Path) -> None:
    """A new key would sign everybody out and void every link that was sent."""
    (tmp_path / "secret.key").write_text("")

    with pytest.raises(ConfigError, match="holds no key"):
        secret_key(Secrets(kept_in=str(tmp_path / "secret.key")))


def test_a_folder_where_the_key_should_be_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read or made: Is a directory"):
        secret_key(Secrets(kept_in=str(tmp_path)))
