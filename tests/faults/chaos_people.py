"""People at their desks while processes die around them: they enter referrals, plan tasks and send letters by HTTP."""

import http.client
import random
import re
import threading
import uuid
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

SOURCES = 20
LETTER = """Dear Dr. Marsh,

Thank you for your note about exercise after discharge. I am glad to call your office next week.

With kind regards,

Robin Vale, MES"""


@dataclass
class Book:
    """What people were told is saved, and what they were not told."""

    referrals: dict[str, str] = field(default_factory=dict)  # client's code by form
    tasks: int = 0
    tasks_in_doubt: int = 0
    letters: set[int] = field(default_factory=set)  # documents on their way by mail
    answers_cut: int = 0
    unexpected: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Cut(Exception):  # noqa: N818
    """No answer: the process behind it is gone, or not there yet."""


class Person(threading.Thread):
    """Somebody who works without a break, and tries again at another process where one does not answer."""

    def __init__(self, number: int, ports: list[int], signed_in: str, book: Book, closing: threading.Event) -> None:
        super().__init__(name=f"person {number}", daemon=True)
        self._ports, self._cookie, self._book, self._closing = ports, signed_in, book, closing
        self._chance = random.Random(number)  # noqa: S311
        self._token = ""

    def run(self) -> None:
        acts = [self.refer, self.refer, self.plan, self.plan, self.write]
        while not self._closing.is_set():
            try:
                self._token = self._token or self._find_token()
                self._chance.choice(acts)()
            except Cut:
                with self._book.lock:
                    self._book.answers_cut += 1
                self._closing.wait(0.05)

    def refer(self) -> None:
        """Enter a referral, again and again until somebody says that it is saved."""
        source = str(self._chance.randint(1, SOURCES))
        form = {
            "form_key": str(uuid.uuid4()), "source_id": source, "received_on": date.today().isoformat(),  # noqa: DTZ011
            "method": "fax", "written": "y", "service": "Medical Exercise Training", "diagnosis": "Knee",
            "icd10": "M17.11", "transition": "y", "client_code": "", "client_name": "", "client_class": "",
        }  # fmt: skip
        while True:
            try:
                place = self._post("/referrals/new", form)
            except Cut:
                if self._closing.wait(0.05):
                    return
                continue
            if place is not None:
                self._book.referrals[form["form_key"]] = place.rpartition("/")[2]
            return

    def plan(self) -> None:
        """Plan a task by hand; its form has no key, so it is asked for once."""
        form = {"line": "ring the front desk", "kind": "call", "due": date.today().isoformat()}  # noqa: DTZ011
        try:
            place = self._post("/quick-add", form)
        except Cut:
            with self._book.lock:
                self._book.tasks_in_doubt += 1
            raise
        if place is not None:
            with self._book.lock:
                self._book.tasks += 1

    def write(self) -> None:
        """Write a letter, approve it and send it by mail."""
        begun = self._post("/documents/text", {"key": "education-answer", "text": LETTER, "source": "1"})
        if begun is None:
            return
        document = begun.rpartition("/")[2]
        approve = {"document": document, "version": "1", "text": LETTER}
        if self._post("/documents/approve", approve) and self._post(
            f"/documents/{document}/send", {"channel": "email"}
        ):
            self._book.letters.add(int(document))

    def _post(self, path: str, form: dict[str, str]) -> str | None:
        """Post a form; return where it leads once it is saved, None where the desk asked to try later. Raises Cut."""
        status, place, body = self._ask("POST", path, urlencode({**form, "csrf_token": self._token}))
        if status == 303:
            return place
        if status != 503:
            said = re.sub(r"<[^>]+>|\s+", " ", body)
            with self._book.lock:
                self._book.unexpected.append(f"{path}: {status} {said[:300]}")
        return None

    def is_let_in(self) -> bool:
        """Say whether the desk answers and knows who asks."""
        try:
            self._token = self._find_token()
        except Cut:
            return False
        return True

    def _find_token(self) -> str:
        _status, _place, body = self._ask("GET", "/", "")
        found = re.search(r'name="csrf-token" content="([^"]+)"', body)
        if found is None:
            raise Cut
        return found[1]

    def _ask(self, method: str, path: str, body: str) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self._chance.choice(self._ports), timeout=20)
        headers = {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException):
            raise Cut from None
        finally:
            connection.close()
        if cookie := answer.headers.get("Set-Cookie"):
            self._cookie = cookie.partition(";")[0]
        return answer.status, answer.headers.get("Location", ""), text
