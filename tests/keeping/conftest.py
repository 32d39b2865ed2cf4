"""A desk with the sample practice, and what stands in its tables."""

import builders
import pytest

from crm import demo
from crm.accounts.models import Practice
from crm.db import writing


@pytest.fixture
def practice(app, clock) -> Practice:
    """The sample practice: eight clients with files."""
    with app.app_context():
        made = builders.practice()
        builders.user(made)
        with writing():
            demo.load(made, app.extensions["handoff"].sealer(), now=clock.now)
        yield made


@pytest.fixture
def run(app):
    return app.test_cli_runner().invoke


@pytest.fixture
def backups(settings):
    """Return the backups that lie in their folder, oldest first."""
    return lambda: sorted(settings.backup_path.glob("*.backup"))
