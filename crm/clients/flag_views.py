"""The red flag: one button, the nine ticks, what follows, and how exercise goes on (H13)."""

from datetime import date
from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue, RouteCallable

from crm.clients import flag_service, flags, queries
from crm.clients.flag_forms import AskForm, FlagForm, LiftForm, not_before
from crm.clients.models import Client
from crm.crypto import KeyringError, Sealer, Unreadable
from crm.db import NotFound
from crm.documents.queries import find_valid_release
from crm.journal import queries as journal_queries
from crm.journal.events import RedFlag
from crm.journal.models import JournalEntry
from crm.outreach import agenda_queries, today_queries
from crm.outreach.task_rows import TaskRow
from crm.outreach.task_views import row_of
from crm.web import commit, invalid, is_htmx, sealer

CALL, LETTER = "C34a", "C34b"


def flag(code: str) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    return _form_page(client, FlagForm(formdata=None, today=g.today, on=g.today))


def raise_flag(code: str) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    form = FlagForm(today=g.today)
    if not form.validate_on_submit():
        return invalid(_form_page(client, form))
    key = _sealer_or_none()
    if key is None and form.says_something:
        form.seen.errors = [
            "Words and ticks are sealed, and the key is missing. Note them on paper, take them out here, and raise the "
            "flag: exercise rests all the same."
        ]
        return invalid(_form_page(client, form))
    if key is not None and not form.says_something:
        form.seen.errors = ["Tick what applies, or write what was seen."]
        return invalid(_form_page(client, form))
    told = form.told_words()
    seq = flag_service.raise_flag(g.practice, client, told, on=form.on.data, sealer=key, now=g.now, actor=g.user.id).seq
    commit()
    flash(f"Exercise rests for {code}.", f"undo:{url_for('outreach.undo', seq=seq)}")
    return redirect(url_for("clients.flag_raised", code=code, seq=seq), 303)


def _sealer_or_none() -> Sealer | None:
    try:
        return sealer()
    except KeyringError:
        return None


def _form_page(client: Client, form: FlagForm) -> str:
    template = "clients/_flag_layer.html" if is_htmx() else "clients/flag.html"
    return render_template(template, client=client, form=form, standing=flag_service.standing(g.practice, client)[-1:])


def flag_raised(code: str, seq: int) -> ResponseReturnValue:
    """Show what follows from a flag; one that was taken back has no page any more."""
    client, entry = _flag_of(code, seq)
    if journal_queries.is_undone(g.practice.id, seq):
        return redirect(url_for("clients.show", code=code), 303)
    return _raised_page(client, entry)


def ask_through(code: str, seq: int) -> ResponseReturnValue:
    client, entry = _flag_of(code, seq)
    form = AskForm(today=g.today)
    if not form.validate_on_submit() or not not_before(_day_of(entry), form.asked_on):
        return invalid(_raised_page(client, entry, ask=form))
    asked = flag_service.ask_through(
        g.practice, client, entry, form.who_asked.data, on=form.asked_on.data, now=g.now, actor=g.user.id
    )
    commit()
    flash(f"{flags.ASKED[form.who_asked.data]} was asked to call.", f"undo:{url_for('outreach.undo', seq=asked.seq)}")
    return redirect(url_for("clients.flag_raised", code=code, seq=seq), 303)


def lift_flag(code: str, seq: int) -> ResponseReturnValue:
    client, entry = _flag_of(code, seq)
    form = LiftForm(today=g.today)
    if not form.validate_on_submit() or not not_before(_day_of(entry), form.on):
        return invalid(_raised_page(client, entry, lift=form))
    try:
        lifted = flag_service.lift(
            g.practice, client, entry, form.words(), on=form.on.data, sealer=sealer(), now=g.now, actor=g.user.id
        )
    except flag_service.AlreadyLifted:
        flash("Exercise goes on after this flag already.")
        return redirect(url_for("clients.flag_raised", code=code, seq=seq), 303)
    except KeyringError:
        form.who.errors = ["Who said so is sealed, and the key for that is missing. Exercise rests until it is back."]
        return invalid(_raised_page(client, entry, lift=form))
    commit()
    flash("Exercise may go on, within the limits you wrote down.", f"undo:{url_for('outreach.undo', seq=lifted.seq)}")
    return redirect(url_for("clients.show", code=code), 303)


def _flag_of(code: str, seq: int) -> tuple[Client, JournalEntry]:
    client = queries.get_client_by_code(g.practice.id, code)
    entry = journal_queries.get_entry(g.practice.id, seq)
    if entry.type != RedFlag.type or entry.client_id != client.id:
        raise NotFound
    return client, entry


def _day_of(entry: JournalEntry) -> date:
    return entry.happened_on or g.practice.local(entry.happened_at or entry.at)


def _raised_page(client: Client, entry: JournalEntry, **forms: Any) -> str:
    on = _day_of(entry)
    source = client.source
    release = find_valid_release(g.practice.id, client.id, source.id, g.today) if source else None
    call, letter = (_task(f"{rule}:{client.code}:{on.isoformat()}") for rule in (CALL, LETTER))
    told, unreadable = _told(client, entry)
    return render_template(
        "clients/flag_raised.html",
        client=client,
        seq=entry.seq,
        on=on,
        told=told,
        unreadable=unreadable,
        asked_words=flags.ASKED,
        call=call,
        letter=letter,
        phone=agenda_queries.phones_of({source.id}).get(source.id, "") if source else "",
        released=release is not None,
        asked=[(e.payload["who"], _day_of(e)) for e in _entries(client, "provider_asked_through_client", entry.seq)],
        lifted=[_day_of(e) for e in _entries(client, "hold_lifted", entry.seq)],
        ask_form=forms.get("ask") or AskForm(formdata=None, today=g.today, asked_on=g.today),
        lift_form=forms.get("lift") or LiftForm(formdata=None, today=g.today, on=g.today),
    )


def _task(key: str) -> TaskRow | None:
    """Return a task that follows from the flag; None where its rule is switched off or nobody is there to be told."""
    try:
        return row_of(today_queries.get_listed(g.practice.id, key))
    except NotFound:
        return None


def _told(client: Client, entry: JournalEntry) -> tuple[flags.Told | None, bool]:
    """Return what was written down, and whether there is something that cannot be read."""
    row = flag_service.find_row(g.practice, client, entry.seq)
    if row is None:
        return None, False
    try:
        return flag_service.open_flag(row, sealer()), False
    except (Unreadable, KeyringError):
        return None, True


def _entries(client: Client, kind: str, seq: int) -> list[JournalEntry]:
    found = journal_queries.entries_of_types(g.practice.id, client.id, {kind})
    return [entry for entry in found if entry.payload["flag"] == seq]


ROWS: tuple[tuple[str, RouteCallable, str, str], ...] = (
    ("/clients/<code>/flag", flag, "flag", "GET"),
    ("/clients/<code>/flag", raise_flag, "raise_flag", "POST"),
    ("/clients/<code>/flag/<int:seq>", flag_raised, "flag_raised", "GET"),
    ("/clients/<code>/flag/<int:seq>/asked", ask_through, "ask_through", "POST"),
    ("/clients/<code>/flag/<int:seq>/lift", lift_flag, "lift_flag", "POST"),
)
