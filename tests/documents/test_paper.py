import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2
import pytest
from PIL import Image
from pypdf import PdfReader

from crm.documents import letters, paper, render
from crm.documents.facts import Writer, letterhead
from crm.documents.layout import Sheet, blocks

AT = datetime(2026, 5, 6, 15, 0, tzinfo=UTC)
BARE = Writer("Jordan Ellis", "MES", "Medical Exercise Specialist", "adults", "Strong Again Medical Exercise")
PLACE = {"street": "12 Harbor Street", "city": "Riverton", "state": "OR", "zip": "97001"}
WRITER = replace(BARE, **PLACE, phone="(503) 555-0100", fax="(503) 555-0101", email="desk@example.com")
BACK = WRITER.address
MARSH = ("Helen Marsh, MD", "Fairfield Orthopedics", "4 Oak Avenue, Suite 210", "Fairfield, OR 97000")
LONG = (
    "Bartholomew Featherstonehaugh-Cholmondeley III, DPT, OCS, FAAOMPT",
    "The Northwestern Regional Center for Orthopedic Surgery and Sports Medicine",
    "12345 Martin Luther King Junior Boulevard",
    "Building C, Suite 1200",
    "Saint Petersburg Beach, OR 97000-1234",
)
HOSTILE = ("W" * 120, "M" * 160, "S" * 160, "T" * 160, "C" * 80)
SIZES = {"envelopes": (9.5, 4.125), "card-backs": (5.5, 4.25), "labels": (8.5, 11.0)}
# Where the recipient may stand, in inches from the top left corner: left, top, right, bottom.
PLACES = {"envelopes": (4.0, 1.375, 9.0, 3.5), "card-backs": (2.0, 1.375, 5.2, 3.625)}


def made(name, *addresses):
    return render.to_paper(name, {"from": BACK, "to": addresses}, at=AT)


def text_of(pdf):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def inches_of(page):
    return (round(float(page.mediabox.width) / 72, 3), round(float(page.mediabox.height) / 72, 3))


def boxes_of(pdf):
    """Return what stands on the first page as (left, top, right, bottom) in inches and text."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    text, height = page.get_textpage(), page.get_height()
    found = []
    for number in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(number)
        box = (left / 72, (height - top) / 72, right / 72, (height - bottom) / 72)
        found.append((box, text.get_text_bounded(left, bottom, right, top).strip()))
    text.close()
    page.close()
    document.close()
    return found


def is_inside(box, place):
    return box[0] >= place[0] and box[1] >= place[1] and box[2] <= place[2] and box[3] <= place[3]


def sizes_of_type(pdf):
    found = set()

    def visit(_text, _user, text_matrix, _font, size):
        found.add(round(abs(size * text_matrix[0]), 2))

    PdfReader(io.BytesIO(pdf)).pages[0].extract_text(visitor_text=visit)
    return found - {0, 1}


def letter(key="intro-physician", *, address=MARSH, writer=WRITER):
    text = blocks(letters.our_words(key), letters.kind_of(key).frame)
    sheet = Sheet(letters.kind_of(key).title, text, writer.practice, "May 6, 2026", address, letterhead(writer))
    return render.to_pdf(key, sheet, at=AT)[0]


@pytest.mark.parametrize("name", SIZES)
def test_every_paper_has_its_size_and_names_the_recipient(name):
    pdf = made(name, MARSH)
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    assert inches_of(page) == SIZES[name]
    for line in MARSH:
        assert line in page.extract_text()


@pytest.mark.parametrize("name", PLACES)
def test_an_envelope_and_a_card_back_say_who_sends_in_the_corner(name):
    corner = [text for box, text in boxes_of(made(name, MARSH)) if is_inside(box, (0.25, 0.25, 3.5, 1.25))]
    assert corner == list(BACK)


def test_a_card_back_keeps_a_place_for_the_stamp():
    assert [text for box, text in boxes_of(made("card-backs", MARSH)) if is_inside(box, (4, 0.3, 5.2, 1.4))] == [
        "Stamp"
    ]


@pytest.mark.parametrize("address", [MARSH, LONG, HOSTILE], ids=["usual", "long", "hostile"])
@pytest.mark.parametrize("name", PLACES)
def test_the_recipient_stands_where_the_post_reads(name, address):
    found = [(box, text) for box, text in boxes_of(made(name, address)) if text not in {*BACK, "Stamp"}]
    assert found
    assert [text for box, text in found if not is_inside(box, PLACES[name])] == []
    assert plain("".join(text for _box, text in found)) == plain("".join(address))


def plain(text):
    return "".join(char for char in text if char.isprintable() and not char.isspace() and char != "\u200b")


@pytest.mark.parametrize("address", [MARSH, LONG, HOSTILE], ids=["usual", "long", "hostile"])
def test_thirty_labels_stand_in_their_cells_and_the_next_on_a_second_sheet(address):
    pdf = made("labels", *[address] * 31)
    assert paper.page_count(pdf) == 2
    cells = [
        (0.1875 + column * 2.75 + 0.0625, 0.5 + row + 0.0625, 0.1875 + column * 2.75 + 2.5625, 1.5 + row - 0.0625)
        for row in range(10)
        for column in range(3)
    ]
    found = boxes_of(pdf)
    where = [[text for box, text in found if is_inside(box, cell)] for cell in cells]
    assert sum(map(len, where)) == len(found)
    assert [plain("".join(texts)) for texts in where] == [plain("".join(address))] * 30


@pytest.mark.parametrize(("name", "least"), [("envelopes", 10), ("card-backs", 10), ("labels", 8)])
def test_long_names_shrink_but_stay_readable(name, least):
    assert min(sizes_of_type(made(name, LONG))) >= least


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.parametrize("who", ["Nguyễn Thị Hồng, MD", "Ольга Петрова, DPT", "田中 花子, MD", "박지훈, DC"])
def test_names_of_other_scripts_print(name, who):
    assert who in text_of(made(name, (who, *MARSH[1:])))


@pytest.mark.parametrize("name", SIZES)
def test_markup_in_an_address_prints_as_it_is(name):
    hostile = "#panic() *x* $y$ @z [w] \\n"
    assert hostile in text_of(made(name, (hostile, *MARSH[1:])))


@pytest.mark.parametrize("name", PLACES)
def test_every_recipient_has_a_page_of_their_own(name):
    pages = PdfReader(io.BytesIO(made(name, MARSH, LONG, MARSH))).pages
    assert [LONG[3] in page.extract_text() for page in pages] == [False, True, False]


@pytest.mark.parametrize("writer", [WRITER, BARE], ids=["full letterhead", "bare letterhead"])
@pytest.mark.parametrize("key", ["intro-physician", "progress-report"])
def test_a_window_shows_the_address_and_nothing_else(key, writer):
    address = (*MARSH[:2], "12345 Martin Luther King Junior Boulevard", "Building C, Suite 1200", MARSH[3])
    assert in_the_window(letter(key, address=address, writer=writer)) == (list(address), list(address))


@pytest.mark.parametrize("address", [LONG, HOSTILE], ids=["long", "hostile"])
def test_a_long_address_stays_in_the_window(address):
    inside, touching = in_the_window(letter(address=address))
    assert plain("".join(inside)) == plain("".join(address))
    assert touching == inside


def in_the_window(pdf):
    """Return what a left window of a #10 envelope shows whole, and what it shows at all."""
    window = (0.875, 2.04, 5.375, 3.17)
    found = boxes_of(pdf)
    inside = [text for box, text in found if is_inside(box, window)]
    touching = [
        box[3] > window[1] and box[1] < window[3] and box[2] > window[0] and box[0] < window[2] for box, _ in found
    ]
    return inside, [text for (_box, text), touches in zip(found, touching, strict=True) if touches]


def test_joined_papers_keep_their_pages_their_sizes_and_their_words():
    parts = [letter(), made("envelopes", MARSH, LONG), made("card-backs", MARSH), made("labels", MARSH)]
    whole = paper.join(parts)
    pages = PdfReader(io.BytesIO(whole)).pages
    sizes = [(8.5, 11.0), SIZES["envelopes"], SIZES["envelopes"], SIZES["card-backs"], SIZES["labels"]]
    assert [inches_of(page) for page in pages] == sizes
    assert paper.page_count(whole) == len(sizes)
    assert text_of(whole) == "\n".join(map(text_of, parts))


def test_a_joined_page_looks_like_the_page_it_was():
    parts = [letter(), made("envelopes", ("田中 花子, MD", *MARSH[1:]))]
    whole = paper.join(parts)
    for number, part in enumerate(parts):
        assert paper.picture(whole, page=number, width=400) == paper.picture(part, width=400)


def test_nothing_cannot_be_joined():
    with pytest.raises(paper.NothingToPrint):
        paper.join([])


@pytest.mark.parametrize("width", [1, 96, 301, 817])
def test_a_picture_has_the_width_that_was_asked_for(width):
    with Image.open(io.BytesIO(paper.picture(letter(), width=width))) as picture:
        assert (picture.format, picture.width) == ("PNG", width)


def test_a_picture_shows_the_ink_of_its_page():
    with Image.open(io.BytesIO(paper.picture(made("envelopes", MARSH), width=912))) as picture:
        grey = picture.convert("L")
        assert grey.crop((384, 170, 560, 260)).getextrema()[0] < 80
        assert grey.crop((600, 340, 912, 396)).getextrema() == (255, 255)


@pytest.mark.parametrize("page", [-1, 1])
def test_a_page_that_is_not_there_is_refused(page):
    with pytest.raises(IndexError):
        paper.picture(letter(), page=page, width=100)


def test_many_threads_may_ask_at_once():
    pdf = letter()
    expected = paper.picture(pdf, width=200)
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(lambda _n: paper.picture(pdf, width=200), range(24))) == {expected}
