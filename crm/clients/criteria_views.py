"""The six criteria of one client: how they stand, what bears them out, and the answers."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from crm.clients import criteria, criteria_queries, opened_queries, queries, record, record_queries, record_service
from crm.clients.criteria_forms import CriteriaForm
from crm.clients.models import Client
from crm.clients.record_models import Part
from crm.web import commit, invalid, sealer


def show(code: str) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    row = record_queries.sheet(g.practice.id, client.id, Part.CRITERIA)
    told = opened_queries.read_part(row, Part.CRITERIA, sealer())
    form = CriteriaForm(today=g.today, base=str(row.id if row else 0), **CriteriaForm.shown(told))
    return _page(client, form, told)


def _page(client: Client, form: CriteriaForm, told: record.Criteria) -> str:
    filed = criteria_queries.filed(g.practice, client, sealer())
    six = criteria.standings(filed, told)
    return render_template(
        "clients/criteria.html",
        client=client,
        form=form,
        six=six,
        verdict=criteria.verdict(six, filed.person.insurance),
        no_packet=criteria.why_no_packet(filed.person.insurance, filed.referrals),
        places=_places(client),
    )


def _places(client: Client) -> dict[str, str]:
    """Return the page that shows each kind of evidence."""
    page = url_for("clients.show", code=client.code)
    parts = {
        name: url_for("clients.record", code=client.code, part=name) for name in ("person", "health", "gate", "plan")
    }
    return parts | {
        "referral": page,
        "goals": f"{page}#goals",
        "reports": f"{page}#h-att",
        "measures": url_for("clients.measures", code=client.code),
        "sessions": url_for("clients.sessions", code=client.code),
    }


def save(code: str) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    form = CriteriaForm(today=g.today)
    if not form.validate_on_submit():
        return invalid(_page(client, form, form.part()))
    values: dict[str, Any] = record.write(form.part())
    try:
        record_service.save_sheet(
            g.practice, client, Part.CRITERIA, values, base=form.seen, reason=form.reason.data or "", sealer=sealer(),
            now=g.now, actor=g.user.id,
        )  # fmt: skip
    except record_service.Stale as stale:
        form.base.data = str(stale.newest.id if stale.newest else 0)
        form.base.errors = ["Somebody saved this page meanwhile. Look at what you typed, then save it over theirs."]
        return invalid(_page(client, form, form.part()), 409)
    commit()
    flash("The six criteria are saved. What stood there before is kept.")
    return redirect(url_for("clients.criteria", code=code), 303)


ROWS = (
    ("/clients/<code>/criteria", show, "criteria", "GET"),
    ("/clients/<code>/criteria", save, "save_criteria", "POST"),
)
