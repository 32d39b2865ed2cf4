import pytest

from crm.documents.pile import PaperItem, address_lines, sort_pile, why_skipped


def item(delivery_id=1, **changed):
    values = {
        "frame": "letter",
        "to_name": "Helen Marsh, MD",
        "office": "Fairfield Orthopedics",
        "street": "4 Oak Avenue",
        "city": "Fairfield",
        "state": "OR",
        "zip": "97000",
        "title": "Introduction letter",
        "by_hand": False,
    }
    return PaperItem(delivery_id=delivery_id, **{**values, **changed})


ADEYEMI = {"to_name": "Thomas Adeyemi, DO", "street": "9 Elm Street"}
MARSH_LINES = ("Helen Marsh, MD", "Fairfield Orthopedics", "4 Oak Avenue", "Fairfield, OR 97000")


@pytest.mark.parametrize(
    ("changed", "lines"),
    [
        pytest.param({}, MARSH_LINES, id="person, office, street, town"),
        pytest.param(
            {"street": "4 Oak Avenue, Suite 210"},
            ("Helen Marsh, MD", "Fairfield Orthopedics", "4 Oak Avenue, Suite 210", "Fairfield, OR 97000"),
            id="a short street keeps its suite",
        ),
        pytest.param(
            {"street": "12345 Martin Luther King Junior Boulevard, Suite 1200"},
            (
                "Helen Marsh, MD",
                "Fairfield Orthopedics",
                "12345 Martin Luther King Junior Boulevard",
                "Suite 1200",
                "Fairfield, OR 97000",
            ),
            id="a long street gives the suite a line of its own",
        ),
        pytest.param(
            {"street": "12345 Martin Luther King Junior Boulevard #1200"},
            (
                "Helen Marsh, MD",
                "Fairfield Orthopedics",
                "12345 Martin Luther King Junior Boulevard",
                "#1200",
                "Fairfield, OR 97000",
            ),
            id="a number sign is a suite",
        ),
        pytest.param(
            {"street": "12345 Steelhead and Roomy Unity Boulevard"},
            (
                "Helen Marsh, MD",
                "Fairfield Orthopedics",
                "12345 Steelhead and Roomy Unity Boulevard",
                "Fairfield, OR 97000",
            ),
            id="words that only begin like a suite stay in the street",
        ),
        pytest.param(
            {"to_name": "Fairfield Orthopedics", "office": "FAIRFIELD  Orthopedics"},
            ("Fairfield Orthopedics", "4 Oak Avenue", "Fairfield, OR 97000"),
            id="an office is not named twice",
        ),
        pytest.param({"office": ""}, ("Helen Marsh, MD", "4 Oak Avenue", "Fairfield, OR 97000"), id="no office name"),
    ],
)
def test_an_address_is_at_most_five_lines(changed, lines):
    assert address_lines(item(**changed)) == lines


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        pytest.param({}, "", id="complete"),
        pytest.param({"office": ""}, "", id="an office without a name has an address all the same"),
        pytest.param({"street": " "}, "The office of Helen Marsh has no street.", id="street"),
        pytest.param({"city": ""}, "The office of Helen Marsh has no city.", id="city"),
        pytest.param({"state": ""}, "The office of Helen Marsh has no state.", id="state"),
        pytest.param({"zip": ""}, "The office of Helen Marsh has no ZIP code.", id="ZIP code"),
        pytest.param(
            {"street": "", "city": "", "zip": ""},
            "The office of Helen Marsh has no street, no city and no ZIP code.",
            id="several",
        ),
        pytest.param(
            {"office": "", "street": "", "city": "", "state": "", "zip": ""},
            "Helen Marsh has no office.",
            id="no office at all",
        ),
        pytest.param({"to_name": "", "street": ""}, "The office of Fairfield Orthopedics has no street.", id="office"),
        pytest.param(
            {"to_name": "", "office": ""}, "Introduction letter names neither a person nor an office.", id="nobody"
        ),
        pytest.param({"street": "", "by_hand": True}, "", id="what is carried needs no postal address"),
    ],
)
def test_what_cannot_be_printed_is_skipped_in_plain_words(changed, why):
    assert why_skipped(item(**changed)) == why
    assert sort_pile([item(**changed)]).skipped == (((item(**changed), why),) if why else ())


def test_several_letters_to_one_office_are_one_mailing():
    report = item(3, frame="report", street="4 OAK  Avenue")
    pile = sort_pile([item(1), item(2, **ADEYEMI), report])
    assert [paper.delivery_id for paper in pile.printable] == [1, 3, 2]
    assert [lines[0] for lines in pile.envelopes] == ["Helen Marsh, MD", "Thomas Adeyemi, DO"]
    assert pile.card_backs == ()


def test_two_people_at_one_office_get_their_own_envelopes():
    assert len(sort_pile([item(1), item(2, to_name="Nora Lindqvist, PT")]).envelopes) == 2


def test_what_is_carried_does_not_share_an_envelope_with_what_is_posted():
    pile = sort_pile([item(1, by_hand=True), item(2)])
    assert [paper.delivery_id for paper in pile.printable] == [2, 1]
    assert pile.envelopes == (MARSH_LINES, MARSH_LINES)
    assert pile.labels == (MARSH_LINES,)


def test_every_card_has_its_own_back_and_no_envelope():
    pile = sort_pile([item(1, frame="card"), item(2, **ADEYEMI), item(3, frame="card")])
    assert [paper.delivery_id for paper in pile.printable] == [2, 1, 3]
    assert [lines[0] for lines in pile.envelopes] == ["Thomas Adeyemi, DO"]
    assert pile.card_backs == (MARSH_LINES, MARSH_LINES)


def test_every_recipient_has_one_label_in_the_order_of_the_pile():
    papers = [item(1), item(2, **ADEYEMI), item(3), item(4, frame="card"), item(5, to_name="Nora Lindqvist, PT")]
    names = [lines[0] for lines in sort_pile(papers).labels]
    assert names == ["Helen Marsh, MD", "Thomas Adeyemi, DO", "Nora Lindqvist, PT"]


def test_an_empty_pile_is_empty():
    pile = sort_pile([])
    assert (pile.printable, pile.skipped, pile.envelopes, pile.card_backs, pile.labels) == ((), (), (), (), ())
