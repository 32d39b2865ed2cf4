"""Make a source one of the top three, or take it out, from its own page and wherever the three are listed."""

from flask import flash, g, redirect
from flask.typing import ResponseReturnValue

from crm.outreach import day_words
from crm.sources import queries, top_service
from crm.sources.base_views import bp
from crm.web import commit, way_back


@bp.post("/sources/<int:source_id>/top")
def make_top(source_id: int) -> ResponseReturnValue:
    source = queries.get_source(g.practice.id, source_id)
    try:
        top_service.add_to_top(g.practice, source, now=g.now, actor=g.user.id)
    except top_service.ThreeAlready as three:
        flash(f"Three are chosen already: {_listed(three.names)}. Take one of them out first.")
    except top_service.NotToBeChosen:
        flash(f"{source.display_name} is put aside or wants no contact, and cannot be one of the three.")
    else:
        commit()
        flash(f"{source.display_name} is number {day_words.number(source.top_rank or 1)} of your top three.")
    return redirect(way_back(), 303)


@bp.post("/sources/<int:source_id>/top/out")
def drop_top(source_id: int) -> ResponseReturnValue:
    source = queries.get_source(g.practice.id, source_id)
    top_service.put_on_top(g.practice, source, None, now=g.now, actor=g.user.id)
    commit()
    flash(f"{source.display_name} is no longer one of your top three.")
    return redirect(way_back(), 303)


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
