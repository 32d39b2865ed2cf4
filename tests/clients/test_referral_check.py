"""The four elements of a referral."""

import pytest

from crm.clients.referral_check import check, missing

FULL = {
    "written": True,
    "service": "Medical Exercise Training, 2 per week",
    "diagnosis": "Total knee replacement",
    "icd10": "Z96.651",
    "transition": True,
}


def test_a_referral_with_all_four_is_complete():
    assert check(**FULL).complete
    assert missing(check(**FULL)) == []


@pytest.mark.parametrize(
    ("change", "element"),
    [
        pytest.param({"written": False}, "written", id="by word of mouth"),
        pytest.param({"service": "physical therapy 3x/week"}, "wording", id="asks for therapy"),
        pytest.param({"service": ""}, "wording", id="asks for nothing"),
        pytest.param({"icd10": "", "diagnosis": "Type 2 diabetes"}, "diagnosis", id="no code"),
        pytest.param({"icd10": "knee", "diagnosis": ""}, "diagnosis", id="no such code"),
        pytest.param({"transition": False}, "transition", id="care goes on"),
    ],
)
def test_what_is_missing_is_said(change, element):
    elements = check(**(FULL | change))
    assert not getattr(elements, element)
    assert not elements.complete
    assert len(missing(elements)) == 1


@pytest.mark.parametrize(
    "service",
    [
        "POST REHAB CONDITIONING",
        "post‑rehab conditioning 8 weeks",
        "Eval for medical  fitness",
        "functional conditioning",
    ],
)
def test_the_approved_names_are_found_however_they_are_written(service):
    assert check(**(FULL | {"service": service})).wording


def test_a_code_written_with_the_diagnosis_counts():
    assert check(**(FULL | {"icd10": "", "diagnosis": "Osteoarthritis of hip M16.11"})).diagnosis
