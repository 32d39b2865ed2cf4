"""Forms of the ledger of meals and gifts: shape only."""

from datetime import date
from typing import Any

from wtforms import HiddenField, RadioField, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from crm.money_forms import Money
from crm.readiness.models import GiftKind
from crm.web import BaseForm, Day

KINDS = {GiftKind.GIFT: "A gift", GiftKind.MEAL: "A meal"}


class GiftForm(BaseForm):
    """A meal or a gift to one person."""

    kind = RadioField("What it was", choices=[(kind.value, word) for kind, word in KINDS.items()], default="gift")
    source_id = HiddenField()
    person = StringField("To whom", [DataRequired("Say who got it."), Length(max=120)])
    on = Day("When", [InputRequired("Say when.")])
    amount = Money("Worth, in dollars", [InputRequired("Say what it was worth.")])
    what = StringField("What", [Optional(), Length(max=160)], description="A fruit basket, a book, coffee")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def validate_on(self, field: Day) -> None:
        """Refuse a day to come."""
        if field.data and field.data > self.today:
            raise ValidationError("This day has not come yet.")


class GiftLimitForm(BaseForm):
    """From which sum for one person in a year the ledger warns."""

    limit = Money("Warn above, for one person in a year", [InputRequired("Say from which sum.")])
