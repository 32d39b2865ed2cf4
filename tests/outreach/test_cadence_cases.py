"""Every worked case gives exactly its expected output, through the functions and through the command."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from crm.outreach.cadence import BadInput, parse_case, plan_to_json, simulate
from crm.outreach.cadence_cli import cadence

CASES = sorted((Path(__file__).parent.parent / "cases").glob("*/*.json"))
IDS = [f"{path.parent.name}/{path.stem}" for path in CASES]


def output_of(case):
    try:
        given = parse_case(case)
    except BadInput as error:
        return {"error": {"field": error.field}}
    return plan_to_json(simulate(given.practice, given.sources, given.clients, given.events, given.as_of))


@pytest.mark.parametrize("path", CASES, ids=IDS)
def test_a_worked_case_gives_what_it_expects(path):
    case = json.loads(path.read_text())
    assert output_of(case) == case["expected"]


# Where bad input is refused, the place of the event is part of the answer.
PLANNED = [path for path in CASES if "error" not in json.loads(path.read_text())["expected"]]


@pytest.mark.parametrize("path", PLANNED, ids=[path.stem for path in PLANNED])
def test_the_order_of_the_events_does_not_matter(path):
    case = json.loads(path.read_text())
    case["input"]["events"].reverse()
    assert output_of(case) == case["expected"]


def test_the_command_prints_the_expected_output():
    path = next(path for path in CASES if path.stem == "25-whole-journey")
    result = CliRunner().invoke(cadence, ["simulate", str(path)])
    assert result.exit_code == 0
    assert json.loads(result.output) == json.loads(path.read_text())["expected"]


def test_the_command_reads_standard_input():
    case = {"practice": {"time_zone": "America/New_York"}, "as_of": "2026-06-01", "events": []}
    result = CliRunner().invoke(cadence, ["simulate", "-"], input=json.dumps(case))
    assert result.exit_code == 0
    assert json.loads(result.output) == {"as_of": "2026-06-01", "tasks": [], "ignored": []}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"{", id="broken"),
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe\x00", id="binary"),
        pytest.param(b"NaN", id="a constant JSON does not have"),
        pytest.param(b"[" * 100_000, id="nested without end"),
        pytest.param(b"[]", id="not an object"),
        pytest.param(b'{"input": 7}', id="input is not an object"),
    ],
)
def test_what_is_not_a_json_object_is_refused_as_a_whole(content, tmp_path):
    path = tmp_path / "case.json"
    path.write_bytes(content)
    result = CliRunner().invoke(cadence, ["simulate", str(path)])
    assert result.exit_code == 2
    assert json.loads(result.output)["error"]["field"] == "$"


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "missing.json"):
        result = CliRunner().invoke(cadence, ["simulate", str(path)])
        assert result.exit_code == 2
        assert json.loads(result.output)["error"]["field"] == "$"


def test_bad_input_names_its_field_and_exits_with_two():
    path = next(path for path in CASES if path.stem == "08-unknown-client-is-an-error")
    result = CliRunner().invoke(cadence, ["simulate", str(path)])
    assert result.exit_code == 2
    error = json.loads(result.output)["error"]
    assert error["field"] == "events[1].client"
    assert error["message"]
