"""What becomes of an approved letter: its frozen page, how it leaves, the proof that it arrived, who was told what."""

import csv
import io
from collections.abc import Callable

from flask import abort, current_app, flash, g, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from crm import guards
from crm.accounts.permissions import Permission
from crm.clients.queries import get_client_by_code
from crm.db import NotFound, writing
from crm.documents import channels, delivery_service, letters, packet_queries, paper, queries, service
from crm.documents import disclosures as disclosing
from crm.documents.draft_views import as_pdf
from crm.documents.fact_queries import writer_of
from crm.documents.facts import town
from crm.documents.forms import PROOFS, ProofForm, SendForm
from crm.documents.models import Delivery, DeliveryChannel, DeliveryState, Document, DocumentFile, DocumentState, Proof
from crm.documents.refusals import Refusal, unsubscribe_address
from crm.outreach import outbox
from crm.settings import Settings
from crm.web import invalid, sealer

PICTURE_WIDTH = 1275  # pixels: 150 an inch of a Letter page
# Where nothing lies between deciding and doing, choosing the channel is the telling.
AT_ONCE = {DeliveryChannel.PORTAL, DeliveryChannel.PHONE, DeliveryChannel.VISIT}
PROOF_WORDS = dict(PROOFS)
REFUSED: dict[type[Exception], str] = {
    delivery_service.NotApproved: "Only an approved letter can leave.",
    delivery_service.ByHandOnly: "This is for the client alone: hand it over. It goes to no provider and no payer.",
    delivery_service.OnItsWay: "It waits to leave, or left, that way already.",
    delivery_service.DoNotContact: "This source does not want to be contacted. Nothing leaves for them.",
    service.NoRelease: "No valid release covers this recipient today. File it on the client’s page first.",
    delivery_service.AlreadySettled: "That was done already.",
    outbox.WrongState: "It has begun to leave and cannot be taken back; look at the outbox.",
}


def approved(document_id: int) -> ResponseReturnValue:
    document = queries.get_document(g.practice.id, document_id)
    if document.state != DocumentState.APPROVED:
        return redirect(url_for("documents.show", document_id=document.id), 303)
    return _page(document, SendForm(channel=_usual(document)), ProofForm())


def _page(document: Document, send_form: SendForm, proof_form: ProofForm) -> str:
    kind = letters.kind_of(document.key)
    if kind.for_client:
        send_form.channel.choices = [(DeliveryChannel.HAND.value, "Hand it to the client")]
    return render_template(
        "documents/approved.html",
        document=document,
        kind=kind,
        files=queries.files_of(document.id),
        deliveries=queries.deliveries_of(g.practice.id, document.id),
        body=service.open_body(document, sealer()) if guards.may(Permission.LETTERS) else None,
        may_read=_may_read(document),
        send_form=send_form,
        proof_form=proof_form,
        proofs=PROOF_WORDS | ({Proof.IN_PERSON.value: "Handed to the client"} if kind.for_client else {}),
        reach=_reach(document),
        words=channels.WORDS,
    )


def _may_read(document: Document) -> bool:
    """Say whether the one who asks may see the page: what is about a client is for those alone who read letters."""
    return document.client_id is None or guards.may(Permission.LETTERS)


def _usual(document: Document) -> str:
    """Return the channel a letter usually leaves on: a card by post, everything else as the source likes it."""
    if letters.kind_of(document.key).for_client:
        return DeliveryChannel.HAND.value
    if letters.kind_of(document.key).frame == "card" or document.source is None:
        return DeliveryChannel.LETTER.value
    return document.source.channel.value


def _reach(document: Document) -> channels.Reach:
    signed, source = writer_of(g.practice, g.user).signature, document.source
    if source is None:  # outside the seal a client is a code, never a name
        code = document.client.code if document.client else ""
        return channels.Reach(name=f"Client {code}" if code else "", fax_gateway=g.practice.fax_gateway, signed=signed)
    office = source.office
    postal = (office.street, town(office.city, office.state, office.zip)) if office else ()
    fax = source.fax or (office.fax if office else "")
    return channels.Reach(
        source.display_name, source.email, fax, tuple(p for p in postal if p), g.practice.fax_gateway, signed
    )


def file(document_id: int, position: int) -> ResponseReturnValue:
    """Return the very bytes that were frozen, to look at or to print again."""
    found = _file(document_id, position)
    return as_pdf(service.open_file(found, sealer()), f"{found.key}.pdf")


def file_picture(document_id: int, position: int) -> ResponseReturnValue:
    """Return the page as a picture, drawn from the frozen bytes."""
    content = service.open_file(_file(document_id, position), sealer())
    response = make_response(paper.picture(content, width=PICTURE_WIDTH))
    response.mimetype = "image/png"
    return response


def _file(document_id: int, position: int) -> DocumentFile:
    document = queries.get_document(g.practice.id, document_id)
    if not _may_read(document):
        abort(403)
    found = next((file for file in queries.files_of(document.id) if file.position == position), None)
    if found is None:
        raise NotFound
    return found


def send(document_id: int) -> ResponseReturnValue:
    """Put an approved letter on its way."""
    form = SendForm()
    document = queries.get_document(g.practice.id, document_id)
    if letters.kind_of(document.key).for_client and not guards.may(Permission.LETTERS):
        abort(403)  # whether it may be handed over hangs on the client's insurance
    if not form.validate_on_submit():
        return invalid(_page(document, form, ProofForm()))
    if why := _packet_refused(document):
        form.channel.errors = [why]
        return invalid(_page(document, form, ProofForm()))
    channel = DeliveryChannel(form.channel.data)
    try:
        to = channels.address(channel, _reach(document))
    except channels.NoAddress as missing:
        form.channel.errors = [f"{missing.message} Put it on the source’s page, or choose another way."]
        return invalid(_page(document, form, ProofForm()))
    if to.mailbox and document.client_id is not None and not form.agreed.data:
        form.agreed.errors = ["This is about a client. Confirm that the office has agreed to get it this way."]
        return invalid(_page(document, form, ProofForm()))
    return _act(document_id, lambda: _send(document_id, to), _said(to))


def _packet_refused(document: Document) -> str:
    """Say why a packet may not be handed over any more: since its approval the insurance was put on record."""
    if document.client is None or not letters.kind_of(document.key).for_client:
        return ""
    return packet_queries.refusal(g.practice, document.client, sealer())


def _send(document_id: int, to: channels.Address) -> None:
    document = queries.get_document(g.practice.id, document_id)
    settings: Settings = current_app.extensions["handoff"].settings
    refuse = ""
    if document.source_id is not None:
        refuse = unsubscribe_address(
            Refusal(g.practice.id, document.source_id), secret=current_app.config["SECRET_KEY"],
            base_url=settings.base_url, practice_email=g.practice.email,
        )  # fmt: skip
    delivery = delivery_service.send(
        g.practice, document, to, host=settings.hostname, now=g.now, actor=g.user.id, unsubscribe=refuse
    )
    if to.channel in AT_ONCE:
        delivery.document = document
        delivery_service.mark_sent(g.practice, delivery, at=g.now, now=g.now, actor=g.user.id)


def _said(to: channels.Address) -> str:
    if to.mailbox:
        return "In the outbox. It leaves at the next tick of the clock."
    if to.channel in AT_ONCE:
        return "Noted as told."
    if to.channel == DeliveryChannel.FAX:
        return "Fax it from your machine, then note that it left."
    return "On the print pile."


def mark_sent(delivery_id: int) -> ResponseReturnValue:
    """Note that a copy left by hand, and how its arrival is known."""
    form = ProofForm()
    delivery = queries.get_delivery(g.practice.id, delivery_id)
    if not form.validate_on_submit():
        abort(400)
    return _act(delivery.document_id, lambda: _mark_sent(delivery_id, _proven(form)), "Noted. Its task is done.")


def _mark_sent(delivery_id: int, proven: delivery_service.Proven) -> None:
    delivery = _waiting_by_hand(delivery_id)
    delivery_service.mark_sent(g.practice, delivery, at=g.now, now=g.now, actor=g.user.id, proven=proven)


def _waiting_by_hand(delivery_id: int) -> Delivery:
    delivery = queries.get_delivery(g.practice.id, delivery_id)
    if delivery.message_id is not None:
        raise delivery_service.AlreadySettled
    return delivery


def _proven(form: ProofForm) -> delivery_service.Proven:
    return delivery_service.Proven(Proof(form.proof.data), form.to.data or "")


def take_back(delivery_id: int) -> ResponseReturnValue:
    delivery = queries.get_delivery(g.practice.id, delivery_id)
    return _act(
        delivery.document_id,
        lambda: delivery_service.take_back(
            g.practice, queries.get_delivery(g.practice.id, delivery_id), now=g.now, actor=g.user.id
        ),
        "Taken back. It waits again.",
    )


def cancel(delivery_id: int) -> ResponseReturnValue:
    delivery = queries.get_delivery(g.practice.id, delivery_id)
    return _act(
        delivery.document_id,
        lambda: delivery_service.cancel(queries.get_delivery(g.practice.id, delivery_id)),
        "It does not leave that way.",
    )


def confirm(delivery_id: int) -> ResponseReturnValue:
    """Note the proof of an arrival."""
    form = ProofForm()
    delivery = queries.get_delivery(g.practice.id, delivery_id)
    if not form.validate_on_submit() or not form.proof.data:
        flash("Choose how you know that it arrived.", "error")
        return redirect(url_for("documents.approved", document_id=delivery.document_id), 303)
    proven = _proven(form)
    return _act(
        delivery.document_id,
        lambda: delivery_service.confirm(
            g.practice, queries.get_delivery(g.practice.id, delivery_id), proven, now=g.now, actor=g.user.id
        ),
        "Noted. Nobody has to ask whether it arrived.",
    )


def _act(document_id: int, act: Callable[[], None], said: str) -> ResponseReturnValue:
    """Run one step as a transaction; a refusal is said and leaves nothing."""
    try:
        with writing(g.practice.id):
            act()
    except tuple(REFUSED) as refusal:
        flash(REFUSED[type(refusal)], "error")
    else:
        flash(said)
    return redirect(url_for("documents.approved", document_id=document_id), 303)


def disclosures(code: str) -> ResponseReturnValue:
    """Show what was told about a client, to whom, when, why and under which release."""
    client = get_client_by_code(g.practice.id, code)
    return render_template("documents/disclosures.html", client=client, rows=_disclosed(client.id))


def disclosures_csv(code: str) -> ResponseReturnValue:
    client = get_client_by_code(g.practice.id, code)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(disclosing.HEAD)
    writer.writerows(row.cells() for row in _disclosed(client.id))
    response = make_response(out.getvalue())
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = f'attachment; filename="disclosures-{client.code}.csv"'
    return response


def _disclosed(client_id: int) -> list[disclosing.Disclosure]:
    deliveries = queries.disclosures_of(g.practice.id, client_id)
    releases = queries.releases_by_id(g.practice.id, {d.release_id for d in deliveries if d.release_id})
    return [
        disclosing.Disclosure.of(delivery, releases.get(delivery.release_id or 0), g.practice.local(delivery.sent_at))
        for delivery in deliveries
        if delivery.state == DeliveryState.SENT and delivery.sent_at is not None
    ]
