"""The outbox: what waits, what went, and what a person must decide."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from crm.journal import service as journal
from crm.journal.acts import MessageResolved
from crm.outreach import outbox, outbox_queries
from crm.outreach.models import MessageState
from crm.web import commit

# state -> kind of state, its word, the plain sentence what to do
WORDS = {
    MessageState.QUEUED: ("later", "Waiting", "It goes out at the next tick of the clock."),
    MessageState.CLAIMED: ("now", "Going out", "It is on its way to the mail server."),
    MessageState.IN_DATA: ("now", "Going out", "It is being handed over."),
    MessageState.RETRY: ("later", "Tries again", "The server did not take it; it is tried again by itself."),
    MessageState.HELD: ("ask", "Held", "It waits for you. Release it, or cancel it."),
    MessageState.UNKNOWN: (
        "ask",
        "Not known",
        "The line dropped during the handing over. Not sent again unless you say so.",
    ),
    MessageState.FAILED: ("late", "Failed", "The server refused it for good. Mend what it says, then send it again."),
    MessageState.SENT: ("done", "Sent", ""),
    MessageState.CANCELLED: ("done", "Cancelled", ""),
}


def index() -> ResponseReturnValue:
    beat = outbox_queries.find_heartbeat()
    messages = outbox_queries.messages(g.practice.id)
    return render_template(
        "outreach/outbox.html",
        messages=messages,
        letters=outbox_queries.letters_of(g.practice.id, [message.id for message in messages]),
        words=WORDS,
        paused=beat.channel_paused if beat else "",
        states=MessageState,
        backlog=outbox_queries.backlog(g.practice.id),
        papers=outbox_queries.papers_waiting(g.practice.id),
    )


def release(message_id: int) -> ResponseReturnValue:
    return _decide(message_id, "released", "It goes out at the next tick of the clock.")


def arrived(message_id: int) -> ResponseReturnValue:
    return _decide(message_id, "sent", "Noted: it arrived.")


def send_again(message_id: int) -> ResponseReturnValue:
    return _decide(message_id, "resend", "It is sent again.")


def cancel(message_id: int) -> ResponseReturnValue:
    return _decide(message_id, "cancelled", "Cancelled. It does not go out.")


def release_backlog() -> ResponseReturnValue:
    """Send what piled up while the desk was off."""
    released = outbox.release_backlog(g.practice.id, now=g.now)
    commit()
    flash(f"{released} letters go out at the next tick of the clock.")
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
    except outbox.WrongState:
        flash("It has moved on meanwhile; look at its state now.", "error")
        return redirect(url_for("outreach.outbox"), 303)
    journal.record(g.practice, MessageResolved(message=message_id, to=to), now=g.now, actor=g.user.id)
    commit()
    flash(said)
    return redirect(url_for("outreach.outbox"), 303)
