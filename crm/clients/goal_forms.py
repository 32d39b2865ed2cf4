"""The forms of goals."""

from datetime import date
from typing import Any

from wtforms import RadioField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from crm.clients.measures import MEASURES
from crm.clients.number_forms import Number
from crm.clients.record_models import GoalStatus
from crm.web import BaseForm, Day

DAYS = [("30", "30 days"), ("90", "90 days")]
MOST = 100_000


class GoalForm(BaseForm):
    """A goal: what will be possible again, by when, and the number it is seen by."""

    activity = StringField(
        "What the client will do again",
        [InputRequired("Say what it is for."), Length(max=120)],
        description="Such as: climb two flights without the rail",
    )
    days = RadioField("Within", choices=DAYS, default="30")
    due_on = Day("By", [Optional()], description="Empty: 30 or 90 days from today")
    measure = SelectField(
        "Seen by",
        choices=[("", "A number of its own"), *((key, m.title) for key, m in MEASURES.items() if m.area != "pain")],
    )
    side = SelectField("Side", choices=[("", "Not one side"), ("left", "Left"), ("right", "Right")])
    unit = StringField("Unit", [Length(max=30)], description="Such as: steps, m without a rest")
    baseline = Number("Now", [Optional()], low=0, high=MOST)
    target = Number("Goal", [InputRequired("Say which number is the goal.")], low=0, high=MOST)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def validate_due_on(self, field: Day) -> None:
        """Refuse a goal for a day that is over."""
        if field.data and field.data < self.today:
            raise ValidationError("This day is over.")

    def validate_unit(self, field: StringField) -> None:
        """Ask what a number of its own counts."""
        if not self.measure.data and not (field.data or "").strip():
            raise ValidationError("Say what the number counts, or choose a measure.")

    def validate_target(self, field: Number) -> None:
        """Hold the target against what the measure can be."""
        measure = MEASURES.get(self.measure.data or "")
        if measure and field.data is not None and not measure.low <= field.data <= measure.high:
            raise ValidationError(
                f"{measure.title} lies between {measure.low:g} and {measure.with_unit(measure.high)}."
            )


class ProgressForm(BaseForm):
    """How far a goal has come, or how it ended."""

    value = Number("Reached", [Optional()], low=0, high=MOST)
    status = SelectField("It is", choices=[(status.value, status.value) for status in GoalStatus])
