"""The skills as a checklist: what the desk has for each, beside what somebody says of themself, and never for it."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from crm.analytics import queries as analytics
from crm.db import NotFound
from crm.readiness import skill_queries, skill_service, skills
from crm.readiness.base_views import bp
from crm.readiness.skills import FIGURES, SKILLS, TIERS, Skill
from crm.web import BaseForm, Day, commit, invalid

SHOWN = 200  # rows behind a figure


class TickForm(BaseForm):
    """Since when somebody can do something, and what shows it."""

    on = Day("Since", [InputRequired("Say since when.")])
    evidence = TextAreaField(
        "What shows it",
        [DataRequired("Say what shows it, in a few words."), Length(max=300)],
        render_kw={"rows": 3},
        description="A course, who watched you, how often. No client’s name.",
    )

    def validate_on(self, field: Day) -> None:
        """Refuse a day to come: a skill is one you have."""
        if field.data is not None and field.data > g.today:
            raise ValidationError("This day is still to come.")


@bp.get("/practice/skills")
def skills_page() -> ResponseReturnValue:
    counts = skill_queries.counts(g.practice)
    marks = skill_queries.marks_of(g.practice.id, g.user.id)
    parts = [
        (
            tier,
            skills.standing(tier.key, marks, counts),
            skills.evidence(tier.least, counts),
            [(one, skills.evidence(one.least, counts)) for one in SKILLS.values() if one.tier == tier.key],
        )
        for tier in TIERS.values()
    ]
    return render_template("readiness/skills.html", parts=parts, marks=marks)


@bp.get("/practice/skills/<skill>")
def skill(skill: str) -> ResponseReturnValue:
    told = _known(skill)
    mark = skill_queries.marks_of(g.practice.id, g.user.id).get(skill)
    return _page(told, TickForm(formdata=None, obj=mark, on=mark.on if mark else g.today))


@bp.post("/practice/skills/<skill>")
def tick_skill(skill: str) -> ResponseReturnValue:
    told = _known(skill)
    form = TickForm()
    if not form.validate_on_submit():
        return invalid(_page(told, form))
    skill_service.tick(g.practice, skill, form.on.data, form.evidence.data, now=g.now, actor=g.user.id)
    commit()
    flash(f"Ticked: {told.title}.")
    return redirect(url_for("readiness.skills_page", _anchor=f"skill-{skill}"), 303)


@bp.post("/practice/skills/<skill>/untick")
def untick_skill(skill: str) -> ResponseReturnValue:
    told = _known(skill)
    skill_service.untick(g.practice, skill, now=g.now, actor=g.user.id)
    commit()
    flash(f"No longer ticked: {told.title}.")
    return redirect(url_for("readiness.skills_page", _anchor=f"skill-{skill}"), 303)


@bp.get("/practice/skills/counted/<figure>")
def skill_rows(figure: str) -> ResponseReturnValue:
    """Open the rows behind a figure."""
    if figure not in FIGURES:
        raise NotFound
    found = skill_queries.rows(g.practice, figure)
    names = analytics.names(g.practice.id, {row.source_id for row in found[:SHOWN] if row.source_id})
    return render_template(
        "readiness/skill_rows.html", figure=FIGURES[figure], found=found[:SHOWN], count=len(found), names=names
    )


def _known(key: str) -> Skill:
    if key not in SKILLS:
        raise NotFound
    return SKILLS[key]


def _page(told: Skill, form: TickForm) -> str:
    return render_template(
        "readiness/skill.html",
        skill=told,
        tier=TIERS[told.tier],
        evidence=skills.evidence(told.least, skill_queries.counts(g.practice)),
        mark=skill_queries.marks_of(g.practice.id, g.user.id).get(told.key),
        form=form,
    )
