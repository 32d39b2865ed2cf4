"""Lines of a sign-in sheet, and who is known again."""

import pytest

from crm.sources.guest_names import is_same
from crm.sources.guests import MOST, Found, Guest, Known, find, once, read, role_of
from crm.sources.models import ContactRole


@pytest.mark.parametrize(
    ("line", "guest"),
    [
        pytest.param("Dana Cole", Guest("Dana Cole"), id="a name alone"),
        pytest.param(
            "Dana Cole, front desk, Dana@Example.com", Guest("Dana Cole", "front desk", "Dana@example.com"), id="a"
        ),
        pytest.param("dana@example.com, Dana Cole", Guest("Dana Cole", "", "dana@example.com"), id="the e-mail first"),
        pytest.param("Luis Ortega, DO", Guest("Luis Ortega, DO"), id="letters belong to the name"),
        pytest.param("Priya Raman, RN, BSN, nurse", Guest("Priya Raman, RN, BSN", "nurse"), id="both"),
        pytest.param("Cole, Dana; front desk", Guest("Cole, Dana", "front desk"), id="semicolons leave commas alone"),
        pytest.param(
            "Dana Cole\tfront desk\td@example.com", Guest("Dana Cole", "front desk", "d@example.com"), id="tab"
        ),
        pytest.param("Dana Cole, billing, second floor", Guest("Dana Cole", "billing, second floor"), id="a long role"),
    ],
)
def test_a_line_is_a_guest(line, guest):
    assert read(line) == ([guest], [])


def test_blank_lines_are_passed_over_and_all_that_is_wrong_is_said():
    text = "Dana Cole\n\n, , x@example.com\nMia, nobody@\n" + "a" * 121
    guests, wrong = read(text)
    assert guests == [Guest("Dana Cole")]
    assert wrong == [
        "Line 2 has no name.",
        "Line 3 is not an email address.",
        "Line 4 has a name of more than 120 characters.",
    ]
    assert read("\n".join(f"Guest Number{n}" for n in range(MOST + 1)))[1] == [f"No more than {MOST} lines at once."]


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("Office Manager", ContactRole.OFFICE_MANAGER),
        ("RN, manager", ContactRole.OFFICE_MANAGER),
        ("referral coordinator", ContactRole.REFERRAL_COORDINATOR),
        ("Reception", ContactRole.FRONT_DESK),
        ("scheduler", ContactRole.FRONT_DESK),
        ("LPN", ContactRole.NURSE),
        ("billing", ContactRole.OTHER),
        ("", ContactRole.OTHER),
    ],
)
def test_a_role_is_read_out_of_their_own_words(words, role):
    assert role_of(words) == role


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(("DANA COLE", ""), ("Dana Cole", ""), True, id="capitals"),
        pytest.param(("Cole, Dana", ""), ("Dana Cole", ""), True, id="last name first"),
        pytest.param(("Dr. Ana Nunez, MD", ""), ("Ana Núñez", ""), True, id="title, letters, accents"),
        pytest.param(("Dana M. Cole", ""), ("Dana Marie Cole", ""), True, id="an initial"),
        pytest.param(("Dana M. Cole", ""), ("Dana R. Cole", ""), False, id="another middle name"),
        pytest.param(("John Hale Jr.", ""), ("John Hale", ""), False, id="father and son"),
        pytest.param(("Dana Cole", "a@x.org"), ("Dana Cole", "b@x.org"), True, id="a second address"),
        pytest.param(("Dan Cole", "d@x.org"), ("Daniel Cole", "D@x.org"), True, id="a short name, the same address"),
        pytest.param(("Dana", "d@x.org"), ("Dana Cole", "d@x.org"), True, id="a first name alone, the same address"),
        pytest.param(("Dana", ""), ("Dana Cole", ""), False, id="a first name alone proves nothing"),
        pytest.param(("Mia Berg", "desk@x.org"), ("Dana Cole", "desk@x.org"), False, id="the desk has one address"),
        pytest.param(("Mia Berg", ""), ("Dana Cole", ""), False, id="two people"),
    ],
)
def test_who_is_the_same_person(one, other, same):
    assert is_same(*one, *other) is same
    assert is_same(*other, *one) is same


def test_a_source_is_found_before_a_contact_of_the_same_name():
    known = [Known(Found.CONTACT, 1, "Luis Ortega"), Known(Found.SOURCE, 9, "Luis Ortega")]
    assert find(Guest("Luis Ortega, DO"), known) == known[1]
    assert find(Guest("Nobody Else"), known) is None


def test_each_comes_once_and_a_later_line_adds_what_it_knows():
    came = [Guest("Dana Cole"), Guest("DANA COLE", "front desk", "d@x.org"), Guest("Mia Berg")]
    assert once(came, [Guest("Berg, Mia")]) == [Guest("Dana Cole", "front desk", "d@x.org")]
