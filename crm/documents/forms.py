"""Forms of letters: shape only."""

from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from crm.documents.channels import WORDS
from crm.documents.letters import TEXT_LIMIT
from crm.documents.models import DeliveryChannel
from crm.documents.review import REASON_MIN
from crm.web import BaseForm

TOO_LONG = f"A letter may have {TEXT_LIMIT:,} characters; a page holds about 4,000. Nothing was saved; shorten it."
PROOFS = [
    ("", "Not known yet"),
    ("fax_receipt", "Fax receipt"),
    ("portal", "Portal shows it"),
    ("in_person", "Handed to the provider"),
    ("front_desk", "Handed over at the front desk"),
    ("in_chart", "The office says it is in the chart"),
]


class TextForm(BaseForm):
    """The text of a letter as it stands in the composer, and which letter that is."""

    document = IntegerField("Letter", [Optional(), NumberRange(min=1, max=2**31 - 1)])
    version = IntegerField("Version", [Optional(), NumberRange(min=0, max=2**31 - 1)])
    key = HiddenField("Kind", [Length(max=32)])
    source = IntegerField("Recipient", [Optional(), NumberRange(min=1, max=2**31 - 1)])
    client = HiddenField("Client", [Length(max=12)])
    task = HiddenField("Task", [Length(max=120)])
    text = TextAreaField("The text", [Length(max=TEXT_LIMIT, message=TOO_LONG)])
    swap = StringField("Replacement", [Length(max=300)])


class KeepForm(BaseForm):
    """A warning left as it is."""

    rule = StringField("Rule", [InputRequired(), Length(max=8)])
    start = IntegerField("Where", [InputRequired(), NumberRange(min=0, max=TEXT_LIMIT)])
    reason = StringField(
        "Why it may stay", [Length(min=REASON_MIN, max=300, message="Say why, in three letters or more.")]
    )


class NewForm(BaseForm):
    """A letter nobody planned."""

    key = SelectField("What")
    source_id = HiddenField("To", [InputRequired("Choose whom it goes to.")])
    source_name = StringField("To")
    client = StringField("About client", [Optional(), Length(max=12)])


class SendForm(BaseForm):
    """How a letter leaves."""

    channel = RadioField("How it leaves", choices=[(c.value, WORDS[c]) for c in DeliveryChannel])
    agreed = BooleanField("This office has agreed to get it by e-mail")


class ProofForm(BaseForm):
    """How it is known that a letter arrived."""

    proof = SelectField("How you know", choices=PROOFS)
    to = StringField("Who took it or said so", [Optional(), Length(max=120)])


class TermForm(BaseForm):
    """A word a practice wants to be warned of."""

    words = StringField("Word or phrase", [InputRequired("Write the word."), Length(max=80)])
    severity = RadioField(
        "What happens", choices=[("warn", "Ask for a reason"), ("hint", "Only note it")], default="warn"
    )


class WordsForm(BaseForm):
    """A practice's own wording of a letter."""

    words = TextAreaField("Your wording", [InputRequired("Write something, or go back to our wording."),
                                           Length(max=TEXT_LIMIT, message=TOO_LONG)])  # fmt: skip
