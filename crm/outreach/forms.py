"""Forms of the list, of quick add and of calendar addresses: shape only."""

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from crm.outreach import feed_kinds
from crm.web import BaseForm, Day, FormKey

OUTCOMES = [
    ("reached", "Reached"),
    ("message", "Left a message"),
    ("gatekeeper", "Gatekeeper"),
    ("no_answer", "No answer"),
]
KINDS = [("call", "Call"), ("letter", "Letter"), ("email", "E-mail"), ("visit", "Visit"), ("other", "Something else")]
NOTE = [Optional(), Length(max=4000, message="A note may have 4,000 characters.")]


class SnoozeForm(BaseForm):
    """Until when a task is put off, and why if it was put off twice before."""

    to = Day("Until", [InputRequired("Choose the day to put it off to.")])
    reason = StringField("Why", [Optional(), Length(max=300)])


class SkipForm(BaseForm):
    """Why a task is not done."""

    reason = StringField("Why", [DataRequired("Say why; it stands in the history."), Length(max=300)])


class WeekForm(BaseForm):
    """Why the week is planned again, where something in it was put off twice before."""

    reason = StringField("Why", [Optional(), Length(max=300)])


class OutcomeForm(BaseForm):
    """How a call went."""

    outcome = RadioField("How did it go?", choices=OUTCOMES, default="reached")
    limits = RadioField("Limits changed?", choices=[("no", "No"), ("yes", "Yes, write them down")], default="no")
    note = TextAreaField("What was said", NOTE)


class QuickForm(BaseForm):
    """A task in one line, and what the line was read as."""

    form_key = FormKey()
    line = StringField("What", [Length(max=300, message="A line may have 300 characters.")])
    kind = SelectField("Kind", choices=KINDS, default="call")
    due = Day("When", [InputRequired("Say when it is due.")])
    source_id = HiddenField()
    source_name = StringField("With", [Optional()])
    client_code = StringField("Client code", [Optional(), Length(max=12)])
    by_hand = HiddenField()  # names of the fields a person set; the others follow the line


class FeedForm(BaseForm):
    """A new calendar address."""

    name = StringField("For which calendar", [DataRequired("Give it a name, such as “My phone”."), Length(max=60)])
    kind = SelectField(
        "What it shows", choices=[(kind.value, words.label) for kind, words in feed_kinds.WORDS.items()], default="all"
    )
    days_back = SelectField("How far back", choices=list(feed_kinds.BACK.items()), coerce=int, default=90)
    days_ahead = SelectField("How far ahead", choices=list(feed_kinds.AHEAD.items()), coerce=int, default=370)
    hide_sources = BooleanField("Leave out the names of sources")
