"""The outbox: what a person must decide, what waits, what went."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.journal import service as journal
from crm.journal.acts import MessageResolved
from crm.outreach import channel_service, clock_words, mailer, outbox, outbox_queries, outbox_words
from crm.outreach.models import MessageState, OutboxMessage
from crm.outreach.outbox_words import Group
from crm.text import row_id
from crm.web import commit

PER_PAGE = 50
FIRST = {Group.YOU: 30, Group.LEAVE: 10, Group.SENT: 10}  # how many of each the page of all parts shows


def index() -> ResponseReturnValue:
    """Show all parts one below the other, or one of them page by page."""
    show = next((group for group in Group if group == request.args.get("show")), None)
    counts = outbox_queries.counts(g.practice.id)
    last = max(1, -(-counts[show] // PER_PAGE)) if show else 1
    page = min(max(row_id(request.args.get("page")) or 1, 1), last)
    offset = (page - 1) * PER_PAGE
    limits = {show: PER_PAGE} if show else FIRST
    parts = {
        group: outbox_queries.listed(g.practice.id, group, limit=limit, offset=offset)
        for group, limit in limits.items()
        if counts[group]
    }
    beat = outbox_queries.find_heartbeat()
    paused = beat.channel_paused if beat else ""
    missing = mailer.missing()
    banner = outbox_words.unset_banner(missing) if missing else outbox_words.paused_banner(paused) if paused else None
    messages = [message for part in parts.values() for message in part]
    return render_template(
        "outreach/outbox.html",
        show=show,
        chips=_chips(show, counts),
        counts=counts,
        parts=parts,
        titles=outbox_words.TITLES,
        words={message.id: _words(message, stands_still=banner is not None) for message in messages},
        letters=outbox_queries.letters_of(g.practice.id, [message.id for message in messages]),
        banner=banner,
        try_at=_at(beat.channel_next_at) if beat and paused and not missing and beat.channel_next_at else "",
        states=MessageState,
        state_words=outbox_words.STATES,
        backlog=outbox_queries.backlog(g.practice.id) if Group.YOU in parts else 0,
        papers=outbox_queries.papers_waiting(g.practice.id),
        page=page,
        last=last,
    )


def release(message_id: int) -> ResponseReturnValue:
    return _decide(message_id, "released", f"Released. {outbox_words.NEXT_TICK} Until then you can cancel it.")


def arrived(message_id: int) -> ResponseReturnValue:
    return _decide(message_id, "sent", "Noted: it arrived. It is not sent again.")


def send_again(message_id: int) -> ResponseReturnValue:
    return _decide(message_id, "resend", f"It is sent again. {outbox_words.NEXT_TICK} Until then you can cancel it.")


def cancel(message_id: int) -> ResponseReturnValue:
    is_letter = bool(outbox_queries.letters_of(g.practice.id, [message_id]))
    more = " The letter itself stays; send it from its own page." if is_letter else ""
    return _decide(message_id, "cancelled", f"Cancelled. It does not go out.{more}")


def release_backlog() -> ResponseReturnValue:
    """Send what piled up while the desk was off."""
    released = outbox.release_backlog(g.practice.id, now=g.now)
    commit()
    flash(f"{released} letters go out from the next tick of the clock on.")
    return redirect(url_for("outreach.outbox"), 303)


def try_now() -> ResponseReturnValue:
    """Let mail be tried without waiting for the quarter of an hour: somebody mended the channel."""
    if channel_service.try_now(now=g.now):
        commit()
        flash("Mail is tried at the next tick of the clock. If it leaves, so does everything that waits, once.")
    else:
        flash("Mail does not stand still any more. Nothing had to be done.")
    return redirect(url_for("outreach.outbox"), 303)


def _decide(message_id: int, to: str, said: str) -> ResponseReturnValue:
    try:
        match to:
            case "released":
                outbox.release(g.practice.id, message_id, now=g.now)
            case "cancelled":
                outbox.cancel(g.practice.id, message_id)
            case _:
                outbox.resolve(g.practice.id, message_id, arrived=to == "sent", now=g.now)
    except outbox.WrongState as error:
        flash(outbox_words.moved_on(error.state), "error")
        return redirect(url_for("outreach.outbox"), 303)
    journal.record(g.practice, MessageResolved(message=message_id, to=to), now=g.now, actor=g.user.id)
    commit()
    flash(said)
    return redirect(url_for("outreach.outbox"), 303)


def _chips(show: Group | None, counts: dict[Group, int]) -> list[tuple[str, str, bool]]:
    """Return the filters: address, words with their count, whether it is the one shown."""
    parts = [
        (
            url_for("outreach.outbox", show=group.value),
            f"{outbox_words.TITLES[group]}, {counts[group]:,}",
            group == show,
        )
        for group in Group
    ]
    return [(url_for("outreach.outbox"), "All", show is None), *parts]


def _words(message: OutboxMessage, *, stands_still: bool) -> Sequence[str]:
    """Return what a row says: kind, when it came to be or left, what happened, what to do."""
    story = outbox_words.story(
        message, next_at=_at(message.next_at), is_due=message.next_at <= g.now, stands_still=stands_still
    )
    when = f"left {_at(message.sent_at)}" if message.sent_at else f"written {_at(message.created_at)}"
    return outbox_words.KINDS[message.kind], when, story, outbox_words.what_to_do(message)


def _at(moment: datetime) -> str:
    local = moment.astimezone(ZoneInfo(g.practice.time_zone))
    return clock_words.clock_time(local.date(), local.time(), g.today)
