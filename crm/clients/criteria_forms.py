"""The form of the six criteria: an answer and a note for each; shape only."""

from typing import Any

from wtforms import RadioField, StringField
from wtforms.validators import Length, Optional

from crm.clients.criteria import CRITERIA
from crm.clients.record import Criteria
from crm.clients.record_forms import PartForm

ANSWERS = [("yes", "Yes"), ("no", "No"), ("", "Not yet")]
NOTE = Length(max=300, message="A note may have 300 characters.")


class CriteriaForm(PartForm):
    """The six criteria."""

    def part(self) -> Criteria:
        """Return what was answered."""
        answers = {one.key: self[f"answer_{one.key}"].data or "" for one in CRITERIA}
        notes = {one.key: (self[f"note_{one.key}"].data or "").strip() for one in CRITERIA}
        return Criteria(
            {key: answer for key, answer in answers.items() if answer},
            {key: note for key, note in notes.items() if note},
        )

    @staticmethod
    def shown(criteria: Criteria) -> dict[str, Any]:
        """Return the part as the form shows it."""
        answers = {f"answer_{one.key}": criteria.answers.get(one.key, "") for one in CRITERIA}
        return answers | {f"note_{one.key}": criteria.notes.get(one.key, "") for one in CRITERIA}


for _one in CRITERIA:
    setattr(CriteriaForm, f"answer_{_one.key}", RadioField(_one.asks, choices=ANSWERS, default=""))
    setattr(CriteriaForm, f"note_{_one.key}", StringField(f"Note, {_one.name}", [Optional(), NOTE]))
