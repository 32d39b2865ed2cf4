"""Change one rule of config/ or one line of a pure module at a time, in a copy of this tree, and see a test fail.

    python scripts/mutate.py          twenty rules and twenty lines, chosen by chance
    python scripts/mutate.py 7        the same ones each time: those of seed 7

What is changed and not noticed is printed with its line; the end is then 1.
"""

import ast
import hashlib
import re
import secrets
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

from without_guards import AT_ONCE, ROOT, copied, verdict

sys.path.insert(0, str(ROOT / "tests"))
from test_architecture import kind_of

EACH = 20
# Which tests know of a file of rules; a pure module is known by the tests of its feature.
RULES = {
    "cadence": "outreach", "kinds": "outreach", "scope_language": "documents", "letters": "documents",
    "phrases": "documents", "measures": "clients", "safety": "clients", "pipeline": "pipeline",
    "provider_columns": "sources", "specialties": "sources", "niches": "readiness", "practice_texts": "readiness",
    "readiness": "readiness", "setup_plan": "readiness",
}  # fmt: skip
RULE = re.compile(r'^\w+ = (?P<value>-?\d+(?:\.\d+)?|true|false|"[+-]\d+b?d")$')
COMPARED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "in": "not in", "is": "is not"}


@dataclass(frozen=True)
class Change:
    """Characters of one line, what takes their place, and the tests that ought to see it."""

    file: str
    line: int  # from 1
    start: int
    end: int
    by: str
    tests: str

    def applied(self, text: str) -> str:
        """Return the text of the file with the change in it."""
        lines = text.splitlines(keepends=True)
        old = lines[self.line - 1]
        lines[self.line - 1] = old[: self.start] + self.by + old[self.end :]
        return "".join(lines)


def rules() -> Iterator[Change]:
    """Yield a change for each number, switch and offset in config/."""
    for name, tests in RULES.items():
        for number, line in enumerate((ROOT / f"config/{name}.toml").read_text().splitlines(), 1):
            if found := RULE.match(line):
                yield Change(
                    f"config/{name}.toml", number, *found.span("value"), other(found["value"]), f"tests/{tests}"
                )


def other(value: str) -> str:
    """Return another value of the same kind: a number one higher, a switch turned, an offset a day longer."""
    if value in {"true", "false"}:
        return "false" if value == "true" else "true"
    if value.startswith('"'):
        return re.sub(r"\d+", lambda digits: str(int(digits[0]) + 1), value)
    return f"{float(value) + 1:g}"


def lines() -> Iterator[Change]:
    """Yield a change for each comparison, number and joining word in the pure modules of the features."""
    for path in sorted((ROOT / "crm").glob("*/**/*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        tests = f"tests/{path.relative_to(ROOT).parts[1]}"
        if kind_of(name) != "pure" or not (ROOT / tests).is_dir():
            continue
        text = path.read_text()
        for node in ast.walk(ast.parse(text)):
            for number, start, end, by in changes(node, text.splitlines()):
                yield Change(str(path.relative_to(ROOT)), number, start, end, by, tests)


def changes(node: ast.AST, text: list[str]) -> Iterator[tuple[int, int, int, str]]:
    """Yield line, first and last place, and replacement."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield from between(node.left, node.comparators[0], text, COMPARED)
    elif isinstance(node, ast.BoolOp):
        yield from between(node.values[0], node.values[1], text, {"and": "or", "or": "and"})
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield node.lineno, node.col_offset, node.end_col_offset or 0, str(node.value + 1)


def between(
    left: ast.expr, right: ast.expr, text: list[str], swaps: dict[str, str]
) -> Iterator[tuple[int, int, int, str]]:
    """Yield the swap of a word between two expressions of one line; a line with wider letters is left out."""
    number, start, end = right.lineno, left.end_col_offset or 0, right.col_offset
    word = text[number - 1][start:end].strip()
    if left.end_lineno == number and text[number - 1].isascii() and word in swaps:
        at = text[number - 1].index(word, start)
        yield number, at, at + len(word), swaps[word]


def judged(change: Change, trees: "Queue[Path]") -> str:
    """Return what became of the tests with the change in place."""
    tree = trees.get()
    file = tree / change.file
    whole = file.read_text()
    try:
        file.write_text(change.applied(whole))
        return verdict(["-m", "not browser", change.tests], tree)
    finally:
        file.write_text(whole)
        trees.put(tree)


def lot(seed: int, change: Change) -> bytes:
    """Return what orders changes by chance, the same for the same seed."""
    return hashlib.sha256(f"{seed} {change}".encode()).digest()


def main(seed: int) -> int:
    """Print one line for each change; 1 if any of them was not noticed."""
    chosen = [change for found in (rules(), lines()) for change in sorted(found, key=lambda one: lot(seed, one))[:EACH]]
    missed = 0
    with tempfile.TemporaryDirectory(prefix="handoff-mutants-") as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        trees: Queue[Path] = Queue()
        for number in range(AT_ONCE):
            trees.put(copied(Path(folder, str(number))))
        for change, told in zip(chosen, pool.map(lambda change: judged(change, trees), chosen), strict=True):
            line = change.applied((ROOT / change.file).read_text()).splitlines()[change.line - 1].strip()
            print(f"{told[:6]:<6} {change.file}:{change.line}  {line}", flush=True)
            missed += told == "GREEN"
    print(f"seed {seed}: {len(chosen) - missed} of {len(chosen)} changes were noticed.")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else secrets.randbelow(10_000)))
