"""Each guard that can be taken out stands where its file says, and no row goes without one."""

import ast
import tomllib

import guards
import pytest

GUARDS = guards.script().guards()
IDS = [f"{guard.row}-{number}" for number, guard in enumerate(GUARDS)]


@pytest.mark.parametrize("guard", GUARDS, ids=IDS)
def test_a_guard_stands_exactly_once_in_its_file(guard):
    assert (guards.ROOT / guard.file).read_text().count(guard.take) == 1
    assert guard.take != guard.leave


@pytest.mark.parametrize("guard", [guard for guard in GUARDS if guard.file.endswith((".py", ".toml"))])
def test_what_is_left_without_a_guard_can_still_be_read(guard):
    left = (guards.ROOT / guard.file).read_text().replace(guard.take, guard.leave)
    (ast.parse if guard.file.endswith(".py") else tomllib.loads)(left)


@pytest.mark.parametrize("guard", GUARDS, ids=IDS)
def test_a_guard_names_a_test_of_its_row_that_exists(guard):
    path, _, name = guard.test.partition("::")
    assert name.partition("[")[0] in guards.functions_of(path)
    assert name.startswith(f"test_row_{guard.row:02}_")


@pytest.mark.parametrize("row", guards.ROWS)
def test_a_row_has_a_guard_or_is_waived(row):
    assert row in {guard.row for guard in GUARDS} | guards.waived()
