"""A browser small enough not to be measured: one kept-alive connection, cookies and the form token."""

import http.client
import re
import uuid
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


class Browser:
    """Somebody who asks for one page after the other."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookie = ""
        self._token = ""

    def fetch(self, path: str, *, form: dict[str, str] | None = None, etag: str = "", expect: int = 200) -> Answer:
        """Ask for a page or post a form; an unexpected status ends the run."""
        headers = {"Cookie": self._cookie} if self._cookie else {}
        if etag:
            headers["If-None-Match"] = etag
        body = None
        if form is not None:
            body = urlencode({**form, "csrf_token": self._token})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request("POST" if form is not None else "GET", path, body, headers)
        response = self._connection.getresponse()
        headers = {name.title(): value for name, value in response.getheaders()}
        answer = Answer(response.status, headers, response.read())
        if cookie := answer.headers.get("Set-Cookie"):
            self._cookie = cookie.partition(";")[0]
        if answer.status != expect:
            raise SystemExit(f"{path} answered {answer.status} instead of {expect}: {answer.body[:800]!r}")
        return answer

    def get(self, path: str) -> Answer:
        """Ask for a page and remember its form token."""
        answer = self.fetch(path)
        if found := re.search(rb'name="csrf-token" content="([^"]+)"', answer.body):
            self._token = found[1].decode()
        return answer

    def sign_in(self, email: str, password: str) -> None:
        """Sign in by the page."""
        page = self.fetch("/login").body
        found = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found is not None
        self._token = found[1].decode()
        self.fetch("/login", form={"email": email, "password": password}, expect=302)
        self.get("/")

    def refer(self, source_id: int) -> Answer:
        """Enter a referral."""
        form = {
            "form_key": str(uuid.uuid4()), "source_id": str(source_id), "received_on": date.today().isoformat(),  # noqa: DTZ011
            "method": "fax", "written": "y", "service": "Medical Exercise Training", "diagnosis": "Knee",
            "icd10": "M17.11",
            "transition": "y", "client_code": "", "client_name": "", "client_class": "",
        }  # fmt: skip
        return self.fetch("/referrals/new", form=form, expect=303)
