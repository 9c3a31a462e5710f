"""Settings from the environment and the file, and the key that seals secrets."""

import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.errors import ConfigurationError
from publicist.core.secrets import Secret, SecretBox, load_keys
from publicist.core.settings import Settings, load_settings


@pytest.mark.parametrize(
    ("variable", "value", "name", "expected"),
    [
        ("PORT", "9000", "port", 9000),
        ("HOST", "0.0.0.0", "host", "0.0.0.0"),
        ("PUBLIC_URL", "https://a.example/", "public_url", "https://a.example"),
        ("PLUGINS", "", "plugins", ""),
        ("PORT", "", "port", 8080),
        ("CALL_DEADLINE", "2.5", "call_deadline", 2.5),
        ("ALLOW_PRIVATE_NETWORKS", "yes", "allow_private_networks", True),
        ("ALLOW_PRIVATE_NETWORKS", "0", "allow_private_networks", False),
    ],
)
def test_a_setting_is_read_from_the_environment(variable: str, value: str, name: str, expected: Any) -> None:
    assert getattr(load_settings({f"PUBLICIST_{variable}": value}), name) == expected


@pytest.mark.parametrize(
    ("variable", "value"), [("PORT", "http"), ("ALLOW_PRIVATE_NETWORKS", "perhaps"), ("DEPLOYMENT", "moon")]
)
def test_a_value_that_does_not_fit_names_its_variable(variable: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=variable):
        load_settings({f"PUBLICIST_{variable}": value})


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "publicist.toml").write_text('port = 1\nhost = "::1"\n')
    settings = load_settings({"PUBLICIST_DATA_DIR": str(tmp_path), "PUBLICIST_PORT": "2"})
    assert (settings.port, settings.host) == (2, "::1")


@pytest.mark.parametrize("text", ["prot = 1\n", "port = \n"])
def test_a_file_with_a_mistake_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "publicist.toml").write_text(text)
    with pytest.raises(ConfigurationError, match=r"publicist\.toml"):
        load_settings({"PUBLICIST_DATA_DIR": str(tmp_path)})


@pytest.mark.parametrize(
    ("host", "setting", "allowed"),
    [
        ("127.0.0.1", None, True),
        ("localhost", None, True),
        ("0.0.0.0", None, False),
        ("0.0.0.0", True, True),
        ("::1", False, False),
    ],
)
def test_private_networks_are_open_to_a_local_space_unless_it_says_otherwise(
    host: str, setting: bool | None, allowed: bool
) -> None:
    assert Settings(host=host, allow_private_networks=setting).private_networks_allowed is allowed


def test_secrets_do_not_show_in_the_settings() -> None:
    settings = load_settings({"PUBLICIST_SECRET_KEY": "k-e-y", "PUBLICIST_DATABASE_URL": "postgresql://u:pw@h/d"})
    assert "k-e-y" not in repr(settings)
    assert "pw" not in repr(settings)


@given(st.text())
def test_a_sealed_secret_opens_to_itself_and_shows_nothing(text: str) -> None:
    box = SecretBox(Fernet.generate_key().decode())
    assert box.open(box.seal(Secret(text))) == Secret(text)
    assert str(Secret(text)) == repr(Secret(text)) == f"{Secret(text)}" == "***"


def test_an_old_key_still_opens_after_a_new_one_is_put_before_it() -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    sealed = SecretBox(old).seal(Secret("x"))
    assert SecretBox(f"{new},{old}").open(sealed) == Secret("x")
    with pytest.raises(ConfigurationError, match="secret key"):
        SecretBox(new).open(sealed)


def test_a_key_that_is_none_is_refused_without_being_shown() -> None:
    with pytest.raises(ConfigurationError) as caught:
        SecretBox("not-a-key")
    assert "not-a-key" not in str(caught.value)


def test_the_key_file_is_made_once_and_is_private(tmp_path: Path) -> None:
    first = load_keys(tmp_path, "")
    assert load_keys(tmp_path, "") == first
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]
    assert load_keys(tmp_path, "from-the-environment") == "from-the-environment"
