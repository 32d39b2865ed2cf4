"""The print pile: what waits to be posted or carried, one PDF for all of it, and the note that it is posted."""

from collections.abc import Sequence

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm import guards
from crm.accounts.permissions import Permission
from crm.db import db, writing
from crm.documents import delivery_service, letters, paper, queries, render, service
from crm.documents.draft_views import as_pdf
from crm.documents.fact_queries import recipient_of, writer_of
from crm.documents.models import Delivery, DeliveryChannel
from crm.documents.pile import PaperItem, Pile, sort_pile
from crm.journal import access_views
from crm.text import row_id
from crm.web import sealer


def pile() -> ResponseReturnValue:
    waiting = queries.pile_of(g.practice.id)
    return render_template(
        "documents/pile.html",
        pile=_sorted(waiting),
        deliveries={delivery.id: delivery for delivery in waiting},
        kinds=letters.KINDS,
    )


def pile_pdf() -> ResponseReturnValue:
    """Return the letters, what they enclose, envelopes, card backs and labels of the pile in one PDF.

    Who reads no letters about clients gets all the envelopes, and the pages of the other letters.
    """
    waiting = queries.pile_of(g.practice.id)
    found = _sorted(waiting)
    closed = set() if guards.may(Permission.LETTERS) else {one.id for one in waiting if one.document.client_id}
    frozen = [
        content for item in found.printable if item.delivery_id not in closed for content in _files(item.delivery_id)
    ]
    access_views.prints(one.document_id for one in waiting if one.id not in closed)
    back = writer_of(g.practice, g.user).address
    db.session.rollback()  # no transaction is held while it is typeset
    rows = {"envelopes": found.envelopes, "card-backs": found.card_backs, "labels": found.labels}
    papers = [
        render.to_paper(name, {"from": back, "to": addresses}, at=g.now)
        for name, addresses in rows.items()
        if addresses
    ]
    if not frozen and not papers:
        flash("Nothing on the pile can be printed; see what is missing.", "error")
        return redirect(url_for("documents.pile"), 303)
    return as_pdf(paper.join([*frozen, *papers]), "print-pile.pdf")


def posted() -> ResponseReturnValue:
    """Note that the chosen letters are posted: each stands on the timeline and its task is done.

    One that is not ours refuses them all; one that left meanwhile is passed over.
    """
    chosen = {row_id(typed) or 0 for typed in request.form.getlist("delivery")}
    done = 0
    with writing(g.practice.id):
        for asked in chosen:
            queries.get_delivery(g.practice.id, asked)
        for delivery in queries.pile_of(g.practice.id):
            if delivery.id in chosen and delivery.channel == DeliveryChannel.LETTER:
                delivery_service.mark_sent(g.practice, delivery, at=g.now, now=g.now, actor=g.user.id)
                done += 1
    flash(f"{done} posted. Their tasks are done." if done else "Choose what you posted first.")
    return redirect(url_for("documents.pile"), 303)


def _sorted(waiting: Sequence[Delivery]) -> Pile:
    return sort_pile([_item(delivery) for delivery in waiting])


def _item(delivery: Delivery) -> PaperItem:
    to = recipient_of(delivery.source) if delivery.source else None
    kind = letters.kind_of(delivery.document.key)
    return PaperItem(
        delivery_id=delivery.id,
        frame=kind.frame,
        to_name=to.full_name if to else delivery.to_name,
        office=to.office if to else "",
        street=to.street if to else "",
        city=to.city if to else "",
        state=to.state if to else "",
        zip=to.zip if to else "",
        title=kind.title,
        by_hand=delivery.channel == DeliveryChannel.HAND,
    )


def _files(delivery_id: int) -> list[bytes]:
    delivery = queries.get_delivery(g.practice.id, delivery_id)
    return [service.open_file(file, sealer()) for file in queries.files_of(delivery.document_id)]
