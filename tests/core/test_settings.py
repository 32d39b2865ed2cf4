"""Settings: from a file, from the environment, and what is refused."""

from pathlib import Path

import pytest

from crm.settings import SettingsError, load_settings


@pytest.fixture(autouse=True)
def clean(monkeypatch, tmp_path):
    for name in (
        "HANDOFF_CONFIG",
        "HANDOFF_DATA_DIR",
        "HANDOFF_DATABASE_URL",
        "HANDOFF_BASE_URL",
        "MAIL_SERVER",
        "PORT",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_defaults_serve_one_person_on_this_machine():
    settings = load_settings()
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.is_sqlite
    assert settings.keyring_path == Path("var-keys/keyring.json")


def test_the_port_is_part_of_the_default_address(monkeypatch):
    monkeypatch.setenv("PORT", "8123")
    assert load_settings().base_url == "http://127.0.0.1:8123"


def test_the_environment_wins_over_the_file(monkeypatch, tmp_path):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "handoff.toml").write_text(
        'tick_seconds = 60\nhost = "127.0.0.1"\nMAIL_SERVER = "a.example.com"\n'
    )
    monkeypatch.setenv("MAIL_SERVER", "b.example.com")
    assert (load_settings().tick_seconds, load_settings().mail_server) == (60, "b.example.com")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        pytest.param("HANDOFF_BASE_URL", "http://handoff.example.com", "base_url: plain http", id="plain http outside"),
        pytest.param("HANDOFF_BASE_URL", "handoff.example.com", "base_url: must look like", id="no scheme"),
        pytest.param("HANDOFF_DATABASE_URL", "mysql://x", "database_url: must begin", id="another database"),
        pytest.param("HANDOFF_HOST", "0.0.0.0", "base_url must be https", id="listening without https"),
        pytest.param("MAIL_PORT", "0", "MAIL_PORT", id="no such port"),
        pytest.param("HANDOFF_CONFIG", "/nowhere/x.toml", "there is no file", id="missing file"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(monkeypatch, name, value, says):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=says):
        load_settings()


def test_a_password_is_not_printed(monkeypatch):
    monkeypatch.setenv("MAIL_PASSWORD", "very-secret")
    assert "very-secret" not in repr(load_settings())


def test_a_postgresql_address_names_the_driver():
    assert load_settings(database_url="postgresql://u@h/d").sqlalchemy_url == "postgresql+psycopg://u@h/d"
