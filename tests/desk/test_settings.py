"""Tests the operator's settings, and that the token is handled safely."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from bot.desk.settings import Settings, load_settings
from bot.errors import BadInputError

TOKEN = "MTE4NzI.secret-part.of_it"


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"TALLYDESK_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_everything_has_a_default_but_the_token() -> None:
    settings = load_settings()
    assert settings.token is None
    assert settings.desk == Path("desk.toml")
    assert settings.database.name == "tallydesk.sqlite3"
    assert (settings.servers, settings.log_level) == (None, "info")
    assert (settings.heartbeat_url, settings.health_port, settings.person) == (None, None, None)
    assert (settings.heartbeat_every, settings.health_host) == (timedelta(seconds=60), "127.0.0.1")
    assert settings.tell_after == timedelta(minutes=10)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "TOKEN": f" {TOKEN}\n",
        "DESK": "/etc/desk.toml",
        "SERVERS": "[12, 34]",
        "LOG_LEVEL": "error",
    }.items():
        monkeypatch.setenv(f"TALLYDESK_{name}", value)
    settings = load_settings()
    assert settings.token is not None
    assert settings.token.get_secret_value() == TOKEN
    assert (settings.desk, settings.servers, settings.log_level) == (Path("/etc/desk.toml"), (12, 34), "error")


def test_settings_come_from_the_file_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text(
        f"TALLYDESK_TOKEN={TOKEN}\nTALLYDESK_SERVERS=12,34\nOTHER=1\nTALLYDESK_DESK=a.toml\n"
    )
    monkeypatch.setenv("TALLYDESK_DESK", "b.toml")
    settings = load_settings()
    assert settings.token is not None
    assert settings.token.get_secret_value() == TOKEN
    assert settings.servers == (12, 34)
    assert settings.desk == Path("b.toml")  # the environment takes precedence over the file


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(f"TALLYDESK_{name.upper()}", "")
    settings = load_settings()
    assert (settings.token, settings.desk, settings.servers) == (None, Path("desk.toml"), None)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("LOG_LEVEL", "loud", "should be debug, info, warning or error"),
        ("SERVERS", "newsroom", "should be ids of servers, as 1234,5678, or all"),
        ("SERVERS", "[1, true]", "should be ids of servers"),
        ("SERVERS", "[]", "should be ids of servers"),
        ("SERVERS", "[-5]", "should be ids of servers"),
        ("SERVERS", "9" * 30, "should be ids of servers"),
        ("SERVERS", "9" * 5000, "should be ids of servers"),
        ("HEARTBEAT_URL", "monitor.example.org/secret-key", "should be an address such as https://"),
        ("HEARTBEAT_URL", "ftp://monitor.example.org/secret-key", "should be an address"),
        ("HEARTBEAT_URL", "https:///secret-key", "should be an address"),
        ("HEARTBEAT_URL", "https://exa mple.org/secret-key", "should be an address"),
        ("HEARTBEAT_URL", "http://[secret-key", "should be an address"),
        ("HEARTBEAT_EVERY", "60", "should be a duration such as 60s"),
        ("HEALTH_PORT", "0", "should be a port, a whole number from 1 to 65535"),
        ("HEALTH_PORT", "70000", "should be a port, a whole number"),
        ("HEALTH_PORT", "http", "should be a port, a whole number"),
        ("HEALTH_HOST", " ", "should be a host"),
        ("PERSON", "olga", "should be the id of a Discord user"),
        ("PERSON", "-1", "should be the id of a Discord user"),
        ("PERSON", "9" * 30, "should be the id of a Discord user"),
        ("TELL_AFTER", "soon", "should be a duration"),
        ("TOKEN", "two words", "should be a token"),
        ("TOKEN", "caf\u00e9", "should be a token"),
        ("TOKEN", "a\nb", "should be a token"),
    ],
)
def test_a_bad_value_is_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv("TALLYDESK_TOKEN", TOKEN)
    monkeypatch.setenv(f"TALLYDESK_{name}", value)
    with pytest.raises(BadInputError) as caught:
        load_settings()
    said = str(caught.value)
    assert said.startswith(f"the setting TALLYDESK_{name}: ")
    assert words in said
    assert "\n" not in said
    assert len(said) < 300
    assert TOKEN not in said
    assert name != "TOKEN" or value not in said
    assert "secret-key" not in said


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"TALLYDESK_TOKEN=\xff\xfe\n")
    with pytest.raises(BadInputError, match=r"the settings in \.env can't be read"):
        load_settings()


def test_neither_token_nor_heartbeat_address_is_ever_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TALLYDESK_TOKEN", TOKEN)
    monkeypatch.setenv("TALLYDESK_HEARTBEAT_URL", "https://monitor.example.org/secret-key")
    settings = load_settings()
    assert settings.heartbeat_url is not None
    assert settings.heartbeat_url.get_secret_value() == "https://monitor.example.org/secret-key"
    structlog.get_logger().info("settings", settings=settings, token=settings.token)
    logging.getLogger("test").warning("settings: %s %r", settings, settings.token)
    out, err = capsys.readouterr()
    for shown in (out, err, repr(settings), str(settings), f"{settings.token}", settings.model_dump_json()):
        assert "secret" not in shown


def test_settings_can_not_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().log_level = "debug"  # type: ignore[misc]  # it is said to be, too


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_a_path_may_begin_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".env").write_text("TALLYDESK_DATABASE=~/tallydesk/desk.sqlite3\n")
    monkeypatch.setenv("TALLYDESK_DESK", "~/desk.toml")
    settings = load_settings()
    assert (settings.database, settings.desk) == (tmp_path / "tallydesk" / "desk.sqlite3", tmp_path / "desk.toml")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"TALLYDESK_TOKEN: {TOKEN}", "should be NAME=VALUE"),
        (f'TALLYDESK_TOKEN="{TOKEN}', "should be NAME=VALUE"),
        ("TALLYDESK_TOKEN", "should be NAME=VALUE"),
        (f"TALLYDESK_TOKNE={TOKEN}", "there is no setting TALLYDESK_TOKNE; TALLYDESK_TOKEN is meant, perhaps"),
    ],
)
def test_a_mistake_in_the_file_is_refused_with_its_line_and_without_the_secret(
    tmp_path: Path, line: str, said: str
) -> None:
    (tmp_path / ".env").write_text(f"# the desk's\n\nTALLYDESK_DESK=a.toml\n{line}\n")
    with pytest.raises(BadInputError) as refused:
        load_settings()
    assert str(refused.value).startswith(f".env, line 4: {said}")
    assert TOKEN not in str(refused.value)


def test_a_setting_that_can_not_be_is_refused_with_its_line_where_the_file_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("SOMETHING=else\nTALLYDESK_LOG_FORMAT=xml\n")
    with pytest.raises(BadInputError, match=r"TALLYDESK_LOG_FORMAT \(.env, line 2\): should be lines or json"):
        load_settings()
    monkeypatch.setenv("TALLYDESK_LOG_FORMAT", "xml")
    with pytest.raises(BadInputError, match="TALLYDESK_LOG_FORMAT: should be lines or json"):
        load_settings()


def test_a_name_of_the_operator_s_own_may_begin_as_ours_do(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TALLYDESK_COUNTY_SECRET=whsec_x\n")
    assert load_settings().token is None
