"""Selects over clients, referrals and visits; the first argument is always the practice."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from crm.clients.models import Client, ClientStatus, Referral, Release, Visit
from crm.clients.record_models import Erasure
from crm.db import NotFound, db
from crm.sources.models import Source


def get_client_by_code(practice_id: int, code: str) -> Client:
    """Return a client with its source; raises NotFound for a missing or a foreign one alike."""
    query = select(Client).where(Client.practice_id == practice_id, Client.code == code)
    client: Client | None = db.session.scalar(query.options(joinedload(Client.source)))
    if client is None:
        raise NotFound
    return client


def find_client(practice_id: int, code: str) -> Client | None:
    """Return the client with this code, if there is one."""
    return db.session.scalar(select(Client).where(Client.practice_id == practice_id, Client.code == code))


def was_erased(practice_id: int, code: str) -> bool:
    """Say whether a client with this code was erased: the journal speaks of them by it, so nobody else gets it."""
    query = select(Erasure.id).where(Erasure.practice_id == practice_id, Erasure.code == code)
    return db.session.scalar(query) is not None


def find_referral_by_form(practice_id: int, form_key: str) -> Referral | None:
    """Return what an already saved form became."""
    query = select(Referral).where(Referral.practice_id == practice_id, Referral.form_key == form_key)
    return db.session.scalar(query.options(joinedload(Referral.client)))


def find_open_referral(practice_id: int, source_id: int, client_id: int) -> Referral | None:
    """Return the client's referral from this source that is not closed yet."""
    query = select(Referral).where(
        Referral.practice_id == practice_id,
        Referral.source_id == source_id,
        Referral.client_id == client_id,
        Referral.closed_on.is_(None),
    )
    return db.session.scalar(query.options(joinedload(Referral.client)).limit(1))


def get_visit(practice_id: int, client_id: int, visit_id: int) -> Visit:
    """Return a visit of this client; raises NotFound."""
    visit: Visit | None = db.session.scalar(
        select(Visit).where(Visit.practice_id == practice_id, Visit.client_id == client_id, Visit.id == visit_id)
    )
    if visit is None:
        raise NotFound
    return visit


def visits_of(practice_id: int, client_id: int) -> Sequence[tuple[Visit, Source | None]]:
    """Return a client's visits, latest first, with whom they are to."""
    query = (
        select(Visit, Source)
        .outerjoin(Source, Source.id == Visit.source_id)
        .where(Visit.practice_id == practice_id, Visit.client_id == client_id)
        .order_by(Visit.visit_on.desc(), Visit.id.desc())
    )
    return [(visit, source) for visit, source in db.session.execute(query)]


def referrals_of(practice_id: int, client_id: int) -> Sequence[Referral]:
    """Return a client's referrals, newest first, with their sources."""
    query = select(Referral).where(Referral.practice_id == practice_id, Referral.client_id == client_id)
    return db.session.scalars(query.options(joinedload(Referral.source)).order_by(Referral.id.desc())).all()


def page_of_clients(practice_id: int, *, today: date, page: int, size: int) -> tuple[int, Sequence[Any]]:
    """Return how many clients there are and one page of them: those on the move first, then by code."""
    total = db.session.scalar(select(func.count()).where(Client.practice_id == practice_id)) or 0
    next_visit = (
        select(func.min(Visit.visit_on))
        .where(Visit.client_id == Client.id, Visit.cancelled.is_(False), Visit.visit_on >= today)
        .scalar_subquery()
    )
    query = (
        select(Client, Source, next_visit.label("next_visit"))
        .outerjoin(Source, Source.id == Client.source_id)
        .where(Client.practice_id == practice_id)
        .order_by((Client.status == ClientStatus.DISCHARGED), Client.code)
        .limit(size)
        .offset((page - 1) * size)
    )
    return total, db.session.execute(query).all()


def get_client(practice_id: int, client_id: int) -> Client:
    """Return a client by id; raises NotFound."""
    client: Client | None = db.session.scalar(
        select(Client).where(Client.practice_id == practice_id, Client.id == client_id)
    )
    if client is None:
        raise NotFound
    return client


def releases_of(practice_id: int, client_id: int) -> Sequence[Release]:
    """Return a client's releases, newest first, with whom they are for."""
    query = select(Release).where(Release.practice_id == practice_id, Release.client_id == client_id)
    return db.session.scalars(query.options(joinedload(Release.source)).order_by(Release.id.desc())).all()


def get_release(practice_id: int, client_id: int, release_id: int) -> Release:
    """Return a release of this client; raises NotFound."""
    query = select(Release).where(
        Release.practice_id == practice_id, Release.client_id == client_id, Release.id == release_id
    )
    release: Release | None = db.session.scalar(query)
    if release is None:
        raise NotFound
    return release
