"""The guards of tests/security/guards, and the rows of SECURITY.md they belong to."""

import ast
import importlib.util
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ROWS = range(1, 77)
ROW = re.compile(r"^\| (\d{1,2}) \| ([^|]+?) \| ([^|]+?) \|$", re.MULTILINE)
WAIVED = "Waived: "


@cache
def script() -> Any:
    """Return scripts/without_guards.py as a module."""
    spec = importlib.util.spec_from_file_location("without_guards", ROOT / "scripts/without_guards.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # a dataclass looks its module up
    spec.loader.exec_module(module)
    return module


@cache
def security_rows() -> dict[int, tuple[str, str]]:
    """Return what SECURITY.md says of each row: what the product does, and its proof."""
    found = ROW.findall((ROOT / "SECURITY.md").read_text())
    assert len(found) == len({number for number, _, _ in found}), "a row stands twice"
    return {int(number): (does, proof) for number, does, proof in found}


def waived() -> set[int]:
    """Return the rows that are waived, with a reason."""
    return {row for row, (_, proof) in security_rows().items() if proof.startswith(WAIVED)}


@cache
def functions_of(path: str) -> frozenset[str]:
    """Return the names of the functions of a file."""
    tree = ast.parse((ROOT / path).read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@cache
def tests_of_row(row: int) -> frozenset[str]:
    """Return the tests named after a row, as `path::name`."""
    files = (str(path.relative_to(ROOT)) for path in sorted((ROOT / "tests/security").rglob("test_*.py")))
    return frozenset(
        f"{file}::{name}" for file in files for name in functions_of(file) if name.startswith(f"test_row_{row:02}_")
    )
