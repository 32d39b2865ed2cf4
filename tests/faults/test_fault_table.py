"""The table of faults in SECURITY.md is whole, and each test it names is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (R\d\d) \| (.+?) \| (.+?) \| (.+) \|$", re.MULTILINE)
ROWS = {found[1]: found for found in ROW.finditer((ROOT / "SECURITY.md").read_text())}
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


@cache
def functions_of(path: str) -> set[str]:
    """Return the names of the functions of a file."""
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_fault_has_its_row():
    assert list(ROWS) == [f"R{number:02}" for number in range(1, 41)]


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_row_names_tests_that_exist_or_gives_a_reason(row):
    proof = row[4]
    named = NAMED.findall(proof)
    assert named or proof.startswith("No test: ")
    for path, name in named:
        assert (ROOT / path).is_file(), path
        assert not name or name in functions_of(path), f"{path}::{name}"
    if not proof.startswith("No test: "):
        assert NAMED.sub("", proof).strip() == "", "a proof is a list of tests, or a reason"
