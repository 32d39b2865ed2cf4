"""Forms for what happens to a client outside a session: shape only."""

from datetime import date
from typing import Any

from wtforms import DateField, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from crm.clients.doors import Door
from crm.clients.forms import not_after
from crm.text import row_id
from crm.web import BaseForm, Day


class DoorForm(BaseForm):
    """When something happened, and a word about it."""

    on = Day("When", [InputRequired("Say when it happened.")])
    note = TextAreaField(
        "Note",
        [Optional(), Length(max=4000, message="A note may have 4,000 characters.")],
        description="Sealed. It stands in the history.",
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def validate_on(self, field: DateField) -> None:
        """Refuse a day to come: what happened, happened."""
        not_after(self.today, field)

    @property
    def words(self) -> str:
        """Return what goes into the history beside the event."""
        return str(self.note.data or "")


class AwayForm(DoorForm):
    """A client who is away, and until when that is thought."""

    until = Day("Back about", [Optional()], description="As far as anybody knows. It is a note, nothing waits for it.")

    def validate_until(self, field: DateField) -> None:
        """Refuse a return before the client left."""
        if field.data and self.on.data and field.data < self.on.data:
            raise ValidationError("That is before the client is away.")

    @property
    def words(self) -> str:
        """Return the day thought of, before what was written."""
        back = f"Back about {self.until.data:%A} {self.until.data.day} {self.until.data:%B}." if self.until.data else ""
        return " ".join(part for part in (back, super().words) if part)


class SentOutForm(DoorForm):
    """To whom a client was sent, and what was seen."""

    source_id = HiddenField("To", [InputRequired("Choose the provider from the list, or add them as a source first.")])
    source_name = StringField("To")

    def validate_source_id(self, field: HiddenField) -> None:
        """Accept a number only; whose it is, the view finds out."""
        if row_id(field.data) is None:
            raise ValidationError("Choose the provider from the list, or add them as a source first.")


class LastSessionForm(DoorForm):
    """When the last session is planned for, as it was agreed on a day."""

    last_on = Day("Last session", [InputRequired("Say when the last session is.")])

    def validate_last_on(self, field: DateField) -> None:
        """Refuse a day that is over."""
        if field.data and field.data < self.today:
            raise ValidationError("This day is over. Log the discharge instead.")


_OWN: dict[str, type[DoorForm]] = {"away": AwayForm, "sent-out": SentOutForm, "last-session": LastSessionForm}


def form_for(door: Door) -> type[DoorForm]:
    """Return the form of what happened."""
    return _OWN.get(door.what, DoorForm)
