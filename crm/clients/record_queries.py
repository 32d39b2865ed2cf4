"""Selects over what is on file about a client; rows whose journal entry was taken back are out of view."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from crm.clients.models import Client, ClientStatus
from crm.clients.record_models import (
    ClientSheet,
    FlagRaised,
    Goal,
    Measurement,
    Part,
    SessionLog,
    TreatingProvider,
)
from crm.db import NotFound, db
from crm.journal.models import JournalEntry


def sheet(practice_id: int, client_id: int, part: Part) -> ClientSheet | None:
    """Return the version of a part that is in force, if the part was ever filled in."""
    newest: ClientSheet | None = db.session.scalar(_versions(practice_id, client_id, part).limit(1))
    return newest


def sheets(practice_id: int, client_id: int) -> dict[Part, ClientSheet]:
    """Return the version in force of each part."""
    newest = (
        select(func.max(ClientSheet.id))
        .where(ClientSheet.practice_id == practice_id, ClientSheet.client_id == client_id)
        .group_by(ClientSheet.part)
    )
    return {row.part: row for row in db.session.scalars(select(ClientSheet).where(ClientSheet.id.in_(newest)))}


def sheet_versions(practice_id: int, client_id: int, part: Part) -> Sequence[ClientSheet]:
    """Return every version of a part, newest first."""
    return db.session.scalars(_versions(practice_id, client_id, part)).all()


def _versions(practice_id: int, client_id: int, part: Part) -> Select[Any]:
    return (
        select(ClientSheet)
        .where(ClientSheet.practice_id == practice_id, ClientSheet.client_id == client_id, ClientSheet.part == part)
        .order_by(ClientSheet.id.desc())
    )


def providers_of(practice_id: int, client_id: int) -> Sequence[TreatingProvider]:
    """Return who else treats a client, with the source each of them is."""
    query = (
        select(TreatingProvider)
        .where(TreatingProvider.practice_id == practice_id, TreatingProvider.client_id == client_id)
        .options(joinedload(TreatingProvider.source))
        .order_by(TreatingProvider.id)
    )
    return db.session.scalars(query).all()


def providers_of_now(practice_id: int) -> list[tuple[str, TreatingProvider]]:
    """Return who treats the clients who have not left, with each client's code, in the order of the codes."""
    query = (
        select(Client.code, TreatingProvider)
        .join(Client, TreatingProvider.client_id == Client.id)
        .where(TreatingProvider.practice_id == practice_id, Client.status != ClientStatus.DISCHARGED)
        .options(joinedload(TreatingProvider.source))
        .order_by(Client.code, TreatingProvider.id)
    )
    return [(code, row) for code, row in db.session.execute(query)]


def get_provider(practice_id: int, client_id: int, provider_id: int) -> TreatingProvider:
    """Return one of those who treat a client; raises NotFound."""
    found = next((row for row in providers_of(practice_id, client_id) if row.id == provider_id), None)
    if found is None:
        raise NotFound
    return found


def sessions_of(practice_id: int, client_id: int, limit: int = 1000) -> Sequence[SessionLog]:
    """Return a client's sessions, newest first."""
    query = (
        select(SessionLog)
        .where(
            SessionLog.practice_id == practice_id,
            SessionLog.client_id == client_id,
            _stands(SessionLog.entry_seq, practice_id, client_id),
        )
        .order_by(SessionLog.held_on.desc(), SessionLog.id.desc())
        .limit(limit)
    )
    return db.session.scalars(query).all()


def get_session(practice_id: int, client_id: int, session_id: int) -> SessionLog:
    """Return a session of this client; raises NotFound."""
    found = next((row for row in sessions_of(practice_id, client_id) if row.id == session_id), None)
    if found is None:
        raise NotFound
    return found


def find_session_by_form(practice_id: int, form_key: str) -> SessionLog | None:
    """Return what an already saved form became."""
    return db.session.scalar(
        select(SessionLog).where(SessionLog.practice_id == practice_id, SessionLog.form_key == form_key)
    )


def measurements_of(practice_id: int, client_id: int, *, replaced: bool = False) -> Sequence[Measurement]:
    """Return a client's measured values, newest first; those that were corrected only if asked for."""
    query = select(Measurement).where(
        Measurement.practice_id == practice_id,
        Measurement.client_id == client_id,
        _stands(Measurement.entry_seq, practice_id, client_id),
    )
    rows = db.session.scalars(query.order_by(Measurement.taken_on.desc(), Measurement.id.desc())).all()
    if replaced:
        return rows
    corrected = {row.replaces_id for row in rows}
    return [row for row in rows if row.id not in corrected]


def get_measurement(practice_id: int, client_id: int, measurement_id: int) -> Measurement:
    """Return a measured value in force; raises NotFound."""
    found = next((row for row in measurements_of(practice_id, client_id) if row.id == measurement_id), None)
    if found is None:
        raise NotFound
    return found


def goals_of(practice_id: int, client_id: int) -> Sequence[Goal]:
    """Return a client's goals: by the day they are due."""
    query = select(Goal).where(Goal.practice_id == practice_id, Goal.client_id == client_id)
    return db.session.scalars(query.order_by(Goal.due_on, Goal.id)).all()


def get_goal(practice_id: int, client_id: int, goal_id: int) -> Goal:
    """Return a goal of this client; raises NotFound."""
    goal: Goal | None = db.session.scalar(
        select(Goal).where(Goal.practice_id == practice_id, Goal.client_id == client_id, Goal.id == goal_id)
    )
    if goal is None:
        raise NotFound
    return goal


def flags_of(practice_id: int, client_id: int) -> Sequence[FlagRaised]:
    """Return a client's red flags, newest first."""
    query = (
        select(FlagRaised)
        .where(
            FlagRaised.practice_id == practice_id,
            FlagRaised.client_id == client_id,
            _stands(FlagRaised.entry_seq, practice_id, client_id),
        )
        .order_by(FlagRaised.raised_on.desc(), FlagRaised.id.desc())
    )
    return db.session.scalars(query).all()


def _stands(entry_seq: InstrumentedAttribute[int], practice_id: int, client_id: int) -> ColumnElement[bool]:
    """Leave out rows whose entry was taken back."""
    undone = select(JournalEntry.undoes).where(
        JournalEntry.practice_id == practice_id,
        JournalEntry.client_id == client_id,
        JournalEntry.undoes.is_not(None),
    )
    return entry_seq.not_in(undone)
