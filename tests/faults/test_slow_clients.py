"""Two hundred clients that never finish what they say take no room from somebody who works."""

import socket
import time
from contextlib import ExitStack

import front
import pytest

HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
BODY = b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\nContent-Type: text/plain\r\n\r\nabc"


@pytest.mark.sqlite
def test_a_page_comes_within_a_second_while_200_clients_dawdle(app, settings, warm):
    with front.serving(app, settings, warm) as desk, ExitStack() as opened:
        slow = [opened.enter_context(socket.create_connection(("127.0.0.1", desk.port), 10)) for _ in range(200)]
        for number, client in enumerate(slow):
            client.sendall(BODY if number % 2 else HEAD)
        taken = []
        for _ in range(3):
            for client in slow:
                client.sendall(b"x")
            begun = time.monotonic()
            assert desk.get("/", seconds=10).status == 200
            taken.append(time.monotonic() - begun)
        assert min(taken) < 1, taken
