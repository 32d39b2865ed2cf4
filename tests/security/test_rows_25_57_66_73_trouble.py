"""Rows 25, 57, 66 and 73: errors tell nothing of the inside, notices hold no secret, log lines cannot be forged."""

import json
import os
import re

import pytest

from crm.db import writing
from crm.keeping import trouble_service
from crm.keeping.trouble_models import TroubleKind
from crm.settings import SettingsError, load_settings

NASTY = 'x"}\n{"event":"forged"}\r\n\u2028\x1b[31m'


GREETINGS = ("Handoff is at ", "Set it up within an hour: ")  # to a person at the terminal, on standard output


def lines_of(product):
    return [line for line in product.logged().split("\n") if line and not line.startswith(GREETINGS)]


def test_row_25_a_broken_page_says_a_number_that_the_log_has_and_nothing_else(product):
    owner = product.sign_in()
    product.sql("""UPDATE practice SET time_zone = 'Poison/Nowhere-SELECT' WHERE id = (SELECT min(id) FROM practice)""")
    try:
        answer = owner.get("/pipeline")
    finally:
        product.sql("UPDATE practice SET time_zone = 'America/New_York' WHERE id = (SELECT min(id) FROM practice)")
    assert answer.status == 500
    number = re.search(r"\b[0-9a-f]{8}\b", answer.text)[0]
    assert number in product.logged()
    for inside in ("Traceback", ".py", "SELECT", "Poison", "zoneinfo"):
        assert inside not in answer.text
    assert "Poison" not in product.logged()


def test_row_25_debug_cannot_be_switched_on_where_people_come_in(monkeypatch, tmp_path):
    monkeypatch.setenv("FLASK_DEBUG", "1")
    with pytest.raises(SettingsError, match="FLASK_DEBUG"):
        load_settings(data_dir=tmp_path, base_url="https://desk.example.com")
    assert load_settings(data_dir=tmp_path, base_url="http://localhost")


def test_row_57_a_new_calendar_address_is_told_by_mail_without_its_secret(product):
    owner = product.sign_in()
    made = owner.post("/calendar/feeds", {"name": "Told", "kind": "all", "days_back": 90, "days_ahead": 370})
    token = re.search(r"/cal/([^\"' ]+?)\.ics", made.text)[1]
    told = product.sql("SELECT recipient, subject, text FROM outbox_message WHERE key LIKE 'notice:%:new_feed:%'")
    recipient, subject, text = told[-1]
    assert (recipient, subject) == ("owner@example.com", "A new calendar address was made")
    assert "From: 127.0.0.1" in text
    assert "If it was not" in text
    assert token not in str(told)
    assert not re.search(r"C-\d{4}", text)


def test_row_66_whatever_is_asked_each_line_of_the_log_is_one_object(product):
    visitor = product.visitor()
    for bad in ("x%0a%7b%22event%22:%22forged%22%7d", "%0d%0aforged", "%1b[31m", "%e2%80%a8forged"):
        visitor.get(f"/{bad}")
        visitor.get(f"/cal/{bad}.ics", User_Agent='forged"}{"event":"forged"}\x1b[31m')
        visitor.post("/login", {"email": NASTY, "password": NASTY})
    visitor.ask("POST", "/pipeline/1/move", "x=1")
    lines = lines_of(product)
    assert [line for line in lines if not isinstance(json.loads(line), dict)] == []
    assert [line for line in lines if json.loads(line).get("event") == "forged"] == []
    assert any(json.loads(line)["event"] == "refused" for line in lines)
    code, said = product.flask("worker", "--once")
    assert code == 0, said
    assert os.linesep not in json.dumps(NASTY)


def test_row_66_a_library_writes_its_lines_as_objects_and_none_of_its_values(capsys, app):
    app.logger.error("it broke at %s", NASTY)
    line = capsys.readouterr().err.splitlines()[-1]
    assert json.loads(line)["text"] == "it broke at %s"
    assert "forged" not in line


def test_row_73_a_thousand_reports_leave_forty_rows(product):
    visitor = product.visitor()
    for number in range(1000):
        report = {"csp-report": {"effective-directive": f"made-up-{number}", "document-uri": f"http://x/{number}"}}
        assert visitor.ask("POST", "/csp-report", json.dumps(report)).status == 204
    for body in ("", "[]", "[" * 5000, '{"csp-report": 3}', "\xff"):
        assert visitor.ask("POST", "/csp-report", body.encode("latin-1")).status in {204, 413}
    assert visitor.ask("POST", "/csp-report", b"x" * 20_000).status == 413
    rows = product.sql("SELECT place, count FROM trouble_count WHERE kind = 'csp'")
    assert 1 <= len(rows) <= 41
    assert "made-up" not in str(rows)
    assert "A browser refused what a page asked of it" in product.sign_in().get("/clock").text


def test_row_73_more_places_than_forty_are_counted_together(app, clock):
    with app.app_context(), writing():
        for number in range(100):
            trouble_service.count({(TroubleKind.CSP, f"place {number}"): 2}, now=clock.now)
        rows = trouble_service.counted(now=clock.now, days=1)
    assert len(rows) == 41
    assert sum(times for _kind, _place, times, _on in rows) == 200
    assert rows[0][1] == trouble_service.ELSEWHERE
