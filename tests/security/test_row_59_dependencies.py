"""Row 59: what the product stands on is pinned with hashes, listed, and looked up; silence is never a clean result."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cyclonedx.model.bom import Bom
from front import free_port

from crm.keeping import house_cli
from crm.keeping.findings import State

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements/app.txt", "requirements/dev.txt")
PIN = f"jinja2==2.4.1 --hash=sha256:{'0' * 64}\n"
WEAK = {
    "id": "OSV-SEEDED-1", "summary": "seeded", "modified": "2020-01-01T00:00:00Z", "published": "2020-01-01T00:00:00Z",
    "affected": [{
        "package": {"name": "jinja2", "ecosystem": "PyPI"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.7.2"}]}],
        "versions": ["2.4.1"],
    }],
}  # fmt: skip


@contextmanager
def source(answer: object, status: int = 200) -> Iterator[str]:
    """Run a source of known weaknesses on this machine that gives everybody the same answer; yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def audit(tmp_path):
    """Run the script of the product on a lock file with one pin and an npm lock file without packages."""
    lock, npm = tmp_path / "pinned.txt", tmp_path / "package-lock.json"
    lock.write_text(PIN)
    root = {"name": "seeded", "version": "1.0.0"}
    npm.write_text(json.dumps({**root, "lockfileVersion": 3, "requires": True, "packages": {"": root}}))
    (tmp_path / "package.json").write_text(json.dumps(root))

    def run(*options: str, **environment: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, str(ROOT / "scripts" / "audit.py"), "--lock", str(lock), "--npm-lock", str(npm), *options],
            capture_output=True, text=True, check=False,
            env=os.environ | {"npm_config_registry": f"http://127.0.0.1:{free_port()}/"} | environment,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    return run


def pip_said(said: str) -> str:
    return "\n".join(line for line in said.splitlines() if "pinned.txt" in line)


@pytest.mark.parametrize("lock", LOCKS)
def test_row_59_every_python_package_is_pinned_to_one_version_with_its_hashes(lock):
    said = (ROOT / lock).read_text().replace("\\\n", " ").splitlines()
    lines = [line for line in said if line.strip() and not line.strip().startswith("#")]
    loose = [line[:60] for line in lines if "==" not in line.split()[0] or "--hash=sha256:" not in line]
    assert loose == []
    assert len(lines) > 50


def test_row_59_every_npm_package_is_pinned_with_its_hash_and_by_no_host():
    held = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    loose = [name for name, told in held.items() if name and not told.get("integrity", "").startswith("sha512-")]
    assert loose == []
    wanted = json.loads((ROOT / "package.json").read_text())
    versions = [*wanted.get("dependencies", {}).values(), *wanted.get("devDependencies", {}).values()]
    assert [version for version in versions if not version[0].isdigit()] == []


def test_row_59_installing_asks_for_the_hashes():
    lines = [line for line in (ROOT / "Makefile").read_text().splitlines() if "pip install" in line]
    assert lines
    assert [line for line in lines if "requirements/" in line and "--require-hashes" not in line] == []


def test_row_59_the_list_of_what_is_in_the_product_is_a_cyclonedx_file(tmp_path):
    file = tmp_path / "sbom.json"
    subprocess.run([sys.executable, str(ROOT / "scripts" / "sbom.py"), "--output", str(file)], check=True)
    said = file.read_text()
    bom = Bom.from_json(json.loads(said))
    names = {f"{part.purl.type}:{part.name}" for part in bom.components}
    assert {"pypi:flask", "pypi:sqlalchemy", "npm:htmx.org", "npm:@tabler/core"} <= names
    assert all(part.hashes for part in bom.components)
    again = subprocess.run([sys.executable, str(ROOT / "scripts" / "sbom.py")], capture_output=True, check=True)
    assert again.stdout.decode() == said


def test_row_59_a_pin_with_a_known_weakness_fails(audit):
    with source({"vulns": [WEAK]}) as osv:
        code, said = audit("--vulnerability-service", "osv", "--osv-url", f"{osv}/v1/query")
    assert code == 1, said
    assert "FOUND: pinned.txt: jinja2 2.4.1: OSV-SEEDED-1, fixed in 2.7.2" in said


def test_row_59_without_a_known_weakness_it_is_clean(audit):
    with source({}) as osv:
        code, said = audit("--vulnerability-service", "osv", "--osv-url", f"{osv}/v1/query")
    assert code == 0
    assert "Clean: pinned.txt: 1 packages" in said
    assert "NOT AUDITED" not in pip_said(said)


@pytest.mark.parametrize("status", [pytest.param(0, id="nobody answers"), 500])
def test_row_59_a_source_out_of_reach_is_said_aloud_and_is_not_clean(audit, status):
    if status:
        with source({"message": "broken"}, status) as osv:
            code, said = audit("--vulnerability-service", "osv", "--osv-url", f"{osv}/v1/query")
    else:
        code, said = audit("--vulnerability-service", "osv", "--osv-url", f"http://127.0.0.1:{free_port()}/v1/query")
    assert code == 0
    assert "NOT AUDITED: pinned.txt: 1 packages: jinja2." in said
    assert "This is not a clean result." in said
    assert "Clean" not in said


def test_row_59_a_package_the_source_does_not_know_is_named(audit, tmp_path):
    answer = {"dependencies": [{"name": "Jinja2", "skip_reason": "Dependency not found: jinja2 (2.4.1)"}]}
    told = audit(PYTHONPATH=str(pretend(tmp_path, answer)))
    assert "NOT AUDITED: pinned.txt: 1 packages: jinja2. Reason: Dependency not found." in told[1]
    assert "Clean" not in told[1]


def test_row_59_a_package_an_answer_leaves_out_is_named(audit, tmp_path):
    _code, said = audit(PYTHONPATH=str(pretend(tmp_path, {"dependencies": []})))
    assert "NOT AUDITED: pinned.txt: 1 packages: jinja2. Reason: nothing was said of it." in said


def pretend(folder: Path, answer: object) -> Path:
    """Make a module `pip_audit` that gives an answer like the real one's for a package its source does not know."""
    package = folder / "pretended" / "pip_audit"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text(f"print({json.dumps(json.dumps(answer))})\n")
    return package.parent


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_row_59_npm_out_of_reach_is_said_aloud_too(audit, tmp_path):
    lock = json.loads((tmp_path / "package-lock.json").read_text())
    digest = "A" * 86 + "=="
    lock["packages"][""]["dependencies"] = {"left-pad": "1.3.0"}
    lock["packages"]["node_modules/left-pad"] = {"version": "1.3.0", "integrity": f"sha512-{digest}"}
    (tmp_path / "package-lock.json").write_text(json.dumps(lock))
    _code, said = audit(PYTHONPATH=str(pretend(tmp_path, {"dependencies": []})))
    assert "NOT AUDITED: package-lock.json: 1 packages: left-pad." in said
    weak = {"left-pad": [{
        "id": 1, "url": "https://example.com/1", "title": "seeded", "severity": "high", "vulnerable_versions": "<2.0.0",
        "cwe": [], "cvss": {"score": 7, "vectorString": None},
    }]}  # fmt: skip
    with source(weak) as registry:
        code, said = audit(PYTHONPATH=str(tmp_path / "pretended"), npm_config_registry=f"{registry}/")
    assert (code, "FOUND: package-lock.json: left-pad: high" in said) == (1, True), said


@pytest.mark.parametrize(
    ("version", "state"),
    [((3, 40, 1), State.WARN), ((3, 51, 2), State.WARN), ((3, 51, 3), State.OK), ((3, 52, 0), State.OK)],
    ids=str,
)
def test_row_59_the_doctor_warns_of_an_old_sqlite(settings, monkeypatch, version, state, on_postgres):
    monkeypatch.setattr("sqlite3.sqlite_version_info", version)
    assert house_cli.versions(settings).state == (State.OK if on_postgres else state)
