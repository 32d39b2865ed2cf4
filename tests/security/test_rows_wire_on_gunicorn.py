"""Rows 6, 13, 30, 54, 65, 72 where gunicorn serves: it has answers, a log and beliefs of its own."""

import time

import outside
import pytest
import raw

HEAD = b"Host: desk.example.com\r\nConnection: close\r\n"
SECRET = "canary-token-of-a-calendar"
REFUSED = {
    b"GET /cal/canary-token-of-a-calendar.ics\r\n\r\n": 400,
    b"GET /cal/canary-token-of-a-calendar.ics HTTP/9.9\r\n\r\n": 400,
    b"GET /cal/canary-token-of-a-calendar.ics HTTP/1.1\r\n" + HEAD + b"Bad canary-token-of-a-calendar\r\n\r\n": 400,
    b"GET /cal/canary-token-of-a-calendar.ics HTTP/1.1\r\n" + HEAD + b"X: " + b"y" * 9_000 + b"\r\n\r\n": 431,
    b"GET /cal/canary-token-of-a-calendar.ics" + b"z" * 5_000 + b" HTTP/1.1\r\n" + HEAD + b"\r\n": 414,
    b"POST / HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: canary-token-of-a-calendar\r\n\r\n": 501,
}
EXACT = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Server": "handoff",
}


@pytest.mark.postgresql
def test_rows_06_13_54_65_72_hold_on_gunicorn_too(settings, warm, server):
    environment = {
        "HANDOFF_BASE_URL": "https://desk.example.com", "HANDOFF_SECOND_FACTOR": "on", "HANDOFF_PROXIES": "1",
    }  # fmt: skip
    with outside.served(settings, warm, server, **environment) as product:
        outside.people(product.app)
        product.stop()
        product.pid = warm.start("web", "--workers", "1", env=product.environment, output=product.log)
        end = time.monotonic() + 30
        while True:
            try:
                if product.visitor().get("/healthz").status == 200:
                    break
            except OSError:
                assert time.monotonic() < end, product.logged()
        answers = []
        for said, status in REFUSED.items():
            answers.append(raw.say(product.port, said))
            assert answers[-1].status == status, (said[:60], answers[-1].all)
            assert SECRET not in answers[-1].all
        visitor, name = product.visitor(), {"Host": "desk.example.com"}
        answers += [visitor.ask(method, "/login", headers=name) for method in ("GET", "TRACE", "OPTIONS")]
        assert [answer.status for answer in answers[-3:]] == [200, 405, 405]
        answers.append(visitor.ask("GET", "/login", headers={"Host": "evil.example"}))
        assert answers[-1].status == 400
        for answer in answers:
            for held, value in EXACT.items():
                assert [v for k, v in answer.headers if k.lower() == held.lower()] == [value], (held, answer.all)
        # What a proxy hands on unread: a prefix, another path, another scheme.
        forged = {
            "SCRIPT_NAME": "/evil",
            "PATH_INFO": "/metrics",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Prefix": "/e",
        }
        page = visitor.ask("GET", "/login", headers=name | forged)
        assert page.status == 200
        assert "/evil" not in page.text
        assert visitor.ask("GET", "/healthz", headers=name | {"PATH_INFO": "/metrics"}).body == b"ok\n"
        # A form as a browser behind a proxy with TLS sends it: no referrer, Origin null.
        visitor.fetch_token = lambda _path="": visitor.token  # the page is asked for by its name
        visitor.token = (
            visitor.get("/login", **name).text.partition('name="csrf_token"')[2].partition('value="')[2].split('"')[0]
        )
        form = {"email": outside.OWNER, "password": "wrong wrong wrong"}
        sent = visitor.post(
            "/login", form, X_Forwarded_Proto="https", Origin="null", Sec_Fetch_Site="same-origin", **name
        )
        assert sent.status == 200, sent.text[:400]  # looked at and refused, not turned away as forged
        assert SECRET not in product.logged()
        assert "refused_by_server" in product.logged()
