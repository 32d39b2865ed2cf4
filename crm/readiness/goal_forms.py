"""Forms of goals: what a month is to bring, what it brought, and one goal of the top three; shape only."""

import re
from typing import Any

from wtforms import SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from crm.money import dollars, read_cents
from crm.money_forms import Money
from crm.readiness.goals import Counted
from crm.web import BaseForm, Day

COUNTED = {
    Counted.REFERRALS: "Referrals, counted here",
    Counted.KEPT: "Sessions kept in percent, counted here",
    Counted.REVENUE: "Revenue, as you type it in by month",
    Counted.OWN: "Something I count myself",
}


class Whole(StringField):  # type: ignore[misc]
    """A whole number between two bounds; `data` is None where nothing was typed."""

    data: Any

    def __init__(self, label: str, *, low: int, high: int, **kw: Any) -> None:
        super().__init__(label, **kw)
        self.low, self.high = low, high

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number; what is none is said at its field, and stays there as it was typed."""
        typed = str(valuelist[0]).strip() if valuelist else ""
        self.data = None
        self.data = whole(typed, self.low, self.high) if typed else None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data)


def whole(typed: str, low: int, high: int) -> int:
    """Read a whole number; raises ValueError with words for the one who typed it."""
    if not re.fullmatch(r"[0-9]{1,9}", typed):
        raise ValueError("Write a whole number, such as 4.")
    if not low <= int(typed) <= high:
        raise ValueError(f"This lies between {low:,} and {high:,}.")
    return int(typed)


class EarnedForm(BaseForm):
    """What a month that is over brought in; its goals stay as they were."""

    earned_cents = Money("Revenue that came in", description="In dollars. Empty: not typed in yet.")


class GoalsForm(BaseForm):
    """What a month to come is to bring."""

    referrals = Whole("Referrals wanted", low=1, high=999)
    retention = Whole("Sessions kept, in percent", low=1, high=100)
    revenue_cents = Money("Revenue wanted", description="In dollars, such as 4,200 or 4200.50.")


class MonthForm(GoalsForm):
    """What this month is to bring, and what it has brought in so far."""

    earned_cents = Money("Revenue so far", description="In dollars. Empty: not typed in yet.")


class TopGoalForm(BaseForm):
    """One of the top three goals; `aim` is read as what it is counted by."""

    words = TextAreaField(
        "The goal, in your own words",
        [DataRequired("Say what you want to reach."), Length(max=200)],
        render_kw={"rows": 2},
    )
    counted = SelectField("Held against", choices=[(key.value, word) for key, word in COUNTED.items()])
    aim = StringField(
        "The number to reach",
        [DataRequired("Say which number.")],
        description="A count, a percentage or an amount in dollars, as chosen above.",
    )
    reached = Whole("Reached so far", low=0, high=999_999, description="Only for what you count yourself.")
    from_on = Day("Counted from", [InputRequired("Say from which day.")])
    until_on = Day("Until", [Optional()], description="Empty: it goes on.")

    @property
    def number(self) -> int:
        """Return the aim as a number, or cents; raises ValueError with words for the one who typed it."""
        match Counted(self.counted.data):
            case Counted.REVENUE:
                return read_cents(self.aim.data[:40])
            case Counted.KEPT:
                return whole(self.aim.data.removesuffix("%").strip(), 1, 100)
            case _:
                return whole(self.aim.data, 1, 999_999)

    def validate_aim(self, _field: StringField) -> None:
        """Refuse a number that is none of the chosen kind."""
        if self.counted.data not in set(Counted):
            return  # said at its own field
        try:
            reads = self.number
        except ValueError as wrong:
            raise ValidationError(str(wrong)) from None
        if reads < 1:
            raise ValidationError("Write more than nothing.")

    def validate_until_on(self, field: Day) -> None:
        """Refuse an end before the beginning."""
        if field.data is not None and self.from_on.data is not None and field.data < self.from_on.data:
            raise ValidationError("It ends before it begins.")


def aim_as_typed(counted: Counted, aim: int) -> str:
    """Return an aim as somebody would type it."""
    return dollars(aim).removeprefix("$") if counted is Counted.REVENUE else str(aim)
