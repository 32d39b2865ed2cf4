"""A served desk with a mailbox beside it, and somebody in a real browser who has the sample practice."""

from collections.abc import Iterator

import pytest
from desk import Desk, Person, served, settled_in, zone_at_work
from smtp_server import SmtpServer


@pytest.fixture(scope="module")
def mailbox() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, mailbox: SmtpServer) -> Iterator[Desk]:
    with served(tmp_path_factory.mktemp("desk"), mailbox.port) as desk:
        yield desk


@pytest.fixture(scope="module")
def me(desk: Desk) -> Iterator[Person]:
    with settled_in(desk, zone_at_work()) as somebody:
        yield somebody
