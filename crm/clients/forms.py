"""Forms for referrals, visits and what happens to a client: shape only."""

import re
from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional

from crm.clients.models import ClientClass, ReferralMethod
from crm.clients.referral_check import Elements, check
from crm.sources.person_names import split_whole_name
from crm.web import BaseForm, Day, FormKey

CODE = re.compile(r"C-\d{3,6}")
METHODS = [
    (ReferralMethod.FAX.value, "Fax"),
    (ReferralMethod.LETTER.value, "Letter"),
    (ReferralMethod.EMAIL.value, "E-mail"),
    (ReferralMethod.PORTAL.value, "Portal"),
    (ReferralMethod.BY_HAND.value, "By hand"),
    (ReferralMethod.PHONE.value, "Phone"),
]
CLASSES = [
    ("", "Not said yet"),
    (ClientClass.POST_REHAB.value, "Post-rehab, within a year"),
    (ClientClass.MEDICAL_EXERCISE.value, "Medical exercise, over a year"),
    (ClientClass.CORRECTIVE.value, "Corrective exercise"),
    (ClientClass.MAINTENANCE.value, "Functional maintenance"),
]


def not_after(today: date, field: DateField) -> None:
    """Refuse a date that has not come yet: what happened, happened."""
    if field.data and field.data > today:
        raise ValidationError("This day has not come yet.")


class ReferralForm(BaseForm):
    """One referral in under a minute."""

    form_key = FormKey()
    source_id = HiddenField("From")
    source_name = StringField("From", [Length(max=80, message="A name may have 80 characters.")])
    new_source = BooleanField("Not on file yet: add this source with the referral")
    client_code = StringField("Client code", [Optional(), Length(max=12)], description="Empty: the next free code")
    client_name = StringField("Client’s name", [Optional(), Length(max=120)])
    client_class = SelectField("Class", choices=CLASSES)
    received_on = Day("Received", [InputRequired("Say when it arrived.")])
    method = RadioField("How it came", choices=METHODS, default="fax")
    written = BooleanField("In writing", default=True)
    service = StringField("Service asked for, as written", [Optional(), Length(max=200)])
    diagnosis = StringField("Diagnosis, as stated", [Optional(), Length(max=200)])
    icd10 = StringField("ICD-10, as stated", [Optional(), Length(max=60)])
    transition = BooleanField("The office confirms that medical treatment has ended")
    visit_on = Day("Next medical visit", [Optional()])

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def validate_source_id(self, field: HiddenField) -> None:
        """Accept a number only; whose it is, the service finds out. A source that is new has none yet."""
        if self.new_source.data and not field.data:
            return
        if not field.data:
            raise ValidationError("Say who the referral is from.")
        if not re.fullmatch(r"\d{1,9}", field.data):
            raise ValidationError("Choose the source from the list, or say below that it is new.")

    def validate_source_name(self, field: StringField) -> None:
        """Ask for the whole name of a source that is new."""
        if self.new_source.data and not self.source_id.data and not split_whole_name(field.data or "").last:
            raise ValidationError("Write the first and the last name.")

    def validate_client_code(self, field: StringField) -> None:
        """Accept codes of our form: they stand in calendars and digests."""
        if field.data:
            field.data = field.data.upper()
            if not CODE.fullmatch(field.data):
                raise ValidationError("A code looks like C-0142. Leave it empty for the next free one.")

    def validate_received_on(self, field: DateField) -> None:
        """Refuse a day to come."""
        not_after(self.today, field)

    @property
    def elements(self) -> Elements:
        """Return which of the four elements are there."""
        return check(
            written=self.written.data,
            service=self.service.data or "",
            diagnosis=self.diagnosis.data or "",
            icd10=self.icd10.data or "",
            transition=self.transition.data,
        )

    @property
    def is_read(self) -> bool:
        """Say whether somebody began to say what stands on the paper."""
        return bool(self.service.data or self.diagnosis.data or self.icd10.data)


class PaperForm(ReferralForm):
    """A referral by one who keeps no records: that the paper came, and what stands on it, not what it says."""

    service = diagnosis = icd10 = client_class = None
    wording = BooleanField("It asks for a service in words we can work under")
    stated = BooleanField("A diagnosis with its code stands on it")

    @property
    def elements(self) -> Elements:
        """Return which of the four elements were seen on the paper."""
        return Elements(
            written=self.written.data,
            wording=self.wording.data,
            diagnosis=self.stated.data,
            transition=self.transition.data,
        )

    @property
    def is_read(self) -> bool:
        """Say whether somebody began to say what stands on the paper."""
        return bool(self.wording.data or self.stated.data)


class VisitForm(BaseForm):
    """A medical visit: when, and to whom."""

    visit_on = Day("Day of the visit", [InputRequired("Say when the visit is.")])
    source_id = HiddenField("To", [Optional()])
    source_name = StringField("To")


class ReleaseForm(BaseForm):
    """A release: who may be told, from when until when."""

    release_source_id = HiddenField("Who may be told", [Optional()])
    release_source_name = StringField("Who may be told")
    from_on = Day("From", [InputRequired("Say from when.")])
    until_on = Day("Until", [InputRequired("Say until when; a release without an end is none.")])

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def validate_until_on(self, field: DateField) -> None:
        """Refuse an end before the beginning, and one that is over."""
        if field.data and self.from_on.data and field.data < self.from_on.data:
            raise ValidationError("It would end before it begins.")
        if field.data and field.data < self.today:
            raise ValidationError("This day is over. File a release that still holds.")
