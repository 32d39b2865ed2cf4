"""The form of a session: filled in on a phone within a minute."""

from datetime import date
from typing import Any

from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from crm.clients.forms import not_after
from crm.clients.number_forms import Number
from crm.clients.record_models import Attendance
from crm.clients.vitals import SIGNS, Vitals
from crm.web import BaseForm, Day, FormKey

ATTENDANCE = [
    (Attendance.ATTENDED.value, "Came"),
    (Attendance.MISSED.value, "Did not come"),
    (Attendance.CANCELLED.value, "Cancelled in time"),
]
LONG = Length(max=2000, message="This may have 2,000 characters.")


def _sign(when: str, name: str) -> Number:
    _name, words, low, high = next(row for row in SIGNS if row[0] == name)
    return Number(f"{words} {when}", [Optional()], low=low, high=high, whole=True)


class SessionForm(BaseForm):
    """One session: who came, readings, what was done, how it was borne, what is next."""

    form_key = FormKey()
    held_on = Day("Day", [InputRequired("Say which day it was.")])
    attendance = RadioField("The client", choices=ATTENDANCE, default=Attendance.ATTENDED.value)
    before_systolic = _sign("before", "systolic")
    before_diastolic = _sign("before", "diastolic")
    before_heart_rate = _sign("before", "heart_rate")
    before_glucose = _sign("before", "glucose")
    done = TextAreaField("What was done", [Optional(), LONG])
    response = StringField("How it was borne", [Optional(), Length(max=300)])
    modification = StringField("Changed or left out", [Optional(), Length(max=300)])
    plan = StringField("Plan for next time", [Optional(), Length(max=300)])
    after_systolic = _sign("after", "systolic")
    after_diastolic = _sign("after", "diastolic")
    after_heart_rate = _sign("after", "heart_rate")
    after_glucose = _sign("after", "glucose")
    later = BooleanField("Write the log later")
    reason = StringField("Why it was held all the same", [Optional(), Length(max=300)])

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def validate_held_on(self, field: Day) -> None:
        """Refuse a day to come."""
        not_after(self.today, field)

    def vitals(self, when: str) -> Vitals:
        """Return the readings "before" or "after"; what was refused counts as not read."""
        return Vitals(**{name: self[f"{when}_{name}"].data for name, *_rest in SIGNS})
