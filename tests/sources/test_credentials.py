"""The letters behind a name, tidied, and the one credential the cadence asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.sources.credentials import ENGINE_CREDENTIALS, is_credential, read_credentials


@pytest.mark.parametrize(
    ("listed", "engine", "display"),
    [
        ("M.D.", "MD", "MD"),
        ("M D", "MD", "MD"),
        ("M.D., Ph.D.", "MD", "MD, PhD"),
        ("MD/PhD", "MD", "MD, PhD"),
        ("MDFACC", "MD", "MD, FACC"),
        ("MD, PA", "MD", "MD"),
        ("DPM, P.A.", "DPM", "DPM"),
        ("DO FACOS", "DO", "DO, FACOS"),
        ("PA C", "PA", "PA-C"),
        ("PAC", "PA", "PA-C"),
        ("PA", "PA", "PA"),
        ("FNP - B C", "NP", "FNP-BC"),
        ("RN, MSN, FNPC", "NP", "RN, MSN, FNP-C"),
        ("APRN-CNP", "NP", "APRN-CNP"),
        ("APRN, CRNA", "OTHER", "APRN, CRNA"),
        ("D.P.T., PT", "DPT", "DPT, PT"),
        ("MPT, MTC", "PT", "MPT, MTC"),
        ("PTA", "OTHER", "PTA"),
        ("Physical Therapist", "PT", "PT"),
        ("Physical Therapist Assistant", "OTHER", "PTA"),
        ("MS, OTR/L, CHT", "OT", "MS, OTR/L, CHT"),
        ("DC,", "DC", "DC"),
        ("DC, ARNP", "NP", "DC, ARNP"),
        ("RN, CCM", "CM", "RN, CCM"),
        ("BSN RN", "RN", "BSN, RN"),
        ("MED CCC A, FAAA", "OTHER", "MEd, CCC-A, FAAA"),
        ("", "OTHER", ""),
        ("none", "OTHER", ""),
    ],
)
def test_credentials_are_read(listed, engine, display):
    found = read_credentials(listed)
    assert (found.engine, found.display) == (engine, display)


@pytest.mark.parametrize("word", ["MD", "Ph.D.", "FACS", "FNP-BC", "PA-C", "OTR/L", "DPT"])
def test_a_word_behind_a_name_is_known_as_a_credential(word):
    assert is_credential(word)


@pytest.mark.parametrize("word", ["Marsh", "Lee", "Fay", "Kim"])
def test_a_name_is_no_credential(word):
    assert not is_credential(word)


@given(st.text(max_size=60))
def test_any_text_gives_a_credential_of_the_list(value):
    found = read_credentials(value)
    assert found.engine in ENGINE_CREDENTIALS
    assert found.display == found.display.strip()
