"""A scripted SMTP server on a real socket: at each step it can answer anything, stay silent, hang up, or kill."""

import os
import select
import signal
import socket
import socketserver
import ssl
import threading
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from enum import StrEnum


class Step(StrEnum):
    """Where in the conversation something happens."""

    CONNECT = "connect"  # before the greeting
    EHLO = "ehlo"
    STARTTLS = "starttls"
    TLS = "tls"  # EHLO inside TLS
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"  # in the middle of the message
    DOT = "dot"  # the message is complete, not yet kept
    KEPT = "kept"  # it is kept, not yet said so
    REPLIED = "replied"  # 250 is said
    QUIT = "quit"


class Do(StrEnum):
    """What the server may do instead of its usual answer; any other text is said as the answer."""

    HANG_UP = "hang up"
    STAY_SILENT = "stay silent"
    DRIP = "drip"
    KILL = "kill"


@dataclass
class Kept:
    """A message the server took responsibility for."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=default)

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])


class _Gone(Exception):  # noqa: N818
    """The conversation is over."""


@dataclass
class SmtpServer:
    """Use in a `with` block. `kept` is its mailbox; `talks` holds the commands of each conversation."""

    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    password: str = ""
    kept: list[Kept] = field(default_factory=list)
    talks: list[list[str]] = field(default_factory=list)
    victim: "Future[int]" = field(default_factory=Future)
    script: dict[Step, deque[str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    arrival: threading.Condition = field(default_factory=threading.Condition)
    closing: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "SmtpServer":
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with suppress(_Gone, OSError):
                    _Talk(outer, self.request).run()

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            block_on_close = False
            request_queue_size = 50

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def at(self, step: Step, *what: str) -> None:
        """Do these things, one after the other, the next times the step is reached."""
        self.script.setdefault(step, deque()).extend(what)

    def next_at(self, step: Step) -> str | None:
        with self.lock:
            waiting = self.script.get(step)
            return waiting.popleft() if waiting else None

    def wait_for_kept(self, count: int) -> None:
        """Return as soon as so many messages are kept."""
        with self.arrival:
            assert self.arrival.wait_for(lambda: len(self.kept) >= count, 20)

    def wait_for(self, step: Step) -> None:
        """Return as soon as everything the script says for a step has begun."""
        for _ in range(2000):
            if not self.script[step]:
                return
            self.closing.wait(0.01)
        raise AssertionError(f"nobody came as far as {step}")

    def kill_the_victim(self) -> None:
        os.kill(self.victim.result(timeout=20), signal.SIGKILL)

    @property
    def commands(self) -> list[str]:
        """All commands of all conversations, verbs only."""
        return [command.split()[0].upper() for talk in self.talks for command in talk if command.split()]


class _Talk:
    """One conversation."""

    def __init__(self, server: SmtpServer, sock: socket.socket) -> None:
        self.server, self.sock, self.rest = server, sock, b""
        self.commands: list[str] = []
        self.encrypted = server.implicit_tls
        self.sender, self.recipients = "", []
        server.talks.append(self.commands)

    def run(self) -> None:
        if self.server.implicit_tls:
            self.encrypt()
        self.step(Step.CONNECT, "220 test.example ESMTP")
        while True:
            command = self.line().decode("latin-1")
            self.commands.append(command)
            self.answer(command.split(" ")[0].upper(), command)

    def answer(self, verb: str, command: str) -> None:
        match verb:
            case "EHLO" | "HELO":
                self.step(Step.TLS if self.encrypted else Step.EHLO, self.hello())
            case "STARTTLS":
                self.step(Step.STARTTLS, "220 go ahead")
                self.encrypt()
            case "AUTH":
                self.step(Step.AUTH, "235 welcome")
            case "MAIL":
                self.sender, self.recipients = command[10:].split(">", maxsplit=1)[0].lstrip("<"), []
                self.step(Step.MAIL, "250 sender ok")
            case "RCPT":
                self.recipients.append(command[8:].split(">", maxsplit=1)[0].lstrip("<"))
                self.step(Step.RCPT, "250 recipient ok")
            case "DATA":
                if self.step(Step.DATA, "354 go on").startswith("354"):
                    self.take_message()
            case "QUIT":
                self.step(Step.QUIT, "221 bye")
                raise _Gone
            case _:
                self.say("250 ok")

    def hello(self) -> str:
        words = ["test.example", "SIZE 1000000", "8BITMIME"]
        if self.server.tls and not self.encrypted:
            words.append("STARTTLS")
        if self.server.password:
            words.append("AUTH PLAIN")
        return "\r\n".join([*(f"250-{word}" for word in words[:-1]), f"250 {words[-1]}"])

    def take_message(self) -> None:
        first = self.line()
        self.step(Step.BODY, "")
        lines = [first]
        while (line := self.line()) != b".":
            lines.append(line.removeprefix(b"."))
        if self.step(Step.DOT, ""):
            return  # it answered something else: not kept
        with self.server.arrival:
            self.server.kept.append(Kept(self.sender, self.recipients, b"\r\n".join(lines) + b"\r\n"))
            self.server.arrival.notify_all()
        self.step(Step.KEPT, "250 kept")
        self.step(Step.REPLIED, "")

    def step(self, step: Step, usual: str) -> str:
        """Do what the script says at this step, else answer as usual; returns what was said."""
        what = self.server.next_at(step)
        match what:
            case None:
                self.say(usual)
                return usual
            case Do.HANG_UP:
                raise _Gone
            case Do.STAY_SILENT:
                self.wait_for_the_end()
            case Do.DRIP:
                for char in "250-slowly " * 1000:
                    self.sock.sendall(char.encode())
                    if self.server.closing.wait(0.02):
                        raise _Gone
            case Do.KILL:
                self.server.kill_the_victim()
                self.wait_for_the_end()
            case _:
                self.say(what)
        return str(what)

    def wait_for_the_end(self) -> None:
        while not self.server.closing.is_set():
            ready, _, _ = select.select([self.sock], [], [], 0.05)
            if ready and not self.sock.recv(4096):
                break
        raise _Gone

    def encrypt(self) -> None:
        assert self.server.tls is not None
        self.sock = self.server.tls.wrap_socket(self.sock, server_side=True)
        self.rest, self.encrypted = b"", True

    def say(self, text: str) -> None:
        if text:
            self.sock.sendall(text.encode() + b"\r\n")

    def line(self) -> bytes:
        while b"\r\n" not in self.rest:
            piece = self.sock.recv(65536)
            if not piece:
                raise _Gone
            self.rest += piece
        line, self.rest = self.rest.split(b"\r\n", 1)
        return line
