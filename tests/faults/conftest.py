"""What the tests of real processes share."""

from collections.abc import Iterator

import pytest
from warm import Warm


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """The parent of `flask` processes."""
    with Warm() as parent:
        yield parent
