"""Row 61: between machines the database is known by its certificate, and pages work as a role that changes no table."""

import json
import os
from pathlib import Path

import psycopg
import pytest
import yaml
from psycopg.errors import InsufficientPrivilege
from sqlalchemy.engine import make_url

ROOT = Path(__file__).resolve().parents[2]
FINDING = "way to the database"


def finding(product, url: str) -> dict[str, str]:
    """Ask the doctor about a database that is nowhere: the way there is judged before anything is sent."""
    _code, said = product.flask("doctor", "--json", environment={"HANDOFF_DATABASE_URL": url, "PGCONNECT_TIMEOUT": "1"})
    told = json.loads(said[said.index("{") :].splitlines()[0])
    return next(one for one in told["findings"] if one["name"] == FINDING)


@pytest.mark.parametrize(
    ("url", "state"),
    [
        pytest.param("postgresql://handoff@10.255.255.1/handoff", "bad", id="nothing said"),
        pytest.param("postgresql://handoff@db.invalid/handoff?sslmode=require", "bad", id="encrypted to anybody"),
        pytest.param("postgresql://handoff@db.invalid/handoff?sslmode=verify-full", "ok", id="verified"),
        pytest.param("postgresql://handoff@database/handoff", "warn", id="a network of containers"),
        pytest.param("postgresql://handoff@127.0.0.1:1/handoff", "ok", id="this machine"),
    ],
)
def test_row_61_a_database_on_another_machine_has_to_be_known_by_its_certificate(product, url, state):
    told = finding(product, url)
    assert told["state"] == state, told
    assert state == "ok" or "sslmode=verify-full" in told["way_out"]


def test_row_61_the_papers_say_so_both_roles_are_made_and_ci_runs_on_both_databases():
    paper = (ROOT / "deploy/README.md").read_text()
    assert "sslmode=verify-full" in paper
    services = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())["services"]
    assert "handoff_owner@" in services["init"]["environment"]["HANDOFF_DATABASE_URL"]
    assert "//handoff@" in services["web-1"]["environment"]["HANDOFF_DATABASE_URL"]
    assert "HANDOFF_TEST_DATABASE=postgresql" in (ROOT / ".ci/run").read_text() + (ROOT / "Makefile").read_text()


@pytest.mark.postgresql
def test_row_61_the_role_of_the_pages_can_make_change_and_empty_no_table(settings, postgres):
    url = make_url(settings.database_url).set(drivername="postgresql")
    as_admin = url.render_as_string(hide_password=False)
    role = f"handoff_{os.getpid()}"
    with psycopg.connect(as_admin, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {role} LOGIN")
        admin.execute(f"CREATE ROLE {role}_owner LOGIN")
        grants = (ROOT / "deploy/postgres/20-grants.sql").read_text()
        admin.execute(grants.replace("handoff_owner", f"{role}_owner").replace("TO handoff;", f"TO {role};"))
        admin.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
    as_desk = url.set(username=role).render_as_string(hide_password=False)
    refused = [
        "CREATE TABLE mine (a int)",
        "ALTER TABLE client ADD mine int",
        "DROP TABLE client",
        "TRUNCATE journal_entry",
        "ALTER TABLE journal_entry DISABLE TRIGGER ALL",
    ]
    with psycopg.connect(as_desk, autocommit=True) as desk:
        assert desk.execute("SELECT count(*) FROM client").fetchone() == (0,)
        for statement in refused:
            with pytest.raises(InsufficientPrivilege):
                desk.execute(statement)
