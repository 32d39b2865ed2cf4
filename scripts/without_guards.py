"""Take each guard of tests/security/guards out in turn, in a copy of this tree, and see its test fail.

    python scripts/without_guards.py            every guard
    python scripts/without_guards.py 9 33       the guards of these rows

A guard that can go without its test failing guards nothing, or its test sees nothing: the end is 1. So it is when a
test could not even begin, because that proves nothing either.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).resolve().parents[1]
LINKED = (".venv", "node_modules", "crm/static/vendor", "crm/fonts")
AT_ONCE = 2
PATIENCE = 300  # seconds for one test


@dataclass(frozen=True)
class Guard:
    """A piece of text that guards, what is left without it, and the test that notices."""

    row: int
    test: str
    file: str
    take: str
    leave: str


def guards(root: Path = ROOT) -> list[Guard]:
    """Return all guards in the order of their rows."""
    files = sorted((root / "tests/security/guards").glob("*.toml"))
    entries = [Guard(**entry) for file in files for entry in tomllib.loads(file.read_text()).get("guard", [])]
    return sorted(entries, key=lambda guard: (guard.row, guard.test))


def copied(into: Path) -> Path:
    """Copy what git knows of; what is installed beside it is linked."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)  # noqa: S607 - the usual git
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, into / name)
    for name in LINKED:
        if (ROOT / name).exists():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            (into / name).symlink_to((ROOT / name).resolve())
    return into


def without(guard: Guard, tree: Path) -> str:
    """Return "red" if the test fails without its guard, GREEN if it does not, BROKEN if it never got so far."""
    file = tree / guard.file
    whole = file.read_text()
    if whole.count(guard.take) != 1:
        return "BROKEN: the guard does not stand exactly once in its file"
    file.write_text(whole.replace(guard.take, guard.leave))
    try:
        return verdict([guard.test], tree)
    finally:
        file.write_text(whole)


def verdict(tests: list[str], tree: Path) -> str:
    """Run tests in a tree and return "red", GREEN, or BROKEN with the reason."""
    command = [sys.executable, "-m", "pytest", "-n", "0", "-x", "-rfE", "-p", "no:cacheprovider", *tests]
    # No bytecode: a change of equal length within a second would not be noticed.
    environment = {n: v for n, v in os.environ.items() if n != "HANDOFF_TEST_DATABASE"} | {
        "PYTHONDONTWRITEBYTECODE": "1"
    }
    try:
        done = subprocess.run(  # noqa: S603 - tests of this tree
            command, cwd=tree, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return f"BROKEN: no end within {PATIENCE} seconds"
    lines = (done.stdout + done.stderr).splitlines()
    if done.returncode == 0:
        return "GREEN"
    if done.returncode == 1 and any(line.startswith("FAILED ") for line in lines):
        return "red"
    return "BROKEN: " + next((line for line in reversed(lines) if line.startswith(("ERROR", "E  "))), f"{lines[-1:]}")


def main(wanted: set[int]) -> int:
    """Print one line for each guard; 1 if any of them is anything but red."""
    chosen = [guard for guard in guards() if not wanted or guard.row in wanted]
    with tempfile.TemporaryDirectory(prefix="handoff-guards-") as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        trees: Queue[Path] = Queue()
        for number in range(AT_ONCE):
            trees.put(copied(Path(folder, str(number))))

        def judged(guard: Guard) -> str:
            tree = trees.get()
            try:
                return without(guard, tree)
            finally:
                trees.put(tree)

        verdicts = []
        for guard, verdict in zip(chosen, pool.map(judged, chosen), strict=True):
            print(f"{guard.row:>3}  {verdict:<6} {guard.test}", flush=True)
            verdicts.append(verdict)
    print(f"{verdicts.count('red')} of {len(chosen)} guards were missed by their tests when taken out.")
    return 0 if chosen and set(verdicts) == {"red"} else 1


if __name__ == "__main__":
    raise SystemExit(main({int(row) for row in sys.argv[1:]}))
