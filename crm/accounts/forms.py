"""Forms of sign-up and of the practice page: shape only."""

import re
import unicodedata
from datetime import date
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email
from wtforms import (
    BooleanField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, EqualTo, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from crm.accounts import passwords
from crm.sources.contact_details import phone_number
from crm.web import BaseForm, Day

USUAL_ZONES = [
    ("America/New_York", "Eastern (New York)"),
    ("America/Chicago", "Central (Chicago)"),
    ("America/Denver", "Mountain (Denver)"),
    ("America/Phoenix", "Arizona (Phoenix)"),
    ("America/Los_Angeles", "Pacific (Los Angeles)"),
    ("America/Anchorage", "Alaska (Anchorage)"),
    ("Pacific/Honolulu", "Hawaii (Honolulu)"),
    ("America/Puerto_Rico", "Puerto Rico"),
]
WEEKDAYS = [("1", "Mon"), ("2", "Tue"), ("3", "Wed"), ("4", "Thu"), ("5", "Fri"), ("6", "Sat"), ("7", "Sun")]
HOURS = [(f"{hour:02}:{minute:02}", f"{hour:02}:{minute:02}") for hour in range(4, 22) for minute in (0, 30)]


def zones() -> list[tuple[str, str]]:
    """Return the time zones to choose from: the usual ones by their everyday names, then all others."""
    usual = {zone for zone, _label in USUAL_ZONES}
    others = sorted(
        z for z in available_timezones() if "/" in z and z not in usual and not z.startswith(("Etc/", "posix", "right"))
    )
    return USUAL_ZONES + [(zone, zone.replace("_", " ")) for zone in others]


class Checks(SelectMultipleField):  # type: ignore[misc]
    """Several choices, each a checkbox."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take each choice once: days ticked twice are longer than their column."""
        super().process_formdata(list(dict.fromkeys(valuelist)))


def checked_email(_form: object, field: StringField) -> None:
    """Refuse what is not an e-mail address; nothing is looked up."""
    try:
        field.data = validate_email(field.data or "", check_deliverability=False, strict=True).normalized
    except EmailNotValidError:
        raise ValidationError("This is not an e-mail address. It should look like name@example.com.") from None


class PasswordForm(BaseForm):
    """A new password, twice."""

    about: tuple[str, ...] = ()  # what it must not be built from
    password = PasswordField(
        "Password",
        [DataRequired("Choose a password of at least 12 characters.")],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        "The same again",
        [EqualTo("password", "The two passwords differ.")],
        render_kw={"autocomplete": "new-password"},
    )

    def validate_password(self, field: PasswordField) -> None:
        """Refuse what is too short or too long, or tried first."""
        if why := passwords.refusal(unicodedata.normalize("NFC", field.data), self.words_about()):
            raise ValidationError(why)

    def words_about(self) -> tuple[str, ...]:
        """Return what the password must not be built from."""
        return self.about


class ResetForm(BaseForm):
    """Whose password is forgotten."""

    email = StringField("E-mail", [DataRequired("Write the address you sign in with."), Length(max=254), checked_email])


class OwnerForm(PasswordForm):
    """Step one of setup: the owner and the practice."""

    name = StringField("Your name", [DataRequired("Write your name as it should stand on letters."), Length(max=120)])
    credential = StringField("Credential", [Optional(), Length(max=80)])
    email = StringField("E-mail", [DataRequired("Write the address the morning digest goes to."), checked_email])
    practice_name = StringField(
        "Name of the practice", [DataRequired("Write the name of your practice."), Length(max=120)]
    )
    time_zone = SelectField("Time zone", choices=zones)
    work_days = Checks("Working days", choices=WEEKDAYS, default=["1", "2", "3", "4", "5"])

    def words_about(self) -> tuple[str, ...]:
        """Return what stands in the form beside the password."""
        return self.name.data or "", self.email.data or "", self.practice_name.data or ""

    def validate_work_days(self, field: Checks) -> None:
        """Refuse a week without a working day: nothing could ever fall due."""
        if not field.data:
            raise ValidationError("Choose at least one working day.")


class SampleForm(BaseForm):
    """Step two of setup: sample practice or not."""

    sample = RadioField(
        "Sample practice",
        choices=[("yes", "Yes, show me around with it"), ("no", "No, start empty")],
        default="no",
    )


class PracticeForm(BaseForm):
    """The practice page: what every date follows from, and how pages look."""

    practice_name = StringField(
        "Name of the practice", [DataRequired("Write the name of your practice."), Length(max=120)]
    )
    time_zone = SelectField("Time zone", choices=zones)
    cutoff = StringField(
        "Calls and faxes after this hour count for the next day",
        [DataRequired("Write an hour such as 15:00.")],
    )
    work_days = Checks("Working days", choices=WEEKDAYS)
    closed_days = TextAreaField("Closed days, one date a line", [Length(max=4000)])
    theme = RadioField("Light or dark", choices=[("system", "As the system"), ("light", "Light"), ("dark", "Dark")])

    validate_work_days = OwnerForm.validate_work_days

    def validate_cutoff(self, field: StringField) -> None:
        """Accept hours and minutes of one day only."""
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", field.data or ""):
            raise ValidationError("Write the hour as 15:00.")

    def validate_closed_days(self, field: TextAreaField) -> None:
        """Accept ISO dates, a line each; name the line that is none."""
        self.closed_dates = []
        for number, line in enumerate((field.data or "").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                self.closed_dates.append(_iso_day(line.strip()))
            except ValueError:
                raise ValidationError(f"Line {number} is not a date of the form 2026-12-24.") from None


class DigestForm(BaseForm):
    """How somebody wants their own digest."""

    digest_on = BooleanField("Send me the morning digest")
    digest_hour = SelectField("Hour of the digest", choices=HOURS)
    digest_days = Checks("My days", choices=WEEKDAYS)
    digest_paused_until = Day("Pause until", [Optional()])
    digest_when_empty = BooleanField("Send it when nothing is due, too")

    def validate_digest_days(self, field: Checks) -> None:
        """Refuse a digest that would never come; to stop it there is a tick."""
        if not field.data:
            raise ValidationError("Choose at least one day. To get none, take the tick away.")


class LetterheadForm(BaseForm):
    """What stands at the top of every letter, and what letters say about who writes."""

    street = StringField("Street", [Length(max=160)])
    city = StringField("City", [Length(max=80)])
    state = StringField("State", [Length(max=40)])
    zip = StringField("ZIP", [Length(max=10)])
    phone = StringField("Phone", [Length(max=60)])
    fax = StringField("Fax", [Length(max=60)])
    email = StringField("E-mail", [Length(max=254)])
    role_title = StringField("What you are", [DataRequired("Say what you are, such as Medical Exercise Specialist."),
                                              Length(max=80)])  # fmt: skip
    serves = StringField(
        "Whom you work with", [DataRequired("Say whom you work with, such as adults."), Length(max=160)]
    )
    fax_gateway = StringField("Mail domain of your fax service", [Length(max=120)])
    credential = StringField("Letters behind your name", [Length(max=80)])
    licence = StringField("A licence you hold", [Length(max=120)])
    has_doctorate = BooleanField("I hold a doctorate")

    def validate_zip(self, field: StringField) -> None:
        """Accept a ZIP code with or without its four more digits."""
        if field.data and not re.fullmatch(r"\d{5}(-\d{4})?", field.data):
            raise ValidationError("A ZIP code looks like 97000 or 97000-1234.")

    def validate_phone(self, field: StringField) -> None:
        """Write a number in one form, or say what is wrong with it."""
        if field.data:
            try:
                field.data = phone_number(field.data)
            except ValueError as error:
                raise ValidationError(f"The number {error}.") from None

    validate_fax = validate_phone

    def validate_email(self, field: StringField) -> None:
        """Refuse what is no address: answers and refusals come back to it."""
        if field.data:
            checked_email(self, field)

    def validate_fax_gateway(self, field: StringField) -> None:
        """Accept a domain only; the number goes before it."""
        field.data = (field.data or "").lower().lstrip("@")
        if field.data and not re.fullmatch(r"(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}", field.data):
            raise ValidationError("Write the part behind the @ only, such as fax.example.com.")


def _iso_day(text: str) -> str:
    day = date.fromisoformat(text)
    if not 2000 <= day.year <= 2099:
        raise ValueError(text)
    return day.isoformat()
