"""Registry words and taxonomy codes become our own short names."""

import pytest

from crm.sources.credentials import ENGINE_CREDENTIALS
from crm.sources.specialties import known_specialties, read_specialty


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        ("ORTHOPAEDIC SURGERY", "Orthopedic surgery"),
        ("Orthopedics", "Orthopedic surgery"),
        ("FAMILY PRACTICE", "Family medicine"),
        ("OBSTETRICS   GYNECOLOGY", "Obstetrics and gynecology"),
        ("PM&R", "Physical medicine and rehabilitation"),
        ("PHYSICAL THERAPIST IN PRIVATE PRACTICE", "Physical therapy"),
        ("207X00000X", "Orthopedic surgery"),
        ("207XS0117X", "Spine surgery"),
        ("207XX0005X", "Sports medicine"),
        ("2251X0800X", "Physical therapy"),
        ("207X00000X - Orthopaedic Surgery", "Orthopedic surgery"),
        ("Allopathic & Osteopathic Physicians/Orthopaedic Surgery, Sports Medicine", "Sports medicine"),
        ("Internal Medicine, Cardiovascular Disease", "Cardiology"),
        ("Physical Therapist, Orthopedic", "Physical therapy"),
        ("Nurse Practitioner - Family", "Nurse practitioner"),
        ("BASKET WEAVING", "Basket weaving"),
        ("Aquatic bodywork", "Aquatic bodywork"),
        ("999Z00000X", ""),
        ("", ""),
    ],
)
def test_a_specialty_is_found_or_kept(listed, name):
    assert read_specialty(listed).name == name


def test_a_profession_tells_its_credential():
    assert read_specialty("CHIROPRACTOR").profession == "DC"
    assert read_specialty("213E00000X").profession == "DPM"
    assert read_specialty("INTERNAL MEDICINE").profession == ""


@pytest.mark.parametrize("name", known_specialties())
def test_every_name_of_our_list_means_itself(name):
    assert read_specialty(name).name == name
    assert read_specialty(name).profession in ("", *ENGINE_CREDENTIALS)
