"""One conversation with a mail server: deadlines, certificates, and what each answer means.

The phase decides: before DATA anything that breaks may be tried again, after it only an answer ends the doubt.
"""

import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from crm.outreach.sending import ChannelDown, Failed, Outcome, Retry, Sent, Unknown
from crm.text import clean_line

MAX_REPLY_BYTES = 256 * 1024
REPLY_LIMIT = 300
WANTS_SIGN_IN = {530, 534, 535, 538}


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a mail server may take, in seconds: to be reached, for a reply, for a whole message, to say bye."""

    connect: float = 10
    reply: float = 60
    total: float = 120
    quit: float = 5


class NoEncryption(Exception):  # noqa: N818
    """The channel would carry mail or a password in the clear."""


class _Replies:
    """Reads reply lines against the deadline, which many small pieces cannot push back."""

    def __init__(self, sock: socket.socket, left: Callable[[], float]) -> None:
        self._sock, self._left = sock, left
        self._rest, self._seen = b"", 0

    def readline(self, limit: int) -> bytes:
        while b"\n" not in self._rest and len(self._rest) < limit:
            self._sock.settimeout(self._left())
            piece = self._sock.recv(4096)
            if not piece:
                break
            self._seen += len(piece)
            if self._seen > MAX_REPLY_BYTES:
                raise OSError("the mail server does not stop talking")
            self._rest += piece
        cut = self._rest.find(b"\n") + 1 or limit
        line, self._rest = self._rest[:cut], self._rest[cut:]
        return line

    def close(self) -> None:
        self._rest = b""


class Client(smtplib.SMTP):
    """smtplib with one deadline over everything it does."""

    def __init__(self, host: str, *, limits: Limits, name: str, tls: ssl.SSLContext | None = None) -> None:
        self._tls, self._reply = tls, limits.reply
        self._deadline = time.monotonic() + limits.total
        super().__init__(local_hostname=name, timeout=limits.connect)
        self._host = host  # the name the certificate must carry

    def left(self) -> float:
        """Return the seconds the next step may take; raises TimeoutError."""
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("timed out")
        return min(self._reply, remaining)

    def say_bye(self, seconds: float) -> None:
        """QUIT, whatever comes of it: the message's fate is known."""
        self._reply, self._deadline = seconds, time.monotonic() + seconds
        try:
            self.quit()
        except OSError:
            pass
        finally:
            self.close()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        sock = socket.create_connection((host, port), timeout)
        if self._tls is None:
            return sock
        try:
            return self._tls.wrap_socket(sock, server_hostname=host)
        except BaseException:
            sock.close()
            raise

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = _Replies(self.sock, self.left)
        return super().getreply()

    def send(self, s: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(self.left())
        super().send(s)


def is_loopback(host: str) -> bool:
    """Say whether a host is this very machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def tls_context(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError:
        raise NoEncryption(f"MAIL_CA_FILE cannot be read: {ca_file}") from None


def say_hello(client: Client) -> None:
    """Say EHLO, or HELO to a server that knows no other; raises SMTPResponseException where it does not answer well."""
    code, words = client.ehlo()
    if code >= 500:
        code, words = client.helo()
    if code // 100 != 2:
        raise smtplib.SMTPResponseException(code, words)


def envelope(client: Client, sender: str, recipient: str, size: int) -> Outcome | None:
    """Say MAIL and RCPT; return an outcome where the server does not agree."""
    try:
        code, words = client.mail(sender, [f"size={size}"] if client.has_extn("size") else [])
        if code == 250:
            code, words = client.rcpt(recipient)
    except OSError as error:
        return Retry(_told(error), server_down=True)
    if code in (250, 251):
        return None
    reply = _words(code, words)
    if code in WANTS_SIGN_IN:
        return ChannelDown(reply)
    return Failed(reply) if 500 <= code < 600 else Retry(reply, server_down=code == 421)


def hand_over(client: Client, content: bytes) -> Outcome:
    """Say DATA and hand the message over; without a reply to it nobody knows."""
    try:
        code, words = client.data(content)
        reply = _words(code, words)
    except smtplib.SMTPDataError as error:
        code, reply = error.smtp_code, _words(error.smtp_code, error.smtp_error)
    except OSError as error:
        return Unknown(_told(error))
    match code // 100:
        case 2:
            return Sent(reply)
        case 4:
            return Retry(reply, server_down=code == 421)
        case 5:
            return Failed(reply)
    return Unknown(reply)


def channel_trouble(error: Exception) -> Outcome:
    """Tell a fault of the channel from a server that cannot be reached or used just now."""
    match error:
        case ssl.SSLCertVerificationError():
            return ChannelDown(f"The mail server's certificate is not accepted: {error.verify_message}.")
        case smtplib.SMTPResponseException() if 500 <= error.smtp_code < 600:
            return ChannelDown(_words(error.smtp_code, error.smtp_error))
        case smtplib.SMTPResponseException():
            return Retry(_words(error.smtp_code, error.smtp_error), server_down=True)
        case NoEncryption():
            return ChannelDown(str(error))
        case _ if _is_passing(error):
            return Retry(_told(error), server_down=True)
    return ChannelDown(f"The mail server and we cannot agree on how to sign in or encrypt: {_told(error)}")


def _is_passing(error: Exception) -> bool:
    """Say whether a broken connection may be whole again soon; smtplib's and ssl's errors are OSErrors too."""
    if isinstance(error, smtplib.SMTPServerDisconnected | ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return True
    return isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException | ssl.SSLError)


def _words(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return clean_line(f"{code} {text}", REPLY_LIMIT)


def _told(error: BaseException) -> str:
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return "The mail server did not answer in time."
    if isinstance(error, ConnectionRefusedError):
        return "The mail server cannot be reached: connection refused."
    if isinstance(error, socket.gaierror):
        return "The mail server's name is not known."
    return clean_line(f"The connection to the mail server broke: {error}", REPLY_LIMIT)
