"""What stands in deploy/ can be run: its commands exist, nothing secret stands in it, and its roles are enough."""

import configparser
import re
import shlex
from pathlib import Path

import builders
import psycopg
import pytest
import yaml
from flask_migrate import upgrade
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError

from crm.accounts.models import Practice
from crm.db import db, writing
from crm.factory import create_app
from crm.outreach.worker import Worker
from crm.settings import load_settings

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = ["init", "web-1", "web-2", "worker-1", "worker-2"]
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def exists(app, words: list[str]) -> bool:
    command = app.cli.commands[words[1]]
    return words[0].endswith("flask") and command.make_context(words[1], words[2:], resilient_parsing=True) is not None


def test_the_services_are_those_of_the_paper():
    assert sorted(SERVICES) == sorted(["database", "caddy", *OURS])


@pytest.mark.parametrize("name", OURS)
def test_a_service_runs_a_command_we_have_and_can_do_little_else(app, name):
    service = SERVICES[name]
    assert exists(app, service["command"])
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert "ports" not in service
    keys = "keys:/keys" if name == "init" else "keys:/keys:ro"
    assert keys in service["volumes"]


@pytest.mark.parametrize("name", ["web-1", "web-2", "worker-1", "worker-2"])
def test_only_init_speaks_as_the_owner_of_the_tables(name):
    assert SERVICES[name]["environment"]["HANDOFF_DATABASE_URL"] == "postgresql://handoff@database/handoff"
    assert "db_owner_password" not in str(SERVICES[name])
    assert "handoff_owner@" in SERVICES["init"]["environment"]["HANDOFF_DATABASE_URL"]
    assert SERVICES[name]["depends_on"] == {"init": {"condition": "service_completed_successfully"}}


def test_every_secret_is_a_file_and_no_value_of_one_stands_here():
    assert all(list(secret) == ["file"] for secret in COMPOSE["secrets"].values())
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert not re.search("PASSWORD|SECRET|KEY", name) or str(value).startswith("/run/secrets/"), name
            assert not re.search(r"://[^@/]*:[^@/]*@", str(value)), name
        for secret in service.get("secrets", []):
            assert (secret if isinstance(secret, str) else secret["source"]) in COMPOSE["secrets"]


def test_what_must_be_up_is_asked_whether_it_is():
    assert all("healthcheck" in SERVICES[name] for name in ("database", "web-1", "web-2"))
    assert SERVICES["caddy"]["depends_on"] == {name: {"condition": "service_healthy"} for name in ("web-1", "web-2")}
    assert COMPOSE["networks"]["inside"]["internal"]


def test_caddy_asks_the_web_nodes_there_are():
    assert re.search(r"reverse_proxy web-1:8000 web-2:8000 ", (DEPLOY / "Caddyfile").read_text())


def test_the_image_runs_as_nobody_in_particular_and_copies_what_is_there():
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    assert "USER 10001:10001" in lines
    for line in lines:
        if line.startswith("COPY") and "--from" not in line:
            for path in [word for word in line.split()[1:-1] if not word.startswith("--")]:
                assert (DEPLOY.parent / path).exists(), path


@pytest.mark.parametrize("name", OURS)
def test_a_service_may_write_where_its_backups_go(name):
    image = (DEPLOY / "Dockerfile").read_text()
    folder = re.search(r"HANDOFF_BACKUP_DIR=(\S+)", image)[1]
    assert f"backups:{folder}" in SERVICES[name]["volumes"]
    assert f'"{folder}"' in re.search(r"VOLUME (.*)", image)[1]


def service_of(path: Path) -> configparser.SectionProxy:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(path)
    return unit["Service"]


@pytest.mark.parametrize("name", ["handoff.service", "handoff-worker.service"])
def test_a_unit_with_the_clock_may_write_where_its_backups_go(name):
    service = service_of(DEPLOY / "systemd" / name)
    data = Path(re.search(r"HANDOFF_DATA_DIR=(\S+)", (DEPLOY / "systemd" / name).read_text())[1])
    backups = load_settings(data_dir=data).backup_path
    assert [f"/var/lib/{folder}" for folder in service["StateDirectory"].split()] == [str(data), str(backups)]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_a_command_we_have_and_is_closed(app, path):
    service = service_of(path)
    assert exists(app, shlex.split(service["ExecStart"]))
    assert (service["NoNewPrivileges"], service["ProtectSystem"], service["User"]) == ("yes", "strict", "handoff")


@pytest.mark.postgresql
def test_the_desk_works_as_a_role_that_can_change_no_table(settings, postgres, clock):
    bare = make_url(postgres.new_database(bare=True))
    with psycopg.connect(bare.render_as_string(hide_password=False), autocommit=True) as admin:
        admin.execute("CREATE ROLE handoff_owner LOGIN")
        admin.execute("CREATE ROLE handoff LOGIN")
        admin.execute((DEPLOY / "postgres" / "20-grants.sql").read_text())

    def app_of(role: str):
        url = bare.set(drivername="postgresql+psycopg", username=role).render_as_string(hide_password=False)
        app = create_app(settings.model_copy(update={"database_url": url}), clock)
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        return app

    with app_of("handoff_owner").app_context():
        upgrade()
        db.engine.dispose()
    app = app_of("handoff")
    with app.app_context():
        browser = builders.signed_in(app)
        with writing():
            builders.source(last_name="Marsh", added_on=builders.day("2026-04-01"))
        assert browser.post("/quick-add", data={"line": "ring", "kind": "call", "due": "2026-05-07"}).status_code == 303
        assert browser.get("/").status_code == 200
        assert None not in Worker(app).run_once(clock.now).values()
        for statement in (
            "CREATE TABLE mine (id integer)",
            "DROP TABLE task",
            "TRUNCATE journal_entry",
            "ALTER TABLE journal_entry DISABLE TRIGGER ALL",
        ):
            with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), writing():
                db.session.execute(text(statement))
        assert db.session.query(Practice).count() == 1
        db.session.remove()
        db.engine.dispose()
    postgres.drop(bare.render_as_string(hide_password=False))
