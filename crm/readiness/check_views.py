"""The readiness check: four gates, ten areas, what speaks for each point, and the score over time."""

from functools import cache
from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, RadioField

from crm.readiness import check_service, evidence, evidence_queries, jobs, on_file_queries, queries, score
from crm.readiness.base_views import bp
from crm.readiness.score import AREAS, GATES
from crm.web import BaseForm, commit, invalid


@cache
def _form_class() -> type[BaseForm]:
    gates = {f"gate_{gate.key}": BooleanField(gate.asks) for gate in GATES.values()}
    choices = [(str(n), str(n)) for n in range(score.MOST + 1)]
    areas = {f"area_{area.key}": RadioField(area.title, choices=choices) for area in AREAS.values()}
    return type("CheckForm", (BaseForm,), gates | areas)


@bp.get("/setup/readiness")
def check() -> ResponseReturnValue:
    return _page(None)


@bp.post("/setup/readiness")
def save_check() -> ResponseReturnValue:
    form = _form_class()()
    if not form.validate_on_submit():
        return invalid(_page(form))
    points = {key: int(form[f"area_{key}"].data) for key in AREAS}
    gates = {key: bool(form[f"gate_{key}"].data) for key in GATES}
    row = check_service.save_check(g.practice, points, gates, now=g.now, actor=g.user.id)
    said = f"{row.total} of 100. It stands beside the plan now."
    said += jobs.seen_words(g.practice, now=g.now)
    commit()
    flash(said)
    return redirect(url_for("readiness.check"), 303)


def panel() -> dict[str, Any] | None:
    """Return what the panel shows: the newest reading and the course up to it; None before the first."""
    found = queries.checks_of(g.practice.id)
    if not found:
        return None
    told = score.score(found[-1].points, found[-1].gates)
    first = found[0]
    dots = score.course([(row.on, row.total) for row in found])
    return {"score": told, "dots": dots, "gained": told.total - first.total, "first": first}


def _page(form: BaseForm | None) -> str:
    on_file = on_file_queries.on_file(g.practice, today=g.today)
    counts = evidence_queries.counts(g.practice, today=g.today)
    found = evidence.steps(on_file, counts)
    gates = evidence.gates(on_file, counts)
    seen = {f"area_{key}": str(n) for key, n in evidence.points(found).items()}
    said = {f"gate_{key}": step.met for key, step in gates.items()}
    return render_template(
        "readiness/check.html",
        form=form or _form_class()(formdata=None, data=seen | said),
        areas=AREAS,
        gates=GATES,
        steps=found,
        gate_steps=gates,
        panel=panel(),
    )
