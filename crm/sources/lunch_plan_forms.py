"""Forms of the lunch planner: shape only."""

from typing import Any

from wtforms import IntegerField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length, NumberRange, Optional, Regexp

from crm.money_forms import Money
from crm.sources import guests
from crm.sources.guests import Guest
from crm.web import BaseForm

TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]"


def _most(limit: int) -> Length:
    return Length(max=limit, message=f"This may have {limit:,} characters.")


class PlanForm(BaseForm):
    """What a lunch needs: what is said, who comes, what they eat, what it costs."""

    topic = StringField("Topic", [Optional(), _most(160)], description="As it stands on the papers of the day")
    starts_at = StringField(
        "Begins at", [DataRequired("Say when it begins."), Regexp(f"^{TIME}$", message="Write the time as 12:15.")]
    )
    agenda = TextAreaField("Agenda", [Optional(), _most(2000)], render_kw={"rows": 7})
    head_count = IntegerField("How many come", [Optional(), NumberRange(1, 200, "Between 1 and 200.")])
    diets = StringField(
        "Who eats what", [Optional(), _most(300)], description="Two vegetarian, one without gluten; no names"
    )
    order_text = StringField("Order", [Optional(), _most(300)], description="From where, what, delivered when")
    cost = Money("Cost, in dollars", description="All of it, with tip and delivery")


class GuestsForm(BaseForm):
    """Who came, one a line."""

    people = TextAreaField(
        "Guests to add",
        [DataRequired("Write one person a line."), _most(8000)],
        description="Name, role, e-mail; one person a line",
        render_kw={"rows": 5},
    )

    guests: list[Guest]

    def validate_people(self, field: Any) -> None:
        """Read the lines; all that is wrong is said at once."""
        self.guests, wrong = guests.read(field.data or "")
        if wrong:
            raise ValidationError(" ".join(wrong[:5]))
