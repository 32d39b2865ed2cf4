"""Row 48: an erased client is gone from rows and files, stays in the log by code, and stays erased after a restore."""

import json
import sqlite3

import canaries

NAME, DIAGNOSIS = "Vanishella Gonewell", "vanishosis of the elbow"


def test_row_48_nothing_of_an_erased_client_is_in_any_file_and_an_older_backup_does_not_bring_them_back(
    product, tmp_path
):
    owner, code = product.sign_in(), "C-0480"
    assert owner.post("/clients", {"code": code, "name": NAME, "client_class": ""}).status == 303
    health = {"base": "0", "diagnoses-0-text": DIAGNOSIS, "diagnoses-0-stated_by": "Dr. Marsh"}
    assert owner.post(f"/clients/{code}/record/health", health).status == 303
    line = {"line": f"call {NAME} soon", "kind": "call", "due": "2030-01-02", "source_id": "", "client_code": code}
    assert owner.post("/quick-add", line).status == 303
    uuid = product.sql("SELECT uuid FROM client WHERE code = :code", code=code)[0][0]
    whose = "(SELECT id FROM client WHERE code = :code)"
    rows = product.sql(f"SELECT sealed FROM client WHERE id = {whose}", code=code)  # noqa: S608
    rows += product.sql(f"SELECT sealed FROM client_sheet WHERE client_id = {whose}", code=code)  # noqa: S608
    sealed = [bytes(value) for (value,) in rows]
    assert len(sealed) == 2
    old = json.loads(product.flask("backup", "--json")[1].splitlines()[-1])["file"]

    assert product.flask("client", "erase", code, "--yes", "--practice", "1")[0] == 0

    assert owner.get(f"/clients/{code}").status == 404
    owner.get("/clients")  # which says once more what was just done
    assert code not in owner.get("/clients").text
    for path in product.files():
        content = path.read_bytes()
        for shape in (*canaries.shapes(NAME), *canaries.shapes(DIAGNOSIS)):
            assert shape not in content, path
        if "postgresql" not in product.settings.database_url:
            for blob in sealed:
                assert blob[20:60] not in content, path  # not even what only the key could open
    told = product.sql(
        "SELECT type FROM journal_entry WHERE CAST(payload AS text) LIKE :code ORDER BY seq", code=f'%"{code}"%'
    )
    assert told[0] == ("client_added",)
    assert told[-1] == ("client_erased",)
    assert product.flask("audit", "verify", "--practice", "1")[0] == 0

    code_of, said = product.flask("backup", "--json")  # the ledger travels in it
    assert code_of == 0, said
    code_of, said = product.flask("restore", old, "--into", str(tmp_path / "back"), "--json")
    assert code_of == 0, said
    assert json.loads(said.splitlines()[-1])["erased_again"] == [code]
    with sqlite3.connect(tmp_path / "back" / "handoff.sqlite3") as back:
        assert back.execute("SELECT count(*) FROM client WHERE code = ?", [code]).fetchone() == (0,)
        assert back.execute("SELECT count(*) FROM erasure WHERE client_uuid = ?", [uuid]).fetchone() == (1,)
    content = (tmp_path / "back" / "handoff.sqlite3").read_bytes()
    assert not [blob for blob in sealed if blob[20:60] in content]
