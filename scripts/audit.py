"""Ask for known weaknesses of every pinned package; a finding fails, and what nobody looked at is said aloud.

Options this script does not know go on to pip-audit: `scripts/audit.py --vulnerability-service osv`.
"""

import argparse
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pins import npm_pins, one_spelling, python_pins

ROOT = Path(__file__).resolve().parent.parent
LOCKS = [ROOT / "requirements" / "app.txt", ROOT / "requirements" / "dev.txt"]
NOT_CLEAN = "This is not a clean result."


@dataclass
class Told:
    """What a source said: findings, packages it was asked about and answered for, and those it said nothing of."""

    found: list[str] = field(default_factory=list)
    audited: set[str] = field(default_factory=set)
    skipped: dict[str, str] = field(default_factory=dict)  # package -> why


def ask_pip_audit(lock: Path, options: list[str]) -> Told:
    """Ask about the packages of a lock file; a package without an answer is skipped, never clean."""
    names = {pin.name for pin in python_pins(lock)}
    command = [
        sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner", "off",
        "-f", "json", "-r", str(lock), *options,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
    answer = _json(done.stdout)
    if not isinstance(answer, dict) or "dependencies" not in answer:
        return Told(skipped=dict.fromkeys(names, _last_line(done.stderr)))
    told = Told()
    for dependency in answer["dependencies"]:
        name = one_spelling(dependency["name"])
        if "skip_reason" in dependency:
            told.skipped[name] = dependency["skip_reason"].partition(": ")[0]
            continue
        told.audited.add(name)
        told.found += [
            f"{name} {dependency['version']}: {one['id']}, fixed in {', '.join(one['fix_versions']) or 'no version'}"
            for one in dependency["vulns"]
        ]
    told.skipped |= dict.fromkeys(names - told.audited - told.skipped.keys(), "nothing was said of it")
    return told


def ask_npm(lock: Path) -> Told:
    """Ask npm's registry about the packages of package-lock.json."""
    names = {pin.name for pin in npm_pins(lock)}
    npm = shutil.which("npm")
    if npm is None:
        return Told(skipped=dict.fromkeys(names, "npm is not installed"))
    command = [npm, "audit", "--json", "--package-lock-only", "--fetch-retries=0", "--fetch-timeout=20000"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=lock.parent)  # noqa: S603 - our own
    answer = _json(done.stdout)
    if not isinstance(answer, dict) or not isinstance(answer.get("vulnerabilities"), dict):
        return Told(skipped=dict.fromkeys(names, _reason(answer, done.stderr)))
    found = [
        f"{name}: {told['severity']}, versions {told['range']}" for name, told in answer["vulnerabilities"].items()
    ]
    return Told(found, names)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _reason(answer: Any, said: str) -> str:
    """Say why npm gave no answer, as far as it says so."""
    told = answer if isinstance(answer, dict) else {}
    error = told.get("error")
    return str(told.get("message") or (error.get("summary") if isinstance(error, dict) else "") or _last_line(said))


def _last_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "it gave no reason"


def report(where: str, told: Told) -> None:
    """Print what was found, then what nobody looked at, then whether that is a clean result."""
    for line in told.found:
        print(f"FOUND: {where}: {line}")
    reasons: dict[str, list[str]] = {}
    for name, reason in sorted(told.skipped.items()):
        reasons.setdefault(reason, []).append(name)
    for reason, names in reasons.items():
        print(f"NOT AUDITED: {where}: {len(names)} packages: {', '.join(names)}. Reason: {reason}. {NOT_CLEAN}")
    if told.audited and not told.found and not told.skipped:
        print(f"Clean: {where}: {len(told.audited)} packages, none with a known weakness.")


def main() -> int:
    """Exit 1 on a finding; 0 otherwise, with a loud line for each package that nobody looked at."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--lock", type=Path, action="append", help="A lock file of pip; both of ours without it.")
    parser.add_argument("--npm-lock", type=Path, default=ROOT / "package-lock.json")
    chosen, options = parser.parse_known_args()
    answers = [(lock.name, ask_pip_audit(lock, options)) for lock in chosen.lock or LOCKS]
    answers.append((chosen.npm_lock.name, ask_npm(chosen.npm_lock)))
    for where, told in answers:
        report(where, told)
    return 1 if any(told.found for _where, told in answers) else 0


if __name__ == "__main__":
    raise SystemExit(main())
