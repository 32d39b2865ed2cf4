"""Mail through real sockets: what arrives, and what each way of going wrong comes to."""

import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import flask_mail
import pytest
from certificates import Authority
from flask import Flask
from smtp_server import Do, SmtpServer, Step

from crm.outreach import mailer
from crm.outreach.models import MessageKind
from crm.outreach.sending import ChannelDown, Claim, Failed, Outcome, Retry, Sent, Unknown
from crm.outreach.smtp import Limits
from crm.settings import load_settings

SHORT = Limits(connect=0.5, reply=0.3, total=0.6, quit=0.1)
ROOMY = Limits(connect=5, reply=5, total=5, quit=0.2)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


def app_with(port: int, **mail: object) -> Flask:
    values = {"mail_server": "127.0.0.1", "mail_port": port, "mail_use_tls": False} | mail
    app = Flask("mail")
    settings = load_settings(data_dir=Path("nowhere"), base_url="http://localhost")
    app.extensions["handoff"] = SimpleNamespace(settings=settings.model_copy(update=values))
    mailer.init_app(app)
    return app


def claim(**values: object) -> Claim:
    defaults = {
        "id": 7,
        "token": 1,
        "attempts": 1,
        "kind": MessageKind.NOTICE,
        "message_id": "<7@desk.example>",
        "recipient": "owner@example.com",
        "subject": "3 tasks due – 1 urgent",
        "text": "Call Dr. Helen Marsh, MD\n.\nA line that begins with a dot: café\n",
        "html": "<p>Call Dr. Helen Marsh, MD – café</p>",
        "created_at": datetime(2026, 5, 6, 11, 0, tzinfo=UTC),
    }
    return Claim(**(defaults | values))


def deliver(
    app: Flask, message: Claim | None = None, *, limits: Limits = ROOMY, on_data: list[str] | None = None
) -> Outcome:
    calls: list[str] = [] if on_data is None else on_data
    with app.app_context(), mailer.connect(limits) as connection:
        return connection.deliver(mailer.compose(message or claim()), on_data=lambda: calls.append("data"))


def test_a_message_arrives_as_it_was_composed(server):
    assert deliver(app_with(server.port, mail_default_sender="Northside <desk@example.com>")) == Sent("250 kept")
    [kept] = server.kept
    assert (kept.sender, kept.recipients) == ("desk@example.com", ["owner@example.com"])
    assert kept.content.isascii()
    message = kept.message
    assert message["Subject"] == "3 tasks due – 1 urgent"
    assert message["Message-ID"] == "<7@desk.example>"
    assert message["To"] == "owner@example.com"
    text = message.get_body(("plain",)).get_content()
    assert text.splitlines() == ["Call Dr. Helen Marsh, MD", ".", "A line that begins with a dot: café"]
    assert "café" in message.get_body(("html",)).get_content()


def test_a_message_carries_a_fixed_set_of_headers(server):
    deliver(app_with(server.port))
    assert set(server.kept[0].message.keys()) == {
        "Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted",
    }  # fmt: skip


def test_the_same_row_gives_the_same_bytes_again(server):
    app = app_with(server.port)
    plain = claim(html="")
    deliver(app, plain)
    deliver(app, plain)
    assert server.kept[0].content == server.kept[1].content


def test_what_is_sent_can_be_recorded_by_flask_mail(server):
    app = app_with(server.port)
    with app.app_context(), flask_mail.Mail(app).record_messages() as recorded:
        deliver(app)
    assert [message.recipients for message in recorded] == [["owner@example.com"]]


def test_a_delivered_message_is_no_failure_when_the_server_hangs_up_early(server):
    server.at(Step.REPLIED, Do.HANG_UP)
    assert isinstance(deliver(app_with(server.port)), Sent)


@pytest.mark.parametrize("what", [Do.HANG_UP, Do.STAY_SILENT, "500 what", "garbage"])
def test_trouble_at_quit_changes_nothing(server, what):
    server.at(Step.QUIT, what)
    assert isinstance(deliver(app_with(server.port)), Sent)


@pytest.mark.parametrize(
    ("step", "answer", "outcome"),
    [
        pytest.param(Step.CONNECT, "421 busy", Retry("421 busy", server_down=True), id="busy at the greeting"),
        pytest.param(Step.CONNECT, "554 no service", ChannelDown("554 no service"), id="no service at all"),
        pytest.param(Step.EHLO, "421 busy", Retry("421 busy", server_down=True), id="busy at EHLO"),
        pytest.param(Step.MAIL, "451 later", Retry("451 later"), id="sender: later"),
        pytest.param(Step.MAIL, "550 no", Failed("550 no"), id="sender: never"),
        pytest.param(Step.MAIL, "530 sign in", ChannelDown("530 sign in"), id="sender: sign in first"),
        pytest.param(Step.RCPT, "450 greylisted", Retry("450 greylisted"), id="recipient: later"),
        pytest.param(Step.RCPT, "421 bye", Retry("421 bye", server_down=True), id="recipient: server leaves"),
        pytest.param(Step.RCPT, "550 unknown user", Failed("550 unknown user"), id="recipient: never"),
        pytest.param(Step.DATA, "452 full", Retry("452 full"), id="data: later"),
        pytest.param(Step.DATA, "554 no", Failed("554 no"), id="data: never"),
        pytest.param(Step.DOT, "451 later", Retry("451 later"), id="message: later"),
        pytest.param(Step.DOT, "552 too big", Failed("552 too big"), id="message: never"),
        pytest.param(Step.DOT, "wat", Unknown("-1"), id="message: an answer nobody understands"),
    ],
)
def test_an_answer_is_judged_by_its_phase(server, step, answer, outcome):
    server.at(step, answer)
    assert deliver(app_with(server.port)) == outcome
    assert server.kept == []


@pytest.mark.parametrize("what", [Do.HANG_UP, Do.STAY_SILENT])
@pytest.mark.parametrize(
    ("step", "outcome"),
    [
        (Step.CONNECT, Retry),
        (Step.EHLO, Retry),
        (Step.MAIL, Retry),
        (Step.RCPT, Retry),
        (Step.DATA, Unknown),
        (Step.BODY, Unknown),
        (Step.DOT, Unknown),
        (Step.KEPT, Unknown),
    ],
)
def test_silence_before_data_is_tried_again_and_after_it_is_doubt(server, step, outcome, what):
    """R04: the server stays silent; R11: it keeps the message and its 250 comes too late or never."""
    server.at(step, what)
    calls: list[str] = []
    got = deliver(app_with(server.port), limits=SHORT, on_data=calls)
    assert isinstance(got, outcome)
    assert calls == (["data"] if outcome is Unknown else [])
    assert len(server.kept) == (1 if step is Step.KEPT else 0)


@pytest.mark.parametrize(
    ("step", "outcome"),
    [
        (Step.EHLO, Retry("The mail server did not answer in time.", server_down=True)),
        (Step.KEPT, Unknown("The mail server did not answer in time.")),
    ],
    ids=["R05 before DATA", "R05 after the message"],
)
def test_a_server_that_drips_is_given_up_in_time(server, step, outcome):
    """R05: one byte now and then. The deadline of the whole conversation holds."""
    server.at(step, Do.DRIP)
    started = time.monotonic()
    assert deliver(app_with(server.port), limits=Limits(connect=1, reply=0.3, total=0.4, quit=0.1)) == outcome
    assert time.monotonic() - started < 2


def test_a_closed_port_is_tried_again():
    with SmtpServer() as gone:
        port = gone.port
    got = deliver(app_with(port))
    assert got == Retry("The mail server cannot be reached: connection refused.", server_down=True)


@pytest.mark.parametrize("implicit", [False, True], ids=["STARTTLS", "TLS from the start"])
def test_a_good_certificate_is_accepted_and_the_password_goes_inside(authority, implicit):
    with SmtpServer(tls=authority.server(), implicit_tls=implicit, password="secret") as server:
        mail = {"mail_use_tls": not implicit, "mail_use_ssl": implicit, "mail_ca_file": str(authority.file)}
        app = app_with(server.port, mail_username="desk", mail_password="secret", **mail)
        assert isinstance(deliver(app), Sent)
        assert server.commands[-5:] == ["AUTH", "MAIL", "RCPT", "DATA", "QUIT"]


@pytest.mark.parametrize("implicit", [False, True], ids=["STARTTLS", "TLS from the start"])
@pytest.mark.parametrize(
    "bad",
    [
        pytest.param({"self_signed": True}, id="self-signed"),
        pytest.param({"host": "elsewhere.example"}, id="wrong name"),
        pytest.param({"days": -1}, id="expired"),
    ],
)
def test_a_bad_certificate_stops_the_channel_before_the_password(authority, implicit, bad):
    with SmtpServer(tls=authority.server(**bad), implicit_tls=implicit, password="secret") as server:
        mail = {"mail_use_tls": not implicit, "mail_use_ssl": implicit, "mail_ca_file": str(authority.file)}
        got = deliver(app_with(server.port, mail_username="desk", mail_password="secret", **mail))
        assert isinstance(got, ChannelDown)
        assert "certificate" in got.reply
        assert not {"AUTH", "MAIL", "DATA"} & set(server.commands)


def test_a_stripped_starttls_stops_the_channel(server):
    server.password = "secret"
    got = deliver(app_with(server.port, mail_use_tls=True, mail_username="desk", mail_password="secret"))
    assert got == ChannelDown("The mail server does not offer encryption (STARTTLS).")
    assert not {"AUTH", "MAIL", "DATA"} & set(server.commands)


def test_a_password_never_travels_in_the_clear(server):
    server.password = "secret"
    assert isinstance(deliver(app_with(server.port, mail_username="desk", mail_password="secret")), ChannelDown)
    assert server.talks == []


def test_plain_text_goes_to_this_machine_only():
    got = deliver(app_with(25, mail_server="mail.example.com", mail_default_sender="desk@example.com"))
    assert isinstance(got, ChannelDown)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("535 wrong password", ChannelDown), ("534 stronger please", ChannelDown), ("454 later", Retry)],
)
def test_a_refused_password_is_the_channels_fault(authority, answer, outcome):
    with SmtpServer(tls=authority.server(), password="secret") as server:
        server.at(Step.AUTH, answer)
        app = app_with(
            server.port,
            mail_use_tls=True,
            mail_ca_file=str(authority.file),
            mail_username="desk",
            mail_password="other",
        )
        got = deliver(app)
        assert (type(got), got.reply) == (outcome, answer)
        assert "MAIL" not in server.commands


def test_a_missing_file_of_authorities_is_said(server):
    got = deliver(app_with(server.port, mail_use_tls=True, mail_ca_file="/nowhere/ca.pem"))
    assert got == ChannelDown("MAIL_CA_FILE cannot be read: /nowhere/ca.pem")


CONTROLS = [chr(code) for code in (0, 7, 9, 10, 11, 12, 13, 27, 28, 29, 30, 31, 127, 133, 8232, 8233)]


@pytest.mark.parametrize("character", CONTROLS, ids=lambda c: f"U+{ord(c):04X}")
@pytest.mark.parametrize("field", ["subject", "recipient", "message_id"])
def test_a_control_character_in_a_header_fails_the_message(server, field, character):
    bad = claim(**{field: f"a{character}Bcc: b@example.com"})
    got = deliver(app_with(server.port), bad)
    assert isinstance(got, Failed)
    assert server.talks == []


@pytest.mark.parametrize(
    "recipient", ["", "a@example.com, b@example.com", "nobody", "a b@example.com", "<a@example.com>", "é@example.com"]
)
def test_only_one_plain_address_is_a_recipient(server, recipient):
    assert isinstance(deliver(app_with(server.port), claim(recipient=recipient)), Failed)
    assert server.talks == []


def test_a_text_that_cannot_be_written_fails_alone(server):
    assert isinstance(deliver(app_with(server.port), claim(text="\ud800")), Failed)


def test_long_lines_are_folded_for_the_wire(server):
    deliver(app_with(server.port), claim(html=f"<p>{'x' * 5000}</p>"))
    assert max(len(line) for line in server.kept[0].content.splitlines()) <= 998
    assert "x" * 5000 in server.kept[0].message.get_body(("html",)).get_content()
