"""The keys that sign sessions and links: a file of lines, the newest first; older ones still open links in flight."""

import secrets
from pathlib import Path

from crm.settings import SettingsError

SHORTEST, FEWEST = 32, 10  # characters of a key, and different ones among them
KEPT = 3  # older keys: the links in digests of the last 72 hours, and those that stop them, stay good


def read(path: Path) -> list[str]:
    """Return the keys, the newest first; none where there is no file yet. Raises SettingsError for a weak one."""
    if not path.is_file():
        return []
    keys = [line.strip() for line in path.read_text("utf-8", "replace").splitlines() if line.strip()]
    if not keys or any(len(key) < SHORTEST or len(set(key)) < FEWEST for key in keys):
        raise SettingsError(
            f"secret_key: {path} holds a key that is empty, short or guessable; remove that file and run `flask init`"
        )
    return keys


def new() -> str:
    """Return a new key: 48 random bytes."""
    return secrets.token_urlsafe(48)


def with_new(keys: list[str]) -> str:
    """Return the content of the file with one key more, which signs from now on."""
    return "".join(f"{key}\n" for key in [new(), *keys[:KEPT]])
