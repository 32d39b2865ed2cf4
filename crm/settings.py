"""Deployment settings: a TOML file, then the environment; what is missing or weak is refused in one line."""

import os
import re
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class SettingsError(Exception):
    """A setting that cannot be used; the text names it and says what works."""


class Settings(BaseSettings):
    """Everything a deployment may set. Names are `HANDOFF_<NAME>`, for mail `MAIL_<NAME>`."""

    model_config = SettingsConfigDict(
        env_prefix="HANDOFF_", extra="forbid", frozen=True, hide_input_in_errors=True
    )  # what is wrong is named, what was given may be a password

    data_dir: Path = Path("var")
    database_url: str = ""
    base_url: str = Field(default_factory=lambda: f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")
    key_file: Path | None = None
    secret_key_file: Path | None = None
    backup_dir: Path | None = None
    host: str = "127.0.0.1"
    proxies: int = Field(default=0, ge=0, le=5)
    tick_seconds: int = Field(default=30, ge=1, le=3600)
    second_factor: Literal["on", "off"] = "on"
    retention_years: int = Field(default=7, ge=1, le=100)

    mail_server: str = Field(default="", validation_alias="MAIL_SERVER")
    mail_port: int = Field(default=587, ge=1, le=65535, validation_alias="MAIL_PORT")
    mail_use_tls: bool = Field(default=True, validation_alias="MAIL_USE_TLS")
    mail_use_ssl: bool = Field(default=False, validation_alias="MAIL_USE_SSL")
    mail_username: str = Field(default="", validation_alias="MAIL_USERNAME")
    mail_password: str = Field(default="", repr=False, validation_alias="MAIL_PASSWORD")
    mail_ca_file: str = Field(default="", validation_alias="MAIL_CA_FILE")
    mail_default_sender: str = Field(default="", validation_alias="MAIL_DEFAULT_SENDER")
    mail_per_minute: int = Field(default=30, ge=0, le=10_000, validation_alias="MAIL_PER_MINUTE")
    mail_per_day: int = Field(default=100, ge=0, le=1_000_000, validation_alias="MAIL_PER_DAY")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, and tests over both."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _config_file()))

    @field_validator("base_url")
    @classmethod
    def _base_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
            raise ValueError("must look like https://handoff.example.com")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ValueError("plain http is allowed for 127.0.0.1 only; use an https address")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _database_url(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return re.sub(r"^postgresql://", "postgresql+psycopg://", value)

    @model_validator(mode="after")
    def _host(self) -> "Settings":
        if self.host not in LOOPBACK and not self.is_https:
            raise ValueError("host: to listen on other addresses than 127.0.0.1, base_url must be https")
        return self

    @model_validator(mode="after")
    def _second_factor(self) -> "Settings":
        if self.second_factor == "off" and urlsplit(self.base_url).hostname not in LOOPBACK:
            raise ValueError("second_factor: it can be off on this machine alone, for scripts and tests; take it out")
        return self

    @model_validator(mode="after")
    def _debug(self) -> "Settings":
        asked = os.environ.get("FLASK_DEBUG", "").lower() not in {"", "0", "false", "no"}
        if asked and urlsplit(self.base_url).hostname not in LOOPBACK:
            raise ValueError("FLASK_DEBUG: it shows the inside of the program; take it out, or use it on this machine")
        return self

    @property
    def is_https(self) -> bool:
        """Say whether people reach the product by https."""
        return self.base_url.startswith("https://")

    @property
    def keys_dir(self) -> Path:
        """Name the folder of keys: beside the data folder, never in it, so that a copied folder stays sealed."""
        return self.data_dir.with_name(self.data_dir.name + "-keys")

    @property
    def keyring_path(self) -> Path:
        """Name the file that holds the keys for client data."""
        return self.key_file or self.keys_dir / "keyring.json"

    @property
    def secret_key_path(self) -> Path:
        """Name the file that holds the key that signs sessions."""
        return self.secret_key_file or self.keys_dir / "secret_key"

    @property
    def backup_path(self) -> Path:
        """Name the folder of backups: beside the data folder, never in it, so that both are not lost at one stroke."""
        return self.backup_dir or self.data_dir.with_name(self.data_dir.name + "-backups")

    @property
    def sqlalchemy_url(self) -> str:
        """Name the database: what was set, else a SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'handoff.sqlite3').resolve()}"

    @property
    def is_sqlite(self) -> bool:
        """Say whether the database is the embedded one."""
        return self.sqlalchemy_url.startswith("sqlite")

    @property
    def hostname(self) -> str:
        """Return the host name of the base address, used in message ids and calendar ids."""
        return urlsplit(self.base_url).hostname or "localhost"


def _config_file() -> Path | None:
    if named := os.environ.get("HANDOFF_CONFIG"):
        if not Path(named).is_file():
            raise SettingsError(f"HANDOFF_CONFIG: there is no file {named}")
        return Path(named)
    usual = Path(os.environ.get("HANDOFF_DATA_DIR", "var")) / "handoff.toml"
    return usual if usual.is_file() else None


def load_settings(**values: Any) -> Settings:
    """Read the settings; raise SettingsError with one plain line per setting that cannot be used."""
    try:
        return Settings(**values)
    except ValidationError as error:
        lines = [
            f"{'.'.join(map(str, e['loc'])) or 'settings'}: {e['msg'].removeprefix('Value error, ')}"
            for e in error.errors()
        ]
        raise SettingsError("; ".join(lines)) from error
