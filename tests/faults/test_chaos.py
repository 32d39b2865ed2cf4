"""The topology of a practice that has outgrown one machine, in ten seconds: see chaos.py for the five minutes."""

import chaos
import mailroom
import pytest

from crm.factory import create_app

pytestmark = pytest.mark.postgresql


def test_workers_and_pages_killed_at_random_keep_every_invariant(warm, settings, server, tmp_path):
    app = create_app(mailroom.with_server(settings, server.port))
    with app.app_context():
        found = chaos.run(app, settings, warm, server, seconds=8, seed=7, output=tmp_path / "output.txt")
    assert not any(found["broken"].values()), (found, (tmp_path / "output.txt").read_text()[-3000:])

    assert found["sent"]
    assert found["referrals"]
    assert sum(found["kills"].values()) > 3, found
