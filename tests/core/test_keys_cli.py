"""The keys are lost and come back from paper."""

import stat

import builders
import pytest

from crm.crypto import load_keyring
from crm.db import writing
from crm.recovery import fingerprint, sheet


@pytest.fixture
def run(app):
    return app.test_cli_runner().invoke


def typed_back(keyring, asked):
    """Answer what `flask keys confirm` asks: "Line 2, group 4"."""
    lines = sheet(keyring)
    words = [prompt.split() for prompt in asked]
    return "\n".join(lines[int(w[1].rstrip(",")) - 1].groups[int(w[3].rstrip(":")) - 1].lower() for w in words) + "\n"


def prompts(output):
    return [part for part in output.replace(": ", ":\n").splitlines() if part.startswith("Line ")]


def test_the_sheet_brings_the_keys_back_and_sealed_data_opens(app, run, settings):
    with app.app_context():
        with writing():
            client = builders.client()
            client.sealed = app.extensions["handoff"].sealer().seal({"name": "Zoë"}, table="client", row=client.uuid)
        sealed, uuid = client.sealed, client.uuid
    before = settings.keyring_path.read_bytes()
    printed = run(args=["keys", "sheet"]).output
    lines = [line for line in printed.splitlines() if line.startswith("   ")]
    settings.keyring_path.unlink()
    back = run(args=["keys", "restore"], input="\n".join(lines) + "\n\n")
    assert back.exit_code == 0, back.output
    assert settings.keyring_path.read_bytes() == before
    assert stat.S_IMODE(settings.keyring_path.stat().st_mode) == 0o600
    app.extensions["handoff"]._sealer = None
    with app.app_context():
        assert app.extensions["handoff"].sealer().open(sealed, table="client", row=uuid) == {"name": "Zoë"}


def test_keys_are_never_overwritten(run, settings):
    before = settings.keyring_path.read_bytes()
    lines = "\n".join(str(line) for line in sheet(load_keyring(settings.keyring_path)))
    refused = run(args=["keys", "restore"], input=lines)
    assert refused.exit_code == 2
    assert "there are keys already" in refused.output
    assert settings.keyring_path.read_bytes() == before


def test_a_slip_writes_nothing_and_names_its_line(run, settings):
    lines = [str(line) for line in sheet(load_keyring(settings.keyring_path))]
    settings.keyring_path.unlink()
    lines[1] = lines[1][:-1] + ("0" if lines[1][-1] != "0" else "2")
    refused = run(args=["keys", "restore"], input="\n".join(lines))
    assert refused.exit_code == 2
    assert "line 2: a character is wrong" in refused.output
    assert not settings.keyring_path.exists()


def test_keys_of_other_data_are_told_so(app, run, settings):
    with app.app_context(), writing():
        client = builders.client()
        client.sealed = app.extensions["handoff"].sealer().seal({"name": "x"}, table="client", row="another")
    lines = "\n".join(str(line) for line in sheet(load_keyring(settings.keyring_path)))
    settings.keyring_path.unlink()
    told = run(args=["keys", "restore"], input=lines)
    assert told.exit_code == 1
    assert "belongs to other data" in told.output


def test_the_sheet_is_confirmed_by_two_of_its_groups(app, run, settings):
    keyring = load_keyring(settings.keyring_path)
    assert "flask keys confirm" in run(args=["init"]).output
    wrong = run(args=["keys", "confirm"], input="zzzzz\nzzzzz\n")
    assert wrong.exit_code == 2
    first = prompts(wrong.output)[:1]
    asked = [*first, *prompts(run(args=["keys", "confirm"], input=typed_back(keyring, first)).output)[1:2]]
    done = run(args=["keys", "confirm"], input=typed_back(keyring, asked))
    assert done.exit_code == 0, done.output
    note = settings.keyring_path.with_suffix(".confirmed")
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    assert fingerprint(keyring) in note.read_text()
    assert "flask keys confirm" not in run(args=["init"]).output


def test_without_a_key_there_is_no_sheet(run, settings):
    settings.keyring_path.unlink()
    assert "is missing" in run(args=["keys", "sheet"]).output
