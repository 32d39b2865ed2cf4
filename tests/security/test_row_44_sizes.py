"""Row 44: what is too large, too many, too slow or too long is refused early, and work goes on beside it."""

import socket
import threading
from contextlib import ExitStack
from urllib.parse import urlencode

import front
import outside
import pytest
import raw

from crm import servers

HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
BODY = b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\nContent-Type: text/plain\r\n\r\nabc"
BOUNDARY = "-----part"


def parts(count: int, size: int = 1) -> bytes:
    """A form with files, of so many parts."""
    one = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n\r\n{"x" * size}\r\n'
    return (one * count + f"--{BOUNDARY}--\r\n").encode()


MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
TOO_MUCH = {
    "7 MB": (outside.FORM, b"a=" + b"x" * 7_000_000),
    "7 MB of another kind": ("application/octet-stream", b"x" * 7_000_000),
    "600 kB in a form": (outside.FORM, b"a=" + b"x" * 600_000),
    "600 kB in a part": (MULTIPART, parts(1, 600_000)),
    "201 parts": (MULTIPART, parts(201)),
    "10,000 parts": (MULTIPART, parts(10_000)),
    "10,000 fields": (outside.FORM, b"a=1&" * 10_000),
}


@pytest.mark.parametrize("what", TOO_MUCH)
@pytest.mark.parametrize("path", ["/login", "/imports", "/quick-add"])
def test_row_44_what_is_too_much_is_said_to_be_and_leaves_no_trace(product, what, path):
    kind, body = TOO_MUCH[what]
    browser = product.sign_in()
    before = product.dbhash()
    answer = browser.ask("POST", path, body, headers={"Content-Type": kind, "X-CSRFToken": browser.fetch_token("/")})
    assert (answer.status, "Too large" in answer.text) == (413, True)
    assert product.dbhash() == before


@pytest.mark.parametrize("length", [13_000_000, 10**12, 2**64])
def test_row_44_a_body_of_13_mb_is_refused_before_it_is_read(product, length):
    said = f"POST /imports HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n\r\nx"
    assert raw.say(product.port, said.encode()).status == 413


def test_row_44_a_body_without_an_announced_length_ends_at_the_same_limit(product):
    piece = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    said = b"POST /imports HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n" + piece * 7 + b"0\r\n\r\n"
    assert raw.say(product.port, said).status == 413


@pytest.mark.parametrize(
    "header",
    [
        "X-Long: " + "x" * 16_400,
        "Cookie: " + "a=b; " * 4_000,
        *["\r\n".join(f"X-{n}: {'y' * 1000}" for n in range(17))],
    ],
)
def test_row_44_headers_of_more_than_16_kb_are_refused(product, header):
    answer = raw.say(product.port, f"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}\r\n\r\n".encode())
    assert answer.status == 431


def test_row_44_ordinary_sizes_pass(product):
    headers = {"X-Much": "x" * 12_000}
    assert product.visitor().ask("GET", "/login", headers=headers).status == 200
    browser = product.sign_in()
    assert browser.post("/quick-add", {"line": "", **{f"n{n}": "1" for n in range(900)}}).status in {303, 422}


def test_row_44_a_letter_takes_12000_characters_and_a_word_without_end_is_broken(product):
    browser = product.sign_in()
    source = product.sql("SELECT id FROM source ORDER BY id")[0][0]
    about = {"key": "call-confirmation", "source": source, "client": "C-0101"}
    assert browser.post("/documents/text", about | {"text": "W" * 12_001}).status == 422
    saved = browser.post("/documents/text", about | {"text": "W" * 11_900})
    assert saved.status == 303, saved.text[:300]
    paper = browser.get(f"{(saved.header('Location') or '').partition('?')[0]}/test.pdf")
    assert (paper.status, paper.body[:5]) == (200, b"%PDF-")


def test_row_44_200_half_open_connections_take_no_room_from_somebody_who_works(product):
    browser = product.sign_in()
    with ExitStack() as opened:
        slow = [opened.enter_context(socket.create_connection(("127.0.0.1", product.port), 10)) for _ in range(200)]
        for number, client in enumerate(slow):
            client.sendall(BODY if number % 2 else HEAD)
        for _ in range(3):
            for client in slow:
                client.sendall(b"x")
            assert browser.get("/").status == 200  # within a second: tests/faults/test_slow_clients.py


def test_row_44_a_request_that_never_ends_is_cut_off_although_it_goes_on_talking(app, settings, monkeypatch):
    monkeypatch.setattr(servers, "SECONDS_TO_ASK", 1)
    monkeypatch.setattr(servers, "SECONDS_BETWEEN_LOOKS", 1)
    port = front.free_port()
    server = servers.listen(app, settings, port)
    running = threading.Thread(target=server.run, daemon=True)
    running.start()
    try:
        for said in (HEAD, BODY):
            with socket.create_connection(("127.0.0.1", port), 10) as client:
                client.sendall(said)
                client.settimeout(0.1)
                assert any(_is_over(client) for _ in range(150)), "it may talk for ever"
    finally:
        server.close()


def _is_over(client: socket.socket) -> bool:
    try:
        client.sendall(b"x")
        return client.recv(100) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def test_row_44_what_a_form_says_of_itself_is_no_way_round(product):
    browser = product.visitor()
    body = urlencode([("a", "1")] * 10_000)
    for kind in (f"{outside.FORM}; charset=utf-8", outside.FORM.upper()):
        answer = browser.ask("POST", "/login", body, headers={"Content-Type": kind})
        assert answer.status == 413, kind
