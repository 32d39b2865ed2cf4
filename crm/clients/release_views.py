"""The releases on a client's page: filed, withdrawn, taken back."""

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from crm.clients import queries, release_service
from crm.clients.client_page_views import client_page
from crm.clients.forms import ReleaseForm
from crm.clients.models import Client
from crm.outreach import day_words
from crm.sources.models import Source
from crm.sources.queries import get_source
from crm.text import row_id
from crm.web import commit, invalid


def add_release(code: str) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    form = ReleaseForm(today=g.today)
    source = _recipient(client, form) if form.validate_on_submit() else None
    if source is None:
        return invalid(client_page(client, release_form=form))
    release_service.file_release(
        g.practice, client, source, from_on=form.from_on.data, until_on=form.until_on.data, now=g.now, actor=g.user.id
    )
    commit()
    flash(f"On file. {source.display_name} may be told until {day_words.day(form.until_on.data, g.today)}.")
    return redirect(url_for("clients.show", code=code), 303)


def _recipient(client: Client, form: ReleaseForm) -> Source | None:
    """Return the source a release names, the client's own where none was chosen."""
    if (chosen := row_id(form.release_source_id.data)) is not None:
        return get_source(g.practice.id, chosen)
    if client.source is None:
        form.release_source_id.errors = ["Choose who may be told."]
    return client.source


def withdraw_release(code: str, release_id: int) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    release = queries.get_release(g.practice.id, client.id, release_id)
    release_service.withdraw_release(g.practice, client, release, now=g.now, actor=g.user.id)
    commit()
    undo = url_for("clients.restore_release", code=code, release_id=release_id)
    flash("Withdrawn. Nothing more leaves under it, not even what waits in the outbox.", f"undo:{undo}")
    return redirect(url_for("clients.show", code=code), 303)


def restore_release(code: str, release_id: int) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    release = queries.get_release(g.practice.id, client.id, release_id)
    release_service.restore_release(g.practice, client, release, now=g.now, actor=g.user.id)
    commit()
    flash("The release holds again.")
    return redirect(url_for("clients.show", code=code), 303)
