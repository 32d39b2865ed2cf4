"""What is pinned: the Python packages of a lock file, the npm packages of package-lock.json, each with its hashes."""

import base64
import json
import re
from dataclasses import dataclass
from pathlib import Path

PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)")
HASH = re.compile(r"--hash=(sha256):([0-9a-f]{64})")


class NotPinned(Exception):  # noqa: N818 - it reads as a fact
    """A line of a lock file that would install something else another day."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One package in one version; `hashes` are pairs of algorithm and hexadecimal digits."""

    ecosystem: str  # pypi, npm
    name: str
    version: str
    hashes: tuple[tuple[str, str], ...]


def one_spelling(name: str) -> str:
    """Return a Python package's name as the index spells it: Foo_Bar and foo.bar are foo-bar."""
    return re.sub(r"[-_.]+", "-", name).lower()


def python_pins(lock: Path) -> list[Pin]:
    """Read a lock file of pip; raises NotPinned for a line without an exact version or without a hash."""
    found = []
    for line in lock.read_text().replace("\\\n", " ").splitlines():
        said = line.partition(" #")[0].strip()
        if not said or said.startswith("#"):
            continue
        pin, hashes = PIN.match(said), tuple(HASH.findall(said))
        if pin is None or not hashes:
            raise NotPinned(f"{lock.name}: {said[:80]}")
        found.append(Pin("pypi", one_spelling(pin[1]), pin[2], hashes))
    return found


def npm_pins(lock: Path) -> list[Pin]:
    """Read package-lock.json; raises NotPinned for a package without a version or without a hash."""
    found = []
    for place, told in json.loads(lock.read_text())["packages"].items():
        if not place or told.get("link"):
            continue
        name = told.get("name") or place.rpartition("node_modules/")[2]
        algorithm, _, digest = told.get("integrity", "").partition("-")
        if not told.get("version") or algorithm not in {"sha256", "sha384", "sha512"}:
            raise NotPinned(f"{lock.name}: {name}")
        found.append(Pin("npm", name, told["version"], ((algorithm, base64.b64decode(digest).hex()),)))
    return found
