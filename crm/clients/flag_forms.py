"""Forms of a red flag: raised, somebody asked to call, lifted. Shape only."""

from datetime import date
from typing import Any

from wtforms import DateField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from crm.clients.flags import ASKED, FLAGS, STOPPED, Told
from crm.clients.forms import not_after
from crm.web import BaseForm, Day

LONG = Length(max=2000, message="This may have 2,000 characters.")


class _OnADay(BaseForm):
    on = Day("When", [InputRequired("Say which day.")])

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def validate_on(self, field: DateField) -> None:
        """Refuse a day to come."""
        not_after(self.today, field)


class FlagForm(_OnADay):
    """What was seen, in a minute, while the client is still there."""

    flags = SelectMultipleField("What applies", choices=[(flag.key, flag.tick) for flag in FLAGS])
    seen = TextAreaField(
        "What was seen", [Optional(), LONG], description="What you saw and heard, and when. Not what it may be."
    )
    stopped = TextAreaField("What was stopped", [Optional(), LONG], default=STOPPED)
    told = TextAreaField("What the client was told", [Optional(), LONG])
    asked = RadioField("Who was asked to call the provider", choices=list(ASKED.items()), default="nobody")

    def told_words(self) -> Told:
        """Return what was filled in."""
        return Told(
            flags=tuple(self.flags.data or ()),
            seen=self.seen.data or "",
            stopped=self.stopped.data or "",
            told=self.told.data or "",
            asked=self.asked.data or "nobody",
        )

    @property
    def says_something(self) -> bool:
        """Say whether a flag is ticked or something was written about what was seen."""
        return bool(self.flags.data or self.seen.data)


class AskForm(BaseForm):
    """Who was asked to call the provider, where no release lets us write."""

    who_asked = RadioField(
        "Who was asked",
        [DataRequired("Say who was asked.")],
        choices=[(key, words) for key, words in ASKED.items() if key != "nobody"],
        default="client",
    )
    asked_on = Day("When", [InputRequired("Say which day.")])

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def validate_asked_on(self, field: DateField) -> None:
        """Refuse a day to come."""
        not_after(self.today, field)


class LiftForm(_OnADay):
    """Who said that exercise may go on, and how far."""

    who = StringField(
        "Who said that exercise may go on",
        [DataRequired("Say who said so."), Length(max=200, message="This may have 200 characters.")],
        description="Name, and how: by phone, in writing",
    )
    limits = TextAreaField(
        "With which limits",
        [DataRequired("Write the limits, or “none beyond those on file”."), LONG],
        description="As the provider put them",
    )

    def words(self) -> str:
        """Return both as they stand in the history."""
        return f"{self.who.data} said that exercise may go on. Limits: {self.limits.data}"


def not_before(began: date, field: DateField) -> bool:
    """Say whether an answer is not older than the flag it answers, and name the field where it is."""
    if field.data < began:
        field.errors = ["The flag was raised after this day."]
        return False
    return True
