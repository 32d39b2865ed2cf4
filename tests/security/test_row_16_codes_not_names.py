"""Row 16: feeds, digests, subjects, file names and logs hold codes, never what names or describes a client."""

import ast
import re
from pathlib import Path

import canaries
import pytest

ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = ("calendar_feed", "digest", "agenda", "agenda_queries", "kinds", "digest_jobs", "feed_queries")


def test_row_16_no_secret_of_a_client_is_in_the_log(product):
    product.sign_in().get("/clients/C-0101")
    canaries.assert_clean(product.log.read_bytes(), "log")


@pytest.mark.parametrize("module", OUTSIDE)
def test_row_16_what_makes_feeds_and_digests_cannot_open_a_seal(module):
    tree = ast.parse((ROOT / "crm" / "outreach" / f"{module}.py").read_text())
    told = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    told += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert "crm.crypto" not in told


def test_row_16_a_feed_tells_codes_and_needs_no_key(product):
    owner = product.sign_in()
    shown = owner.post("/calendar/feeds", {"name": "Codes"})
    token = re.search(r"/cal/([\w-]{43,})\.ics", shown.text if shown.status == 200 else "")
    assert token
    path = product.settings.keyring_path
    away = path.with_name("away")
    path.rename(away)
    try:
        feed = product.visitor().get(f"/cal/{token[1]}.ics")
    finally:
        away.rename(path)
    assert feed.status == 200
    assert b"C-0101" in feed.body
    canaries.assert_clean(feed.body, "feed")
