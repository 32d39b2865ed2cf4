"""Forms of a lunch-and-learn: shape only."""

from datetime import date
from typing import Any

from wtforms import DateField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from crm.web import BaseForm, Day

NOTE = [Optional(), Length(max=2000, message="A note may have 2,000 characters.")]


class _Dated(BaseForm):
    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)


class AgreeForm(_Dated):
    """A lunch-and-learn that was agreed."""

    event_on = Day("Day of the lunch", [InputRequired("Say which day it is.")])
    reason = StringField("Why already now", [Optional(), Length(max=300, message="This may have 300 characters.")])
    note = TextAreaField("Note", NOTE, description="Sealed: time, head count, diets, what they want to hear about")

    def validate_event_on(self, field: DateField) -> None:
        """Refuse a day that is over."""
        if field.data and field.data < self.today:
            raise ValidationError("This day is over.")


class MoveForm(_Dated):
    """Another day for an agreed lunch."""

    moved_to = Day("New day", [InputRequired("Say which day it is now.")])

    def validate_moved_to(self, field: DateField) -> None:
        """Refuse a day that is over."""
        if field.data and field.data < self.today:
            raise ValidationError("This day is over.")


class EndForm(_Dated):
    """A lunch that was held, cancelled or declined, and a word about it."""

    on = Day("When", [InputRequired("Say when.")])
    note = TextAreaField("Note", NOTE, description="Sealed")

    def validate_on(self, field: DateField) -> None:
        """Refuse a day to come."""
        if field.data and field.data > self.today:
            raise ValidationError("This day has not come yet.")
