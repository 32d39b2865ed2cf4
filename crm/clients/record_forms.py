"""The forms of a client's record: shape only; each reads its part and gives it back."""

import re
from datetime import date
from typing import Any

from wtforms import (
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import Email, Length, Optional

from crm.clients.forms import CLASSES, CODE, not_after
from crm.clients.number_forms import Number
from crm.clients.record import (
    CATEGORIES,
    FORMS,
    GATE,
    HISTORY,
    Diagnosis,
    Gate,
    Health,
    Insurance,
    Limits,
    Person,
    Plan,
)
from crm.clients.vitals import SIGNS
from crm.text import row_id
from crm.web import BaseForm, Day

LINE = Length(max=160, message="This may have 160 characters.")
TEXT = Length(max=2000, message="This may have 2,000 characters.")
ICD10 = re.compile(r"[A-TV-Za-tv-z]\d[0-9A-Za-z](\.?[0-9A-Za-z]{1,4})?")
INSURANCE = [
    (Insurance.UNSAID.value, "Not said yet"),
    (Insurance.PRIVATE.value, "Private insurance"),
    (Insurance.WORKERS_COMP.value, "Workers’ compensation"),
    (Insurance.AUTO.value, "Auto claim"),
    (Insurance.MEDICARE.value, "Medicare"),
    (Insurance.MEDICAID.value, "Medicaid"),
    (Insurance.OTHER_GOVERNMENT.value, "Another government plan"),
    (Insurance.NONE.value, "None"),
]
SEXES = [("", "Not said"), ("f", "Female"), ("m", "Male")]
YES_NO = [("yes", "Yes"), ("no", "No"), ("", "Not known yet")]


class LongAgo(Day):
    """A date that may lie before the desk was there: a birth, an injury."""

    earliest = 1900


class PartForm(BaseForm):
    """What every part has: the version somebody saw, and why something on file is changed."""

    base = HiddenField(default="0")
    reason = StringField("Why it is changed", [Optional(), Length(max=300)])

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    @property
    def seen(self) -> int:
        """Return the id of the version the form was shown with."""
        return row_id(self.base.data) or 0


class PersonForm(PartForm):
    """Who the client is, whom to call, how they are insured."""

    name = StringField("Name", [Optional(), LINE])
    born_on = LongAgo("Date of birth", [Optional()])
    sex = SelectField("Table of averages", choices=SEXES)
    phone = StringField("Phone", [Optional(), LINE])
    email = StringField("E-mail", [Optional(), LINE, Email("This does not look like an e-mail address.")])
    address = StringField("Address", [Optional(), LINE])
    emergency_name = StringField("In an emergency call", [Optional(), LINE])
    emergency_phone = StringField("Their phone", [Optional(), LINE])
    emergency_relation = StringField("Who they are", [Optional(), LINE])
    insurance = SelectField("Insurance", choices=INSURANCE)

    def validate_born_on(self, field: Day) -> None:
        """Refuse a birth to come."""
        not_after(self.today, field)

    def part(self) -> Person:
        """Return what was typed."""
        names = (f for f in Person.__slots__ if f not in {"insurance", "born_on"})
        typed = {name: self[name].data or "" for name in names}
        return Person(**typed, born_on=self.born_on.data, insurance=Insurance(self.insurance.data))

    @staticmethod
    def shown(person: Person) -> dict[str, Any]:
        """Return a part as the form shows it."""
        return {name: getattr(person, name) for name in Person.__slots__} | {"insurance": person.insurance.value}


class DiagnosisForm(Form):  # type: ignore[misc]
    """One diagnosis, as somebody stated it."""

    text = StringField("Diagnosis, as stated", [Optional(), LINE])
    icd10 = StringField("ICD-10, as stated", [Optional(), Length(max=60)])
    stated_by = StringField("Stated by", [LINE])  # not Optional: that would end the checks before ours
    stated_on = LongAgo("On", [Optional()])

    def validate_icd10(self, field: StringField) -> None:
        """Accept the shape of a code; which code it is, only a provider says (H22)."""
        codes = [code for code in re.split(r"[,;\s]+", field.data or "") if code]
        if not all(ICD10.fullmatch(code) for code in codes):
            raise ValidationError("An ICD-10 code looks like M17.11. Leave it empty where none was given.")

    def validate_stated_by(self, field: StringField) -> None:
        """Ask who said so."""
        if (self.text.data or self.icd10.data) and not (field.data or "").strip():
            raise ValidationError("Say who stated it: a diagnosis stands here only as a provider’s word.")


class HealthForm(PartForm):
    """Diagnoses as stated, history, what to avoid, the provider's limits."""

    diagnoses = FieldList(FormField(DiagnosisForm), min_entries=2, max_entries=6)
    onset_on = LongAgo("Onset, injury or surgery", [Optional()])
    medications = TextAreaField("Medication, as told", [Optional(), TEXT])
    precautions = TextAreaField("Precautions", [Optional(), TEXT])
    precautions_by = StringField("Stated by", [Optional(), LINE])
    contraindications = TextAreaField("Movements and loads to avoid", [Optional(), TEXT])
    contraindications_by = StringField("Stated by", [Optional(), LINE])
    systolic = Number("Systolic up to", [Optional()], low=SIGNS[0][2], high=SIGNS[0][3], whole=True)
    diastolic = Number("Diastolic up to", [Optional()], low=SIGNS[1][2], high=SIGNS[1][3], whole=True)
    heart_rate = Number("Heart rate up to", [Optional()], low=SIGNS[2][2], high=SIGNS[2][3], whole=True)
    glucose_low = Number("Glucose from", [Optional()], low=SIGNS[3][2], high=SIGNS[3][3], whole=True)
    glucose_high = Number("Glucose up to", [Optional()], low=SIGNS[3][2], high=SIGNS[3][3], whole=True)
    other = StringField("Other limits", [Optional(), LINE])
    set_by = StringField("Set by", [LINE])
    confirmed_on = Day("Confirmed on", [Optional()])

    def validate_glucose_high(self, field: Number) -> None:
        """Refuse a span that ends before it begins."""
        if field.data and self.glucose_low.data and field.data < self.glucose_low.data:
            raise ValidationError("This is below the lower end.")

    def validate_set_by(self, field: StringField) -> None:
        """Ask whose limits they are."""
        limits = (self.systolic, self.diastolic, self.heart_rate, self.glucose_low, self.glucose_high, self.other)
        if any(limit.data for limit in limits) and not (field.data or "").strip():
            raise ValidationError("Say who set these limits.")

    def part(self) -> Health:
        """Return what was typed; the history is asked on the same page, field by field."""
        rows = (Diagnosis(r["text"] or "", r["icd10"] or "", r["stated_by"] or "", r["stated_on"])
                for r in self.diagnoses.data)  # fmt: skip
        limits = {name: self[name].data for name in Limits.__slots__ if name not in {"other", "set_by"}}
        texts = ("medications", "precautions", "precautions_by", "contraindications", "contraindications_by")
        return Health(
            diagnoses=tuple(row for row in rows if row.text or row.icd10),
            onset_on=self.onset_on.data,
            history={key: self[f"history_{key}"].data or "" for key, _words in HISTORY},
            limits=Limits(**limits, other=self.other.data or "", set_by=self.set_by.data or ""),
            **{name: self[name].data or "" for name in texts},
        )

    @staticmethod
    def shown(health: Health) -> dict[str, Any]:
        """Return a part as the form shows it."""
        plain = {name: getattr(health, name) for name in Health.__slots__ if name not in {"limits", "history"}}
        rows = [{name: getattr(row, name) for name in Diagnosis.__slots__} for row in health.diagnoses]
        limits = {name: getattr(health.limits, name) for name in Limits.__slots__}
        return plain | limits | {"diagnoses": rows} | {f"history_{key}": text for key, text in health.history.items()}


for _key, _words in HISTORY:
    setattr(HealthForm, f"history_{_key}", TextAreaField(_words, [Optional(), TEXT]))


class GateForm(PartForm):
    """Is exercise appropriate here and now, and which forms are signed."""

    def part(self) -> Gate:
        """Return what was answered."""
        answers = {key: self[f"gate_{key}"].data or "" for key, _words in GATE}
        forms = {key: on for key, _words in FORMS if (on := self[f"form_{key}"].data)}
        return Gate({key: answer for key, answer in answers.items() if answer}, forms)

    @staticmethod
    def shown(gate: Gate) -> dict[str, Any]:
        """Return a part as the form shows it."""
        answers = {f"gate_{key}": gate.answers.get(key, "") for key, _words in GATE}
        return answers | {f"form_{key}": on for key, on in gate.forms.items()}


for _key, _words in GATE:
    setattr(GateForm, f"gate_{_key}", RadioField(_words, choices=YES_NO, default=""))
for _key, _words in FORMS:
    setattr(GateForm, f"form_{_key}", Day(_words, [Optional()]))


class PlanForm(PartForm):
    """The plan of exercise."""

    deficits = TextAreaField("What is still limited in everyday function", [Optional(), TEXT])
    frequency = StringField("How often", [Optional(), LINE], description="Such as: two sessions a week")
    duration = StringField("For how long", [Optional(), LINE], description="Such as: 12 weeks")
    categories = SelectMultipleField("What it consists of", choices=[(name, name) for name in CATEGORIES])
    progression = TextAreaField("When it goes up", [Optional(), TEXT])
    regression = TextAreaField("When it goes back", [Optional(), TEXT])
    stop = TextAreaField("When it stops", [Optional(), TEXT])
    discharge = TextAreaField("When the program is complete", [Optional(), TEXT])
    agreed_on = Day("Agreed with the client on", [Optional()])

    def part(self) -> Plan:
        """Return what was typed."""
        texts = (name for name in Plan.__slots__ if name not in {"categories", "agreed_on"})
        typed = {name: self[name].data or "" for name in texts}
        return Plan(**typed, categories=tuple(self.categories.data or ()), agreed_on=self.agreed_on.data)

    @staticmethod
    def shown(plan: Plan) -> dict[str, Any]:
        """Return a part as the form shows it."""
        return {name: getattr(plan, name) for name in Plan.__slots__} | {"categories": list(plan.categories)}


class NewClientForm(BaseForm):
    """A client who came without a referral."""

    code = StringField("Client code", [Optional(), Length(max=12)], description="Empty: the next free code")
    name = StringField("Name", [Optional(), LINE], description="May stay empty: the code is enough")
    client_class = SelectField("Class", choices=CLASSES)
    source_id = HiddenField("Treating provider", [Optional()])
    source_name = StringField("Treating provider")

    def validate_code(self, field: StringField) -> None:
        """Accept codes of our form: they stand in calendars and digests."""
        if field.data:
            field.data = field.data.upper()
            if not CODE.fullmatch(field.data):
                raise ValidationError("A code looks like C-0142. Leave it empty for the next free one.")


class BookedClientForm(NewClientForm):
    """A client taken in by one who keeps no records: their class follows from their health."""

    client_class = None


class ClassForm(BaseForm):
    """Which class a client belongs to."""

    client_class = SelectField("Class", choices=CLASSES)


class ProviderForm(BaseForm):
    """Somebody else who treats the client."""

    provider_source_id = HiddenField("Already a source", [Optional()])
    provider_source_name = StringField("Already a source")
    first_name = StringField("First name", [Optional(), LINE])
    last_name = StringField("Last name", [LINE])
    credential = StringField("Credential", [Optional(), Length(max=40)], description="MD, PT, DC ...")
    office = StringField("Office", [Optional(), LINE])
    phone = StringField("Phone", [Optional(), LINE])
    treats = StringField("What for", [Optional(), LINE])

    def validate_last_name(self, field: StringField) -> None:
        """Ask who it is."""
        if not (field.data or "").strip() and not (self.provider_source_id.data or "").strip():
            raise ValidationError("Say who it is: a source, or at least a last name.")
