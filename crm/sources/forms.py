"""Forms for sources, their offices, people, facts and touches: shape only."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from crm.sources import touches
from crm.sources.contact_details import email_address, phone_number
from crm.sources.models import Channel, ContactRole, Grade
from crm.sources.npi import is_npi
from crm.sources.person_names import split_whole_name
from crm.web import BaseForm

YEARS = (1900, 2100)
CLOSED_DAYS_LIMIT = 200
GRADES = [
    ("", "Not graded"),
    (Grade.A.value, "A, best fit"),
    (Grade.B.value, "B, good fit"),
    (Grade.C.value, "C, little"),
]
CHANNELS = [
    (Channel.FAX.value, "Fax"),
    (Channel.PORTAL.value, "Portal"),
    (Channel.EMAIL.value, "Secure e-mail"),
    (Channel.LETTER.value, "Letter"),
]
ROLES = [
    (ContactRole.OFFICE_MANAGER.value, "Office manager"),
    (ContactRole.FRONT_DESK.value, "Front desk"),
    (ContactRole.REFERRAL_COORDINATOR.value, "Referral coordinator"),
    (ContactRole.NURSE.value, "Nurse"),
    (ContactRole.OTHER.value, "Other"),
]
ROLE_WORDS = dict(ROLES)
WEEKDAYS = [("1", "Mon"), ("2", "Tue"), ("3", "Wed"), ("4", "Thu"), ("5", "Fri"), ("6", "Sat"), ("7", "Sun")]


def _most(limit: int) -> Length:
    return Length(max=limit, message=f"This may have {limit} characters.")


class Day(DateField):  # type: ignore[misc]
    """A date of this century or the last; one that is none is named as such."""

    data: date | None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the date and say in plain words what is wrong with it."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("This is not a date. Write it as 2026-05-14 or choose it.") from None
        if self.data is not None and not YEARS[0] <= self.data.year <= YEARS[1]:
            self.data = None
            raise ValueError("The year must lie between 1900 and 2100.")


def _tidy(field: StringField, write: Callable[[str], str]) -> None:
    """Write a value in our form, or say what is wrong with it."""
    if not field.data:
        return
    try:
        field.data = write(field.data)
    except ValueError as reason:
        raise ValidationError(f"This {reason}.") from None
    if len(field.data) > 32 and write is phone_number:
        raise ValidationError("This is not a telephone number.")


class _Reachable(BaseForm):
    """Telephone, fax and address of mail, written in one form."""

    phone = StringField("Phone", [Optional(), _most(60)])
    fax = StringField("Fax", [Optional(), _most(60)])
    email = StringField("E-mail", [Optional(), _most(254)])

    def validate_phone(self, field: StringField) -> None:
        """Write the number in our form."""
        _tidy(field, phone_number)

    def validate_fax(self, field: StringField) -> None:
        """Write the number in our form."""
        _tidy(field, phone_number)

    def validate_email(self, field: StringField) -> None:
        """Write the address in our form."""
        _tidy(field, email_address)


class _WithOffice(_Reachable):
    """A source's letters, specialty and office."""

    credentials = StringField("Credential", [Optional(), _most(80)], description="MD, DO, PT, NP ...")
    specialty = StringField("Specialty", [Optional(), _most(80)])
    grade = RadioField("Fit", choices=GRADES, default="")
    channel = RadioField("Reach them by", choices=CHANNELS, default=Channel.FAX.value)
    office_id = HiddenField("Office")
    office_name = StringField("Office", [Optional(), _most(160)])

    def validate_office_id(self, field: HiddenField) -> None:
        """Accept a number only; whose it is, the service finds out."""
        if field.data and not re.fullmatch(r"\d{1,9}", field.data):
            raise ValidationError("Choose the office from the list, or type the name of a new one.")


class NewSourceForm(_WithOffice):
    """Add a source in one go."""

    name = StringField("Name", [DataRequired("Say who it is."), _most(200)], description="First and last name")

    def validate_name(self, field: StringField) -> None:
        """Ask for a name that has a last one, each part no longer than it can be kept."""
        name = split_whole_name(field.data or "")
        if not name.last:
            raise ValidationError("Write the first and the last name.")
        if len(name.last) > 80 or len(name.first) > 80 or len(name.middle) > 80 or len(name.suffix) > 20:
            raise ValidationError("This name is too long: each part may have 80 characters.")


class EditSourceForm(_WithOffice):
    """All facts of a source and its office."""

    first_name = StringField("First name", [Optional(), _most(80)])
    middle_name = StringField("Middle name", [Optional(), _most(80)])
    last_name = StringField("Last name", [DataRequired("A source needs a last name."), _most(80)])
    suffix = StringField("Suffix", [Optional(), _most(20)])
    npi = StringField("NPI", [Optional(), _most(20)], description="Ten digits")
    report_days = IntegerField(
        "Days between reports",
        [InputRequired("Say how many days."), NumberRange(7, 90, "Between 7 and 90 days.")],
        default=30,
    )
    office_title = StringField("Name of the office", [Optional(), _most(160)])
    street = StringField("Street", [Optional(), _most(160)])
    city = StringField("City", [Optional(), _most(80)])
    state = StringField("State", [Optional(), _most(40)])
    zip = StringField("ZIP", [Optional(), _most(10)])
    office_phone = StringField("Office phone", [Optional(), _most(60)])
    office_fax = StringField("Office fax", [Optional(), _most(60)])
    hours = StringField("Hours", [Optional(), _most(160)], description="As people say them: Calls Tue to Thu at noon")
    closed_weekdays = SelectMultipleField("Closed on", choices=WEEKDAYS)
    closed_days = TextAreaField("Closed days", [Optional(), _most(4000)], description="One date a line: 2026-12-24")
    no_contact = BooleanField("They want no contact")

    def validate_npi(self, field: StringField) -> None:
        """Tell a mistyped number by its check digit."""
        field.data = re.sub(r"[\s-]", "", field.data or "")
        if field.data and not is_npi(field.data):
            raise ValidationError("This is not an NPI: ten digits, of which the last proves the others.")

    def validate_office_phone(self, field: StringField) -> None:
        """Write the number in our form."""
        _tidy(field, phone_number)

    def validate_office_fax(self, field: StringField) -> None:
        """Write the number in our form."""
        _tidy(field, phone_number)

    def validate_closed_weekdays(self, field: SelectMultipleField) -> None:
        """Leave at least one day on which something can be due."""
        if set("12345") <= set(field.data or ()):
            raise ValidationError("An office that is closed Monday to Friday can be sent nothing. Leave one day open.")

    def validate_closed_days(self, _field: TextAreaField) -> None:
        """Read one date a line."""
        if len(self.days_closed()) > CLOSED_DAYS_LIMIT:
            raise ValidationError(f"Up to {CLOSED_DAYS_LIMIT} days.")

    def days_closed(self) -> tuple[date, ...]:
        """Return the closed days that were typed; raises ValidationError naming what is no date."""
        found = set()
        for word in re.split(r"[\s,;]+", self.closed_days.data or ""):
            if not word:
                continue
            try:
                day = date.fromisoformat(word)
            except ValueError:
                raise ValidationError(f"“{word[:20]}” is not a date. Write it as 2026-12-24.") from None
            if not YEARS[0] <= day.year <= YEARS[1]:
                raise ValidationError("The year must lie between 1900 and 2100.")
            found.add(day)
        return tuple(sorted(found))


class ContactForm(BaseForm):
    """Somebody at the office."""

    name = StringField("Name", [DataRequired("Say who it is."), _most(120)])
    role = SelectField("Role", choices=ROLES)
    phone = StringField("Phone", [Optional(), _most(60)])
    email = StringField("E-mail", [Optional(), _most(254)])

    validate_phone = _Reachable.validate_phone
    validate_email = _Reachable.validate_email


class _UntilToday(BaseForm):
    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def _past(self, field: DateField) -> None:
        if field.data and field.data > self.today:
            raise ValidationError("This day has not come yet.")


class FactForm(_UntilToday):
    """Something public to open a conversation with."""

    text = StringField("What is known", [DataRequired("Say what is known."), _most(300)])
    found_at = StringField(
        "Where it stands",
        [DataRequired("Say where everybody can read it."), _most(300)],
        description="Office web page, local paper",
    )
    read_on = Day("Read on", [InputRequired("Say when it was read.")])

    def validate_read_on(self, field: DateField) -> None:
        """Refuse a day to come."""
        self._past(field)


class TouchForm(_UntilToday):
    """A touch: what, when, how it went, and the task it completes."""

    kind = RadioField(
        "What happened", choices=[(kind.value, words.choice) for kind, words in touches.KINDS.items()], default="call"
    )
    outcome = RadioField(
        "How the call went", choices=[(one.value, words) for one, words in touches.OUTCOMES.items()], default="reached"
    )
    on = Day("When", [InputRequired("Say when it happened.")])
    task = SelectField("This completes", choices=[("", "No task")], default="")
    note = TextAreaField("Note", [Optional(), _most(4000)])

    def validate_on(self, field: DateField) -> None:
        """Refuse a day to come."""
        self._past(field)
