"""The keys that sign sessions and links: a file of lines, the newest first; older ones still open links in flight.

The secrets of authenticators are encrypted under the first key there was. Once that is not the newest any more it
stands on a line of its own, so that a new signing key locks nobody out.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path

from crm.settings import SettingsError

SHORTEST, FEWEST = 32, 10  # characters of a key, and different ones among them
KEPT = 3  # older keys: the links in digests of the last 72 hours, and those that stop them, stay good
SECOND_FACTOR = "second-factor:"


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """What signs, the newest first, and what the secrets of authenticators are encrypted under."""

    signing: list[str]
    second_factor: str | None

    def renewed(self, *, keep: bool) -> str:
        """Return the content of the file with a new key to sign with; without `keep` older ones sign nothing more."""
        lines = [_new(), *(self.signing[:KEPT] if keep else [])]
        return "".join(f"{line}\n" for line in [*lines, f"{SECOND_FACTOR}{self.second_factor}"])


def read(path: Path) -> SigningKeys:
    """Read the file; nothing where there is none yet. Raises SettingsError for a key that is weak."""
    if not path.is_file():
        return SigningKeys([], None)
    lines = [line.strip() for line in path.read_text("utf-8", "replace").splitlines() if line.strip()]
    apart = [line.removeprefix(SECOND_FACTOR) for line in lines if line.startswith(SECOND_FACTOR)]
    signing = [line for line in lines if not line.startswith(SECOND_FACTOR)]
    if not signing or any(len(key) < SHORTEST or len(set(key)) < FEWEST for key in [*signing, *apart]):
        raise SettingsError(
            f"secret_key: {path} holds a key that is empty, short or guessable; remove that file and run `flask init`"
        )
    return SigningKeys(signing, (apart or signing)[0])


def first() -> str:
    """Return the content of the file with its first key."""
    return f"{_new()}\n"


def _new() -> str:
    return secrets.token_urlsafe(48)
