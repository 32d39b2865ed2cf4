"""The only user of Flask-Mail: its settings, messages and recording, with a connection of our own.

Flask-Mail's connection has no time-out, verifies no certificate, hides refused recipients and calls a
delivered message a failure when the server hangs up early; ours answers with an outcome instead.
"""

import smtplib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.charset import QP, Charset
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import parseaddr
from types import TracebackType
from typing import Any, Self

import flask_mail
from email_validator import EmailNotValidError, validate_email
from flask import Flask, current_app

from crm.outreach.limits import MailLimits
from crm.outreach.sending import NO_SENDER, NO_SERVER, Claim, Failed, Outcome, Sent
from crm.outreach.smtp import (
    Client,
    Limits,
    NoEncryption,
    channel_trouble,
    envelope,
    hand_over,
    is_loopback,
    say_hello,
    tls_context,
)
from crm.settings import Settings
from crm.text import clean_line

_UTF8 = Charset("utf-8")
_UTF8.body_encoding = QP  # plain ASCII on the wire, short lines, whatever the server can do


class BadHeader(Exception):  # noqa: N818
    """A value that would stand in a header holds what cannot stand there."""


class Message(flask_mail.Message):
    """A message whose parts travel as plain ASCII."""

    def _mimetext(self, text: str | None, subtype: str = "plain") -> Any:
        part = MIMENonMultipart("text", subtype, charset="utf-8")
        part.set_payload(text or "", _UTF8)
        return part


class Connection(flask_mail.Connection):
    """One conversation with the mail server, for one message: it is reached only when that is handed over."""

    def __init__(self, mail: Any, *, limits: Limits | None = None, ca_file: str = "", name: str = "localhost") -> None:
        super().__init__(mail)
        self.limits, self.ca_file, self.name = limits or Limits(), ca_file, name
        self.client: Client | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.client is None:
            return
        if kind is None and self.client.sock is not None:
            self.client.say_bye(self.limits.quit)
        else:
            self.client.close()

    def deliver(self, message: Message, *, on_data: Callable[[], None]) -> Outcome:
        """Hand one message to the server and say what came of it. It raises nothing but what `on_data` raises.

        `on_data` runs immediately before DATA. Leaving the `with` block says QUIT, so that the outcome
        can be written down first.
        """
        try:
            recipient, sender, content = _checked(message)
        except BadHeader as error:
            return Failed(str(error))
        if self.mail.suppress:
            on_data()
            return self._recorded(message, Sent("Recorded, not sent."))
        try:
            self.client = self.configure_host()
        except (OSError, NoEncryption, UnicodeError) as error:
            return channel_trouble(error)
        if refused := envelope(self.client, sender, recipient, len(content)):
            return refused
        on_data()
        return self._recorded(message, hand_over(self.client, content))

    def configure_host(self) -> Client:
        """Reach the server, encrypt, sign in. Plain text only to this very machine, a password never in the clear."""
        mail = self.mail
        encrypted = mail.use_ssl or mail.use_tls
        if not encrypted and not is_loopback(mail.server):
            raise NoEncryption("The mail server is not asked to encrypt; set MAIL_USE_TLS or MAIL_USE_SSL.")
        if not encrypted and mail.username:
            raise NoEncryption("The password would travel in the clear; set MAIL_USE_TLS or MAIL_USE_SSL.")
        context = tls_context(self.ca_file) if encrypted else None
        implicit = context if mail.use_ssl else None
        client = self.client = Client(mail.server, limits=self.limits, name=self.name, tls=implicit)
        code, words = client.connect(mail.server, mail.port)
        if code != 220:
            raise smtplib.SMTPResponseException(code, words)
        say_hello(client)
        if context is not None and not mail.use_ssl:
            if not client.has_extn("starttls"):
                raise NoEncryption("The mail server does not offer encryption (STARTTLS).")
            client.starttls(context=context)
            say_hello(client)
        if mail.username:
            client.login(mail.username, mail.password or "")
        return client

    def _recorded(self, message: Message, outcome: Outcome) -> Outcome:
        if isinstance(outcome, Sent):
            app = current_app._get_current_object()  # type: ignore[attr-defined]
            flask_mail.email_dispatched.send(app, message=message)
        return outcome


def init_app(app: Flask) -> None:
    """Read the mail settings into the application."""
    settings: Settings = app.extensions["handoff"].settings
    app.config.update(
        MAIL_SERVER=settings.mail_server,
        MAIL_PORT=settings.mail_port,
        MAIL_USE_TLS=settings.mail_use_tls and not settings.mail_use_ssl,
        MAIL_USE_SSL=settings.mail_use_ssl,
        MAIL_USERNAME=settings.mail_username or None,
        MAIL_PASSWORD=settings.mail_password or None,
        MAIL_DEFAULT_SENDER=_sender(settings) or None,
    )
    flask_mail.Mail(app)


def missing() -> str:
    """Say what stands in the way of sending anything at all; empty: nothing."""
    mail = current_app.extensions["mail"]
    if not mail.server:
        return NO_SERVER
    return "" if mail.default_sender else NO_SENDER


def mail_limits() -> MailLimits:
    """Return how much mail may leave in a minute and in a day."""
    settings: Settings = current_app.extensions["handoff"].settings
    return MailLimits(settings.mail_per_minute, settings.mail_per_day)


def connect(limits: Limits | None = None) -> Connection:
    """Return a connection for one message, to be used in a `with` block."""
    settings: Settings = current_app.extensions["handoff"].settings
    host = settings.hostname
    name = f"[{host}]" if host.replace(".", "").isdigit() else "localhost" if ":" in host else host
    return Connection(current_app.extensions["mail"], limits=limits, ca_file=settings.mail_ca_file, name=name)


@dataclass(frozen=True, slots=True)
class File:
    """A PDF that a message carries; its name says no more than what kind of paper it is."""

    name: str
    content: bytes


def compose(claim: Claim, files: Sequence[File] = ()) -> Message:
    """Return the message of an outbox row: the same bytes at every try.

    A List-Unsubscribe with an https address takes one click (RFC 8058); a mailto is all a desk without one can offer.
    """
    headers = {"Auto-Submitted": "auto-generated"}
    if claim.unsubscribe:
        headers["List-Unsubscribe"] = f"<{claim.unsubscribe}>"
        if claim.unsubscribe.startswith("https://"):
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = Message(
        subject=claim.subject,
        recipients=[claim.recipient],
        body=claim.text,
        html=claim.html or None,
        date=claim.created_at.timestamp(),
        extra_headers=headers,
    )
    for file in files:
        message.attach(file.name, "application/pdf", file.content)
    message.msgId = claim.message_id
    return message


def _sender(settings: Settings) -> str:
    if settings.mail_default_sender or "@" in settings.mail_username:
        return settings.mail_default_sender or settings.mail_username
    return "Handoff <handoff@localhost>" if is_loopback(settings.mail_server) else ""


def is_address(text: str) -> bool:
    """Say whether a parser reads one plain ASCII address; a host without a dot may be this very machine."""
    if len(text) > 254 or not text.isascii():
        return False
    local, _, domain = text.rpartition("@")
    host = domain if "." in domain else f"{domain}.example.com"
    try:
        validate_email(f"{local}@{host}", check_deliverability=False, strict=True)
    except EmailNotValidError:
        return False
    return True


def _checked(message: Message) -> tuple[str, str, bytes]:
    """Return recipient, sender and bytes of a message whose headers are safe; raises BadHeader."""
    if len(message.recipients) != 1:
        raise BadHeader("A message goes to one recipient.")
    recipient, sender = str(message.recipients[0]), str(message.sender or "")
    for value, called, limit in (
        (recipient, "recipient", 254),
        (message.subject, "subject", 200),
        (sender, "sender", 320),
        (message.msgId, "Message-ID", 120),
        ((message.extra_headers or {}).get("List-Unsubscribe", "<>"), "List-Unsubscribe", 310),
    ):
        if not value or clean_line(value, limit) != value:
            raise BadHeader(f"The {called} is empty or holds characters that cannot stand in a header.")
    from_address = parseaddr(sender)[1]
    for address, called in ((recipient, "recipient"), (from_address, "sender")):
        if not is_address(address):
            raise BadHeader(f"The {called} is not an e-mail address.")
    try:
        return recipient, from_address, message.as_bytes()
    except ValueError:  # a lone surrogate, say: one row that cannot be written must not stop the others
        raise BadHeader("The text holds characters that cannot be sent.") from None
