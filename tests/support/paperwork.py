"""What tests of letters share: a practice with a letterhead, sources and clients to write about, a desk to write at."""

import io
from datetime import UTC, date, datetime
from typing import Any

import builders
from flask import Flask, current_app
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from crm.clients import measure_service
from crm.clients.measures import Reading
from crm.clients.models import Client, Release
from crm.clients.record_models import Occasion
from crm.db import db, writing
from crm.documents.models import Delivery, Document, DocumentFile
from crm.documents.service import open_file
from crm.sources.models import Source

CLEAN = """Dear Dr. Marsh,

Thank you for your note about exercise after discharge. I am glad to call your office next week.

With kind regards,

Robin Vale, MES"""
NAME = "Wilhelmina Quagmire"


def letterhead(**values: Any) -> None:
    """Give the practice a letterhead. Needs an application context; commits."""
    with writing():
        practice = builders.practice()
        given = {
            "street": "18 Orchard Row", "city": "Fairfield", "state": "OR", "zip": "97000", "phone": "(503) 555-0100",
            "fax": "(503) 555-0101", "email": "desk@northside.example.com",
        }  # fmt: skip
        for name, value in (given | values).items():
            setattr(practice, name, value)


def source(last_name: str = "Marsh", *, street: str = "40 Lake Street", **values: Any) -> int:
    """Add a relationship with an office; commits. Returns its id."""
    with writing():
        office = builders.office(
            name=f"{last_name} Orthopedics", street=street, city="Fairfield", state="OR", zip="97000",
            fax="(503) 555-0180",
        )  # fmt: skip
        made = builders.source(
            last_name=last_name, office=office, email=f"{last_name.lower()}@example.com",
            added_on=date(2026, 4, 1), **values,
        )  # fmt: skip
        return int(made.id)


def client(source_id: int, *, name: str = NAME, code: str = "C-0142", released: bool = True) -> int:
    """Add a client with a name, a diagnosis and, if wanted, a release; commits."""
    sealer = current_app.extensions["handoff"].sealer()
    with writing():
        made = builders.client(source=db.session.get_one(Source, source_id), code=code)
        private = {"name": name, "diagnosis": "Osteoarthritis of the knee", "icd10": "M17.11"}
        made.sealed = sealer.seal(private, table="client", row=made.uuid)
        if released:
            db.session.add(
                Release(
                    practice_id=made.practice_id,
                    client_id=made.id,
                    source_id=source_id,
                    from_on=date(2026, 1, 1),
                    until_on=date(2026, 12, 31),
                )
            )
        measure(made)
        return int(made.id)


def measure(about: Client, value: float = 12, on: date = date(2026, 5, 4), key: str = "chair-stand-30s") -> None:
    """Put a measured value on file; the caller commits."""
    measure_service.take_measures(
        builders.practice(), about, [Reading(key, value, on)], Occasion.SOME, on=on,
        sealer=current_app.extensions["handoff"].sealer(), now=datetime(2026, 5, 6, 14, tzinfo=UTC),
    )  # fmt: skip


def only(model: type[Any]) -> Any:
    """Return the one row of a table as it is now."""
    db.session.rollback()
    return db.session.scalars(select(model).execution_options(populate_existing=True)).one()


def newest(model: type[Any]) -> Any:
    """Return the newest row of a table as it is now."""
    db.session.rollback()
    query = select(model).order_by(model.id.desc()).limit(1).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


class Desk:
    """A person at the composer, through HTTP."""

    def __init__(self, app: Flask, browser: FlaskClient) -> None:
        self.app, self.browser = app, browser

    def write(self, text: str = CLEAN, *, key: str = "education-answer", **about: Any) -> int:
        """Begin a letter and return its id."""
        answer = self.browser.post("/documents/text", data={"key": key, "text": text, **about})
        assert answer.status_code == 303, answer.text[:500]
        return int(answer.headers["Location"].rpartition("/")[2])

    def save(self, document_id: int, text: str, version: int, **more: Any) -> Any:
        """Save the text of a draft the way the page does while one types."""
        form = {"document": document_id, "version": version, "text": text, **more}
        return self.browser.post("/documents/text", data=form, headers={"HX-Request": "true"})

    def approve(self, document_id: int, text: str = CLEAN, version: int = 1) -> Any:
        """Press Approve."""
        return self.browser.post("/documents/approve", data={"document": document_id, "version": version, "text": text})

    def approved(self, text: str = CLEAN, *, key: str = "education-answer", **about: Any) -> int:
        """Write and approve a letter; return its id."""
        document_id = self.write(text, key=key, **about)
        answer = self.approve(document_id, text)
        assert answer.status_code == 303, answer.text
        return document_id

    def send(self, document_id: int, channel: str, **more: Any) -> Any:
        """Put it on its way."""
        return self.browser.post(f"/documents/{document_id}/send", data={"channel": channel, **more})


def frozen(document_id: int) -> list[bytes]:
    """Return the frozen bytes of a document and its enclosures. Needs an application context."""
    sealer = current_app.extensions["handoff"].sealer()
    rows = db.session.scalars(
        select(DocumentFile).where(DocumentFile.document_id == document_id).order_by(DocumentFile.position)
    )
    return [open_file(row, sealer) for row in rows]


def read(pdf: bytes) -> tuple[int, str]:
    """Read a PDF with another program: how many pages, which words."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return len(pages), "\n".join(page.extract_text() for page in pages)


__all__ = [
    "CLEAN",
    "NAME",
    "Client",
    "Delivery",
    "Desk",
    "Document",
    "Release",
    "Source",
    "frozen",
    "letterhead",
    "newest",
    "only",
    "read",
]
