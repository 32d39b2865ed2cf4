"""Telephone numbers and addresses of mail in one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.sources.contact_details import email_address, phone_number


@pytest.mark.parametrize(
    ("listed", "written"),
    [
        ("5125550134", "(512) 555-0134"),
        ("512.555.0134", "(512) 555-0134"),
        ("+1 (512) 555-0134", "(512) 555-0134"),
        ("1-512-555-0134", "(512) 555-0134"),
        ("512–555–0134", "(512) 555-0134"),
        ("5125550134.0", "(512) 555-0134"),
        ("512-555-0134 x12", "(512) 555-0134 ext. 12"),
        ("512-555-0134 ext. 12", "(512) 555-0134 ext. 12"),
        ("512-555-0134 / 512-555-0199", "(512) 555-0134"),
        ("512-555-0134 (front desk)", "(512) 555-0134"),
        ("512-555-0134 cell", "(512) 555-0134"),
        ("fax: 512-555-0134", "(512) 555-0134"),
        ("+44 20 7946 0958", "+44 20 7946 0958"),
    ],
)
def test_a_telephone_number_is_written_in_one_form(listed, written):
    assert phone_number(listed) == written
    assert phone_number(written) == written


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        ("555-0134", "area code"),
        ("ask Ann", "not a telephone"),
        ("0125550134", "not a telephone"),
        ("9" * 61, "60 characters"),
    ],
)
def test_what_cannot_be_called_is_refused(listed, reason):
    with pytest.raises(ValueError, match=reason):
        phone_number(listed)


@pytest.mark.parametrize(
    ("listed", "written"),
    [
        ("Ann.B@Example.COM", "Ann.B@example.com"),
        ("Ann B <ann@example.com>", "ann@example.com"),
        ("mailto:ann@example.com", "ann@example.com"),
        ("ann@example.com; bob@example.com", "ann@example.com"),
    ],
)
def test_an_address_of_mail_is_written_in_one_form(listed, written):
    assert email_address(listed) == written


@pytest.mark.parametrize("listed", ["ann", "ann@", "ann@example", "a@@example.com", "ann at example.com", "@x.org", ""])
def test_what_is_no_address_of_mail_is_refused(listed):
    with pytest.raises(ValueError, match="email"):
        email_address(listed)


@given(st.text(max_size=80))
def test_any_text_is_a_contact_detail_or_refused(value):
    for normalise in (phone_number, email_address):
        try:
            assert normalise(value)
        except ValueError as error:
            assert str(error)
