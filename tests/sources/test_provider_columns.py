"""The headers of lists from many places are recognised."""

import pytest

from crm.sources.provider_columns import recognise


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        pytest.param(
            "number,basic.last_name,basic.first_name,basic.credential,taxonomies.0.desc,addresses[0].address_1",
            ",last_name,first_name,credentials,specialty,street",
            id="the registry's programming interface",
        ),
        pytest.param(
            "Provider Last Name,Provider First Name,Cred,pri_spec,Facility Name,adr_ln_1,City/Town,ZIP Code",
            "last_name,first_name,credentials,specialty,office_name,street,city,zip",
            id="Medicare's clinicians",
        ),
        pytest.param(
            "Rndrng_NPI,Rndrng_Prvdr_Last_Org_Name,Rndrng_Prvdr_First_Name,Rndrng_Prvdr_Crdntls,Rndrng_Prvdr_Type",
            "npi,last_name,first_name,credentials,specialty",
            id="Medicare's services",
        ),
        pytest.param(
            "Licensee Name,License Type,Mailing Address,City,State,Zip Code",
            "name,credentials,street,city,state,zip",
            id="a state's licences",
        ),
        pytest.param(
            "Physician's Name,Practice Name,Practice Phone,Practice Fax,Office E-Mail",
            "name,office_name,phone,fax,email",
            id="a hand-made table",
        ),
        pytest.param("LAST NAME,FIRST NAME,M.I.,Degree", "last_name,first_name,middle_name,credentials", id="capitals"),
        pytest.param("Phone,Name,Telephone", "phone,name,", id="one column for a field, the better header"),
        pytest.param("Name,Name", "name,", id="one column for a field, the first"),
        pytest.param(
            "Provider Other Last Name,Provider Last Name (Legal Name)", ",last_name", id="former names are left out"
        ),
        pytest.param("Notes,Colour,", ",,", id="unknown headers"),
    ],
)
def test_headers_of_many_lists_are_recognised(headers, fields):
    assert list(recognise(headers.split(","))) == fields.split(",")


def test_the_practice_location_is_preferred_to_the_mailing_address():
    mailing = "Provider Business Mailing Address City Name"
    practice = "Provider Business Practice Location Address City Name"
    assert recognise([mailing, practice]) == ("", "city")
    assert recognise([mailing]) == ("city",)
