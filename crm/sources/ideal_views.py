"""Ideal sources: who fits the niche and why, this week's five, the top three."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form

from crm.readiness import jobs
from crm.readiness import queries as readiness
from crm.sources import fit, ideal, ideal_queries, queries, service, top_service
from crm.sources.base_views import bp
from crm.sources.ideal_forms import ChooseForm, JudgeForm
from crm.sources.models import Grade
from crm.text import row_id
from crm.web import commit, invalid

PAGE = 50
SAID = {
    Grade.A: "{name} is an A now. The first steps are planned.",
    Grade.B: "{name} is a B now. The first steps are planned.",
    Grade.C: "{name} rests as a C; nothing is planned.",
}


@bp.get("/sources/ideal")
def ideal_sources() -> ResponseReturnValue:
    return _page()


@bp.post("/sources/<int:source_id>/choose")
def choose(source_id: int) -> ResponseReturnValue:
    source = queries.get_source(g.practice.id, source_id)
    form = ChooseForm()
    if not form.validate_on_submit():
        return invalid(_page(form))
    service.grade_source(g.practice, source, Grade(form.grade.data), now=g.now, actor=g.user.id)
    said = SAID[Grade(form.grade.data)].format(name=source.display_name) + jobs.seen_words(g.practice, now=g.now)
    commit()
    flash(said)
    return redirect(url_for("sources.ideal_sources"), 303)


@bp.post("/sources/<int:source_id>/judge")
def judge(source_id: int) -> ResponseReturnValue:
    source = queries.get_source(g.practice.id, source_id)
    form = JudgeForm()
    if not form.validate_on_submit():
        return invalid(_page(form))
    source.volume = int(form.volume.data) if form.volume.data else None
    rank = int(form.rank.data) if form.rank.data else None
    try:
        out = top_service.put_on_top(g.practice, source, rank, now=g.now, actor=g.user.id)
    except top_service.NotToBeChosen:
        form.rank.errors = ["This source is put aside or wants no contact, and cannot be one of the three."]
        return invalid(_page(form))
    commit()
    left = f" {out.display_name} had this place and is no longer one of the three." if out else ""
    flash(f"Noted for {source.display_name}.{left}")
    return redirect(url_for("sources.ideal_sources"), 303)


def _page(wrong: Form | None = None) -> str:
    niches = readiness.niches_of(g.practice.id)
    found = ideal.in_order(ideal_queries.ranked(g.practice, niches, today=g.today)) if niches else []
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(1, row_id(request.args.get("page")) or 1), pages)
    return render_template(
        "sources/ideal.html",
        niches=niches,
        five=ideal.this_weeks_five(found),
        chosen=ideal.chosen(found),
        top=sorted((one for one in found if one.top_rank), key=lambda one: one.top_rank or 0),
        shown=found[(page - 1) * PAGE : page * PAGE],
        found=len(found),
        page=page,
        last=pages,
        full=fit.FULL,
        advice=ideal.advice(*ideal_queries.count_graded(g.practice.id)),
        form=JudgeForm(formdata=None),
        wrong=wrong,
    )
