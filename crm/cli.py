"""Commands; each opens its own transaction and ends with an exit code a script can rely on."""

from flask import Flask


def register(app: Flask) -> None:
    """Hang the commands into `flask`."""
