"""Sealing client data."""

import pytest

from crm.crypto import KeyringError, Sealer, Unreadable, create_keyring, load_keyring


@pytest.fixture
def sealer(tmp_path):
    create_keyring(tmp_path / "keys" / "keyring.json")
    return Sealer(load_keyring(tmp_path / "keys" / "keyring.json"))


def test_what_is_sealed_opens_for_its_own_row(sealer):
    sealed = sealer.seal({"name": "Zoë Ångström"}, table="client", row="a")
    assert sealer.open(sealed, table="client", row="a") == {"name": "Zoë Ångström"}


@pytest.mark.parametrize(("table", "row"), [("client", "b"), ("referral", "a")], ids=["another row", "another table"])
def test_a_value_copied_elsewhere_does_not_open(sealer, table, row):
    sealed = sealer.seal({"name": "x"}, table="client", row="a")
    with pytest.raises(Unreadable):
        sealer.open(sealed, table=table, row=row)


def test_a_flipped_byte_anywhere_is_noticed(sealer):
    sealed = sealer.seal({"name": "x"}, table="client", row="a")
    for place in range(len(sealed)):
        broken = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(Unreadable):
            sealer.open(broken, table="client", row="a")


def test_lengths_say_little(sealer):
    lengths = {len(sealer.seal({"name": "x" * n}, table="client", row="a")) for n in range(1, 50)}
    assert len(lengths) == 1


def test_the_same_value_never_looks_the_same_twice(sealer):
    assert sealer.seal({"n": 1}, table="t", row="a") != sealer.seal({"n": 1}, table="t", row="a")


def test_a_value_sealed_with_a_key_that_is_gone_is_unreadable(sealer, tmp_path):
    sealed = sealer.seal({"n": 1}, table="t", row="a")
    create_keyring(tmp_path / "other.json")
    with pytest.raises(Unreadable):
        Sealer(load_keyring(tmp_path / "other.json")).open(sealed, table="t", row="a")


def test_a_key_file_is_never_overwritten(tmp_path):
    create_keyring(tmp_path / "keyring.json")
    with pytest.raises(FileExistsError):
        create_keyring(tmp_path / "keyring.json")


@pytest.mark.parametrize(
    ("text", "mode", "says"),
    [
        pytest.param(None, 0o600, "missing", id="missing"),
        pytest.param("{}", 0o600, "not a key file", id="empty"),
        pytest.param('{"active": "k001", "keys": {"k001": "c2hvcnQ="}}', 0o600, "not a key file", id="short key"),
        pytest.param('{"active": "k002", "keys": {}}', 0o600, "not a key file", id="no active key"),
        pytest.param("\x00\xff", 0o600, "not a key file", id="binary"),
        pytest.param("{}", 0o644, "can be read by others", id="open to others"),
    ],
)
def test_a_key_file_that_cannot_be_used_says_why(tmp_path, text, mode, says):
    path = tmp_path / "keyring.json"
    if text is not None:
        path.write_text(text)
        path.chmod(mode)
    with pytest.raises(KeyringError, match=says):
        load_keyring(path)


def test_keys_are_readable_by_their_owner_only(tmp_path):
    create_keyring(tmp_path / "keys" / "keyring.json")
    assert (tmp_path / "keys" / "keyring.json").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
