"""What the tests of real processes share."""

from collections.abc import Iterator

import pytest
from smtp_server import SmtpServer
from warm import Warm


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """The parent of `flask` processes."""
    with Warm() as parent:
        yield parent


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    """A mail server that does what a test tells it."""
    with SmtpServer() as running:
        yield running
