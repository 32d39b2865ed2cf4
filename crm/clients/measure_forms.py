"""The forms of measured values: one row a measure and side, made from the catalogue."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from wtforms import BooleanField, RadioField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from crm.clients.forms import not_after
from crm.clients.measures import MEASURES, Measure, Reading
from crm.clients.number_forms import Number
from crm.clients.record_models import Occasion
from crm.web import BaseForm, Day

AIDS = [("", "No aid"), ("cane", "Cane"), ("walker", "Walker"), ("crutches", "Crutches"), ("brace", "Brace")]
FIRST = [
    (Occasion.BASELINE.value, "These complete the baseline"),
    (Occasion.SOME.value, "More of the baseline follows"),
]
AGAIN = [
    (Occasion.AGAIN.value, "Measured again"),
    (Occasion.BASELINE.value, "A new baseline: the 30 days begin anew"),
    (Occasion.SOME.value, "A value in passing"),
]
SIDES = ("left", "right")


class MeasuresForm(BaseForm):
    """Values of one day; a row for each measure is added by `form_for`."""

    measured_on = Day("Day", [InputRequired("Say which day it was.")])
    occasion = RadioField("What they are")

    rows: Sequence[tuple[Measure, Sequence[str]]] = ()

    def __init__(self, *args: Any, today: date, has_baseline: bool, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        self.occasion.choices = AGAIN if has_baseline else FIRST
        if self.occasion.data is None:
            self.occasion.data = self.occasion.choices[0][0]

    def validate_measured_on(self, field: Day) -> None:
        """Refuse a day to come."""
        not_after(self.today, field)

    def validate_occasion(self, _field: RadioField) -> None:
        """Ask for at least one value."""
        if not self.readings() and not any(f.errors for f in self if isinstance(f, Number)):
            raise ValidationError("Enter at least one value.")

    def readings(self) -> list[Reading]:
        """Return the values that were entered."""
        on = self.measured_on.data or self.today
        return [
            self._reading(measure, side, float(value), on)
            for measure, sides in self.rows
            for side in sides
            if (value := self[name_of(measure, side)].data) is not None
        ]

    def _reading(self, measure: Measure, side: str, value: float, on: date) -> Reading:
        def asked(what: str) -> Any:
            return self[name_of(measure, what)].data if what in measure.asks else None

        return Reading(
            measure.key, value, on, side=side, aid=asked("aid") or "", arms=bool(asked("arms")),
            seconds=asked("seconds"),
        )  # fmt: skip


def name_of(measure: Measure, what: str) -> str:
    """Return the name of a field: "grip-left", "tug", "tug-aid"."""
    return f"{measure.key}-{what}" if what else measure.key


def form_for(measures: Iterable[Measure]) -> type[MeasuresForm]:
    """Return a form with a row for each of these measures."""
    rows = [(measure, SIDES if "side" in measure.asks else ("",)) for measure in measures]
    made: dict[str, Any] = {"rows": rows}
    for measure, sides in rows:
        for side in sides:
            label = f"{measure.title}, {side}" if side else measure.title
            made[name_of(measure, side)] = Number(label, [Optional()], low=measure.low, high=measure.high)
        if "aid" in measure.asks:
            made[name_of(measure, "aid")] = SelectField(f"{measure.title}: aid", choices=AIDS)
        if "arms" in measure.asks:
            made[name_of(measure, "arms")] = BooleanField("The arms were used")
        if "seconds" in measure.asks:
            label = f"{measure.title}: seconds held on the next stage"
            made[name_of(measure, "seconds")] = Number(label, [Optional()], low=0, high=10)
    return type("MeasuresForm", (MeasuresForm,), made)


def known(keys: Iterable[str]) -> list[Measure]:
    """Return the measures of these keys, in the order of the catalogue, once each."""
    wanted = set(keys)
    return [measure for key, measure in MEASURES.items() if key in wanted]


class CorrectionForm(BaseForm):
    """A corrected value, and why."""

    value = StringField("Value")
    reason = StringField("Why it was wrong", [InputRequired("Say why it is corrected."), Length(max=300)])


def correction_for(measure: Measure) -> type[CorrectionForm]:
    """Return the form that corrects a value of this measure."""
    asked = Number("Value", [InputRequired("Write the value that is right.")], low=measure.low, high=measure.high)
    return type("CorrectionForm", (CorrectionForm,), {"value": asked})
