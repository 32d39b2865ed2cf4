"""The form that moves, parks or wakes a source: shape only."""

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from crm.pipeline import board, steps
from crm.pipeline.signs import Side
from crm.sources.models import Lane
from crm.web import BaseForm, Day

REASON_LIMIT = 1000
WAKE = "wake"  # back to the step the source had before it was parked


class MoveForm(BaseForm):
    """Where a source goes, and why."""

    step = RadioField(
        "Move to",
        choices=[*((lane.value, board.label_of(lane)) for lane in Lane), (WAKE, "Wake up")],
        validators=[DataRequired("Choose where the source goes.")],
    )
    side = RadioField(
        "Why",
        choices=[(reason.kind.value, reason.label) for reason in steps.PARK_REASONS],
        validators=[Optional()],
    )
    wake_on = Day("Wake up on", validators=[Optional()])
    reason = TextAreaField(
        "Reason", validators=[Length(max=REASON_LIMIT, message=f"Keep it under {REASON_LIMIT:,} characters.")]
    )

    asked = HiddenField()  # the dialog sends it: what is missing there was left out, not merely not asked yet

    @property
    def lane(self) -> Lane | None:
        """Return the lane chosen; None for waking up."""
        return None if self.step.data == WAKE else Lane(self.step.data)

    @property
    def chosen_side(self) -> Side | None:
        """Return why the source is parked; None as long as nothing is chosen."""
        return Side(self.side.data) if self.side.data else None
