"""How long a backup of a full desk takes, with all its checks, and how long it takes to bring it back."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import insert, select

from crm.accounts.models import Practice
from crm.db import db, writing
from crm.documents.models import Document, DocumentFile
from crm.factory import create_app
from crm.journal import chain
from crm.journal.models import JournalEntry
from crm.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
FLASK = str(ROOT / ".venv" / "bin" / "flask")
FILE = 80_000  # bytes of a sealed letter
MEGABYTE = 1_000_000
ENTRIES_PER_MB = 100


def figures(megabytes: int) -> Iterator[tuple[str, float, str]]:
    """Yield names, values and units; the database is mostly sealed letters, with their entries in the journal."""
    size = f"{megabytes // 1000}GB" if megabytes >= 1000 else f"{megabytes}MB"
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = {**os.environ, "HANDOFF_DATA_DIR": str(home / "var")}
        environment.pop("HANDOFF_DATABASE_URL", None)
        _flask(environment, "init")
        app = create_app(load_settings(data_dir=home / "var"))
        with app.app_context():
            _fill(megabytes)
            db.engine.dispose()
        yield f"backup_{size}", _timed(environment, "backup"), "s"
        (made,) = (home / "var-backups").glob("*.backup")
        yield f"backup_{size}_file", made.stat().st_size / MEGABYTE, "MB"
        yield f"restore_{size}", _timed(environment, "restore", str(made), "--into", str(home / "new")), "s"


def _timed(environment: dict[str, str], *arguments: str) -> float:
    start = time.perf_counter()
    _flask(environment, *arguments)
    return time.perf_counter() - start


def _flask(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([FLASK, *arguments], env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def _fill(megabytes: int) -> None:
    practice_id = db.session.scalar(select(Practice.id))
    with writing():
        document = Document(practice_id=practice_id, key="progress-report", sealed=b"x")
        db.session.add(document)
        db.session.flush()
        document_id = document.id
    digest, now = "", datetime.now(UTC).replace(microsecond=0)
    for first in range(0, megabytes, 20):
        count = min(20, megabytes - first)
        with writing():
            files = [_file(document_id, first * 12 + number) for number in range(count * 12)]
            db.session.execute(insert(DocumentFile), files)
            entries = []
            for number in range(count * ENTRIES_PER_MB):
                entry = _entry(practice_id, now, first * ENTRIES_PER_MB + number)
                digest = entry["digest"] = chain.digest_of(digest, SimpleNamespace(**entry))
                entries.append(entry)
            db.session.execute(insert(JournalEntry), entries)


def _file(document_id: int, number: int) -> dict[str, Any]:
    return {
        "document_id": document_id, "uuid": f"{number:036}", "position": number, "key": "progress-report",
        "sha256": "0" * 64, "sealed": os.urandom(FILE),
    }  # fmt: skip


def _entry(practice_id: int | None, now: datetime, number: int) -> dict[str, Any]:
    return {
        "practice_id": practice_id, "at": now, "actor": None, "type": "feed_created", "happened_at": now,
        "happened_on": None, "source_id": None, "client_id": None, "payload": {"feed": number}, "undoes": None,
        "sample": False,
    }  # fmt: skip
