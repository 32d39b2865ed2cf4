"""Bytes on a socket, for what no HTTP library would say."""

import socket
from http.client import HTTPResponse

from outside import Answer


def say(port: int, said: bytes, host: str = "127.0.0.1") -> Answer:
    """Send bytes as they are and return the answer."""
    with socket.create_connection((host, port), 20) as sock:
        sock.sendall(said)
        response = HTTPResponse(sock)
        response.begin()
        return Answer(response.status, response.getheaders(), response.read())
