"""The ledger of meals and gifts: each person's year in cents, with the practice's own limit."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm import removed_views
from crm.db import NotFound, db
from crm.money import dollars, figure
from crm.outreach import day_words
from crm.readiness import gift_queries, gift_service, gifts
from crm.readiness.base_views import bp
from crm.readiness.gift_forms import KINDS, GiftForm, GiftLimitForm
from crm.readiness.models import GiftKind
from crm.sources.queries import get_source
from crm.text import row_id
from crm.web import commit, invalid, spreadsheet

HEAD = ("person", "office", "day", "kind", "what", "amount", "person in the year")


@bp.get("/practice/gifts")
def gifts_page() -> ResponseReturnValue:
    return _page(GiftForm(formdata=None, today=g.today, on=g.today))


@bp.post("/practice/gifts")
def add_gift() -> ResponseReturnValue:
    form = GiftForm(today=g.today)
    if not form.validate_on_submit():
        return invalid(_page(form))
    try:
        source = get_source(g.practice.id, row_id(form.source_id.data) or 0) if form.source_id.data else None
    except NotFound:
        form.person.errors = ["Choose them from the list again, or type a name."]
        return invalid(_page(form))
    gift = gift_service.add_gift(
        g.practice, GiftKind(form.kind.data),
        person=form.person.data, source_id=source.id if source else None, on=form.on.data,
        cents=form.amount.data, what=form.what.data or "",
    )  # fmt: skip
    commit()
    flash("Entered.")
    return redirect(url_for("readiness.gifts_page", year=gift.on.year), 303)


@bp.post("/practice/gifts/limit")
def save_gift_limit() -> ResponseReturnValue:
    form = GiftLimitForm()
    if not form.validate_on_submit():
        return invalid(_page(GiftForm(formdata=None, today=g.today, on=g.today), form))
    g.practice.gift_limit_cents = form.limit.data
    commit()
    flash("Saved. Each year is read against it.")
    return redirect(url_for("readiness.gifts_page"), 303)


@bp.post("/practice/gifts/<int:gift_id>/remove")
def remove_gift(gift_id: int) -> ResponseReturnValue:
    gift = gift_queries.get_gift(g.practice.id, gift_id)
    year, undo = gift.on.year, removed_views.keep(gift)
    db.session.delete(gift)
    commit()
    flash("Taken out of the ledger.", undo)
    return redirect(url_for("readiness.gifts_page", year=year), 303)


@bp.get("/practice/gifts.csv")
def gifts_csv() -> ResponseReturnValue:
    told = [
        (one.person, person.where, one.on.isoformat(), one.kind, one.what, figure(one.cents), figure(person.cents))
        for person in gifts.ledger(gift_queries.given_in(g.practice, _year()))
        for one in reversed(person.given)
    ]
    return spreadsheet(f"gifts-{_year()}", HEAD, told)


def _year() -> int:
    asked = row_id(request.args.get("year")) or 0
    return asked if 2000 <= asked <= 2099 else int(g.today.year)


def _page(form: GiftForm, limit: GiftLimitForm | None = None) -> str:
    given = gift_queries.given_in(g.practice, _year())
    most = g.practice.gift_limit_cents
    people = [(person, gifts.standing(person.cents, most)) for person in gifts.ledger(given)]
    over = sum(state[0] == "late" for _person, state in people)
    return render_template(
        "readiness/gifts.html",
        form=form,
        limit=limit or GiftLimitForm(formdata=None, limit=most),
        most=most,
        people=people,
        opening=_opening(over, sum(one.is_cash for one in given), bool(given)),
        total=sum(one.cents for one in given),
        dollars=dollars,
        year=_year(),
        years=sorted({*gift_queries.years_of(g.practice.id), g.today.year, _year()}, reverse=True),
        kinds={kind.value: word for kind, word in KINDS.items()},
    )


def _opening(over: int, cash: int, is_any: bool) -> str:
    if cash:
        words = day_words.count_of(cash, "entry is cash or like cash", "entries are cash or like cash")
        return f"{day_words.sentence(words)}. That is never given."
    if over:
        words = day_words.count_of(over, "person is over your limit", "people are over your limit")
        return f"{day_words.sentence(words)}."
    return "Nobody is over your limit." if is_any else "Nothing was given yet."
