"""Row 34: mail goes to the server the settings name, encrypted, or it waits; a password never travels before that."""

from datetime import timedelta

import mailroom
import outside
import pytest
from certificates import Authority
from smtp_server import Do, SmtpServer, Step

from crm.clock import utcnow
from crm.db import db
from crm.outreach import jobs, mailer
from crm.outreach.models import MessageState
from crm.outreach.smtp import Limits

BAD = {
    "self-signed": ({"self_signed": True}, "not accepted"),
    "another name": ({"host": "elsewhere.example"}, "not accepted"),
    "expired": ({"days": -1}, "not accepted"),
    "STARTTLS stripped": (None, "does not offer encryption"),
}


@pytest.fixture
def desk(settings, warm, server):
    with outside.served(settings, warm, server) as product:
        outside.people(product.app)
        yield product


def send_by(product, server: SmtpServer, authority: Authority) -> None:
    """Let the clock's jobs run once against a mail server that wants a password inside TLS."""
    product.sql("UPDATE heartbeat SET channel_paused = '', channel_next_at = NULL")
    product.sql("UPDATE outbox_message SET next_at = created_at")
    mail = {"MAIL_PORT": str(server.port), "MAIL_USE_TLS": "true", "MAIL_USERNAME": "desk", "MAIL_PASSWORD": "secret"}
    code, said = product.flask("worker", "--once", environment=mail | {"MAIL_CA_FILE": str(authority.file)})
    assert code == 0, said


def test_row_34_a_server_that_cannot_prove_its_name_gets_no_password_and_no_mail(desk, tmp_path):
    authority = Authority(tmp_path)
    with desk.app.app_context():
        mailroom.put("task:row34", now=utcnow(), subject="Row 34")
        db.session.remove()
    for name, (certificate, said) in BAD.items():
        tls = None if certificate is None else authority.server(**certificate)
        with SmtpServer(tls=tls, password="secret") as server:
            send_by(desk, server, authority)
            assert server.commands, name
            assert not {"AUTH", "MAIL", "RCPT", "DATA"} & set(server.commands), (name, server.commands)
            assert server.kept == []
        assert desk.sql("SELECT state FROM outbox_message WHERE key = 'task:row34'") == [("retry",)], name
        page = desk.sign_in().get("/outbox").text
        assert said in page, name
    with SmtpServer(tls=authority.server(), password="secret") as server:
        send_by(desk, server, authority)
        assert [kept.message["Subject"] for kept in server.kept if kept.message["Subject"] == "Row 34"] == ["Row 34"]
        assert server.commands.index("STARTTLS") < server.commands.index("AUTH") < server.commands.index("DATA")
    assert said not in desk.sign_in().get("/outbox").text


def test_row_34_a_password_is_not_said_in_the_clear_even_to_this_machine(desk):
    mail = {"MAIL_USE_TLS": "false", "MAIL_USERNAME": "desk", "MAIL_PASSWORD": "secret"}
    later = utcnow() + timedelta(days=1)  # so that the desk's own clock leaves it alone
    with desk.app.app_context():
        mailroom.put("task:row34", now=later)
        db.session.remove()
    tick = ("worker", "--once", "--now", (later + timedelta(minutes=1)).isoformat())
    assert desk.flask(*tick, environment=mail)[0] == 0
    assert desk.mailbox.talks == []


@pytest.mark.parametrize("step", [Step.CONNECT, Step.EHLO, Step.MAIL, Step.RCPT])
def test_row_34_a_silent_server_is_let_go_and_the_mail_waits(settings, clock, server, monkeypatch, step):
    usual = Limits()
    assert (usual.connect, usual.reply, usual.total) == (10, 60, 120)
    monkeypatch.setattr(mailer, "Limits", lambda: Limits(connect=1, reply=0.3, total=0.5, quit=0.2))
    server.at(step, Do.STAY_SILENT)
    with mailroom.desk_with_a_source(settings, clock, server.port):
        mailroom.put("task:silent", now=clock.now)
        jobs.send_outbox(now=clock.now)
        row = mailroom.rows()["task:silent"]
        assert (row.state, row.lease_until) == (MessageState.RETRY, None)
        assert row.reply == "The mail server did not answer in time."
        assert server.kept == []
