"""The pile of a busy day, measured: 200 letters typeset, then joined with their envelopes and labels."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from crm.documents import letters, paper, press, render
from crm.documents.facts import Facts, Recipient, Writer, values
from crm.documents.letters import Kind
from crm.documents.pile import PaperItem, sort_pile

LETTERS = 200
AT = datetime(2026, 5, 6, 15, 0, tzinfo=UTC)
WRITER = Writer(
    name="Jordan Ellis",
    credential="MES",
    role="Medical Exercise Specialist",
    serves="adults",
    practice="Bench Practice",
    street="12 Harbor Street",
    city="Riverton",
    state="OR",
    zip="97001",
    phone="(503) 555-0100",
    fax="(503) 555-0101",
    email="desk@example.com",
)


def figures() -> Iterator[tuple[str, float]]:
    """Yield names and seconds: all of it, and what is left once the letters are frozen."""
    kind = letters.kind_of("intro-physician")
    facts = Facts(AT.date(), WRITER)
    start = time.perf_counter()
    frozen = [_letter(kind, replace(facts, recipient=recipient(number))) for number in range(LETTERS)]
    typeset = time.perf_counter()
    whole = _pile(frozen)
    done = time.perf_counter()
    if paper.page_count(whole) != LETTERS * 2 + -(-LETTERS // 30):
        raise SystemExit("the pile has not one page a letter, one an envelope and its sheets of labels")
    yield "print_pile_200_letters", done - start
    yield "print_pile_200_letters_frozen", done - typeset


def _letter(kind: Kind, facts: Facts) -> bytes:
    text = letters.fill(letters.our_words(kind.key), values(facts))
    return render.to_pdf(kind.key, press.sheet_of(kind, facts, text), at=AT)[0]


def _pile(frozen: list[bytes]) -> bytes:
    found = sort_pile(_item(number) for number in range(LETTERS))
    addresses = {"envelopes": found.envelopes, "labels": found.labels}
    papers = [render.to_paper(name, {"from": WRITER.address, "to": to}, at=AT) for name, to in addresses.items()]
    return paper.join([*frozen, *papers])


def recipient(number: int) -> Recipient:
    return Recipient(
        first_name="Helen",
        last_name=f"Marsh {number}",
        behind="MD",
        is_doctor=True,
        office=f"Fairfield Orthopedics {number}",
        street=f"{number + 1} Oak Avenue, Suite {number % 9 + 1}",
        city="Fairfield",
        state="OR",
        zip="97000",
    )


def _item(number: int) -> PaperItem:
    to = recipient(number)
    return PaperItem(
        delivery_id=number,
        frame="letter",
        to_name=to.full_name,
        office=to.office,
        street=to.street,
        city=to.city,
        state=to.state,
        zip=to.zip,
        title="Introduction letter",
        by_hand=False,
    )
