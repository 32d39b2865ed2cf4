"""Measures: entered by battery, looked at as charts, corrected with a reason."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.clients import measure_service, opened_queries, queries, record_queries
from crm.clients.client_page_views import charts, measured, open_file
from crm.clients.measure_forms import MeasuresForm, correction_for, form_for, known
from crm.clients.measures import BATTERIES, MEASURES, Measure
from crm.clients.models import Client
from crm.clients.record_models import Occasion
from crm.outreach import day_words
from crm.web import commit, invalid, sealer


def index(code: str) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    seen = measured(client, open_file(client))
    return render_template("clients/measures.html", client=client, charts=charts(seen["series"], [], code), **seen)


def new(code: str) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    seen = measured(client, open_file(client))
    chosen = _chosen({one.measure.key for one in seen["series"]})
    form = form_for(chosen)(today=g.today, has_baseline=seen["baseline_on"] is not None, measured_on=g.today)
    return _page(client, form, chosen)


def _chosen(taken: set[str]) -> list[Measure]:
    """Return which measures to ask for: a battery or single ones by the address, else those taken before."""
    battery = BATTERIES.get(request.args.get("battery", ""))
    keys = [*(battery.measures if battery else ()), *request.args.getlist("with")]
    return known(keys or taken or next(iter(BATTERIES.values())).measures)


def _page(client: Client, form: MeasuresForm, chosen: list[Measure]) -> str:
    seen = measured(client, open_file(client))
    return render_template(
        "clients/measure.html",
        client=client,
        form=form,
        chosen=chosen,
        last=seen["by_key"],
        batteries=BATTERIES.values(),
        others=[measure for measure in MEASURES.values() if measure not in chosen],
        battery=request.args.get("battery", ""),
    )


def save(code: str) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    chosen = known(request.form.getlist("measure"))
    before = opened_queries.baseline_on(g.practice, client)
    form = form_for(chosen)(today=g.today, has_baseline=before is not None)
    if not form.validate_on_submit():
        return invalid(_page(client, form, chosen))
    occasion, on = Occasion(form.occasion.data), form.measured_on.data
    entry = measure_service.take_measures(
        g.practice, client, form.readings(), occasion, on=on, sealer=sealer(), now=g.now, actor=g.user.id
    )
    commit()
    count = day_words.sentence(day_words.count_of(len(form.readings()), "value is", "values are"))
    flash(f"{count} on file.", f"undo:{url_for('outreach.undo', seq=entry.seq)}")
    return redirect(url_for("clients.show", code=code) + "#measures", 303)


def correct(code: str, measurement_id: int) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    row = record_queries.get_measurement(g.practice.id, client.id, measurement_id)
    reading = opened_queries.open_value(row, sealer())
    measure = MEASURES[reading.measure]
    form = correction_for(measure)()
    if not form.validate_on_submit():
        page = render_template(
            "clients/correct.html", client=client, row=row, reading=reading, measure=measure, form=form
        )
        return invalid(page) if request.method == "POST" else page
    made = measure_service.correct_value(
        g.practice, client, row, form.value.data, form.reason.data, sealer=sealer(), now=g.now, actor=g.user.id
    )
    commit()
    flash("Corrected. The old value is kept.", f"undo:{url_for('outreach.undo', seq=made.entry_seq)}")
    return redirect(url_for("clients.measures", code=code), 303)


ROWS = (
    ("/clients/<code>/measures", index, "measures", "GET"),
    ("/clients/<code>/measures/new", new, "new_measures", "GET"),
    ("/clients/<code>/measures", save, "take_measures", "POST"),
    ("/clients/<code>/measures/<int:measurement_id>", correct, "correct_measure", "GET"),
    ("/clients/<code>/measures/<int:measurement_id>", correct, "correct_measure_post", "POST"),
)
