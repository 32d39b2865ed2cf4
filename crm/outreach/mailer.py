"""The only user of Flask-Mail."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Read the mail settings into the application."""
