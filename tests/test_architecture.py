"""The import rules of the house, read off the syntax trees of every module."""

import ast
from pathlib import Path

import pytest
from modules import MODULES, TREES, imports_of

ROOT = Path(__file__).resolve().parent.parent
FEATURES = {"accounts", "sources", "clients", "documents", "readiness", "analytics"}
EDGE_NAMES = ("views", "jobs", "cli", "worker", "factory", "console")
GLUE = {
    "crm.web", "crm.guards", "crm.factory", "crm.cli", "crm.console", "crm.db", "crm.settings", "crm.crypto",
    "crm.recovery", "crm.clock", "crm.column_types", "crm.disk_pages", "crm.front_door", "crm.response_headers",
    "crm.servers", "crm.signing_keys", "crm.fresh", "crm.throttle_pages",
}  # fmt: skip
# Beside models, queries and services these touch the world; everything else in a feature is pure.
NOT_PURE = {
    "crm.accounts.sessions": "reads Flask's sessions off their rows",
    "crm.accounts.session_interface": "writes Flask's sessions to their rows",
    "crm.outreach.mailer": "speaks SMTP",
    "crm.outreach.smtp": "speaks SMTP",
    "crm.outreach.outbox": "the send states are rows",
    "crm.documents.render": "runs typst",
    "crm.documents.paper": "runs pdfium",
    "crm.documents.press": "runs typst, through render",
    "crm.keeping.move": "carries whole databases",
    "crm.keeping.archive": "reads and writes files",
    "crm.keeping.copying": "reads whole databases",
    "crm.keeping.disks": "asks the machine",
    "crm.keeping.restoring": "makes a database of its own fit, through the services",
    "crm.accounts.sign_in": "sets Flask-Security up",
    "crm.accounts.second_factor": "codes are used up in the database",
    "crm.accounts.proofs": "forms of Flask-Security, which look the secret up",
    "crm.accounts.sign_in_events": "writes down what Flask-Security says happened",
    "crm.demo.loading": "loads through the services",
    "crm.demo.filing": "loads through the services",
    "crm.demo": "hands its door on",
}
PURE_MAY_IMPORT = {"holidays", "icalendar", "phonenumbers", "email_validator", "zip2info", "crm"}
FRAMEWORKS = {
    "flask",
    "sqlalchemy",
    "wtforms",
    "flask_wtf",
    "flask_mail",
    "flask_security",
    "flask_login",
    "apscheduler",
}


def kind_of(name: str) -> str:
    last = name.rpartition(".")[2]
    if name in GLUE:
        return "glue"
    if any(last == edge or last.endswith(f"_{edge}") for edge in EDGE_NAMES):
        return "edge"
    for kind in ("forms", "queries", "service", "models"):
        if last == kind or last.endswith(f"_{kind}"):
            return kind
    return "other" if name in NOT_PURE else "pure"


@pytest.mark.parametrize("name", MODULES)
def test_imports_stand_at_the_top_of_the_file(name):
    top = set(TREES[name].body)
    guarded = {n for node in TREES[name].body if isinstance(node, ast.If) for n in node.body}
    inside = [found for found, node in imports_of(TREES[name]) if node not in top | guarded]
    assert inside == []


@pytest.mark.parametrize("name", [n for n in MODULES if kind_of(n) == "pure"])
def test_a_pure_module_knows_no_framework_no_database_and_no_clock(name):
    wrong = []
    for found, _node in imports_of(TREES[name]):
        if found.partition(".")[0] in FRAMEWORKS:
            wrong.append(found)
        if found in MODULES and kind_of(found) not in {"pure", "models"} and found not in {"crm.web"}:
            wrong.append(found)
        if found in {"crm.clock", "crm.db", "crm.web"}:
            wrong.append(found)
    assert wrong == []


@pytest.mark.parametrize("name", [n for n in MODULES if kind_of(n) in {"service", "queries", "models"}])
def test_services_queries_and_models_know_no_request(name):
    allowed = {"flask_security", "flask_sqlalchemy"}
    wrong = [f for f, _n in imports_of(TREES[name]) if f.partition(".")[0] in FRAMEWORKS - {"sqlalchemy"} - allowed]
    assert wrong == []
    assert [f for f, _n in imports_of(TREES[name]) if f in {"crm.web", "crm.factory"}] == []


@pytest.mark.parametrize("name", [n for n in MODULES if kind_of(n) == "forms"])
def test_forms_know_shape_only(name):
    wrong = [f for f, _n in imports_of(TREES[name]) if f in MODULES and kind_of(f) in {"service", "queries", "edge"}]
    assert wrong == []
    assert "crm.db" not in [f for f, _n in imports_of(TREES[name])]
    names = {alias.name for node in ast.walk(TREES[name]) if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert "g" not in names


@pytest.mark.parametrize("name", [n for n in MODULES if kind_of(n) not in {"edge", "glue"}])
def test_only_the_edge_commits(name):
    calls = [
        node.lineno
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert calls == []


def feature_of(name: str) -> str:
    parts = name.split(".")
    return parts[1] if len(parts) > 2 else ""


@pytest.mark.parametrize("name", [n for n in MODULES if kind_of(n) == "service"])
def test_service_calls_follow_the_arrows(name):
    """Features call the journal, the journal calls pipeline and outreach; nothing calls sideways or up."""
    below = {"journal": {"pipeline", "outreach"}, "pipeline": set(), "outreach": set()}
    mine = feature_of(name)
    allowed = below.get(mine, {"journal"}) | {mine}
    wrong = [
        f
        for f, _n in imports_of(TREES[name])
        if f in MODULES and kind_of(f) == "service" and feature_of(f) not in allowed
    ]
    assert wrong == []


def test_no_circle_of_imports():
    edges = {name: {f for f, _n in imports_of(TREES[name]) if f in MODULES} for name in MODULES}
    done: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, f"circle: {' -> '.join((*path, name))}"
        if name not in done:
            for other in sorted(edges[name] - {name}):
                walk(other, (*path, name))
            done.add(name)

    for name in MODULES:
        walk(name, ())


@pytest.mark.parametrize(
    "package",
    [
        "crm.outreach.digest",
        "crm.outreach.digest_jobs",
        "crm.outreach.action_links",
        "crm.outreach.calendar_feed",
        "crm.outreach.feed_service",
    ],
)
def test_what_leaves_the_house_cannot_reach_the_keys(package):
    assert "crm.crypto" not in [found for found, _node in imports_of(TREES[package])]


@pytest.mark.parametrize("path", sorted((ROOT / "crm").rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_is_too_long(path):
    assert len(path.read_text().splitlines()) <= 300


def test_a_function_over_sixty_lines_says_why_it_is_one_piece():
    long = [
        f"{name}.{node.name}"
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and (node.end_lineno or 0) - node.lineno >= 60
        and "In one piece, because" not in (ast.get_docstring(node) or "")
    ]
    assert long == []


def test_only_the_clock_module_asks_for_the_time():
    callers = {
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "utcnow", "today"}
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date"}
    }
    assert callers == {"crm.clock"}
