"""Forms of the practice's own texts, made from their fields as data; shape only."""

from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from wtforms import BooleanField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms import Field as FormField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from crm.clients.measures import MEASURES
from crm.readiness.niches import NICHES
from crm.readiness.texts import Field, FieldKind, Page
from crm.web import BaseForm

FORMS = {
    "demographics": "Demographics",
    "history": "Medical history",
    "release": "Release of information",
    "liability": "Liability release",
    "agreement": "Training agreement",
    "referral": "Referral form",
    "emergency": "Emergency contact",
    "policies": "Fees and cancellations",
}
CHOICES = {
    FieldKind.NICHES: [(key, niche.title) for key, niche in NICHES.items()],
    FieldKind.MEASURES: [(key, measure.title) for key, measure in MEASURES.items()],
    FieldKind.FORMS: list(FORMS.items()),
}
COUNTS = {  # how many may be chosen, and what is said otherwise
    FieldKind.NICHES: (0, 2, "Choose one or two; who serves everybody is remembered by nobody."),
    FieldKind.MEASURES: (4, 6, "Choose four to six."),
    FieldKind.FORMS: (1, len(FORMS), "Choose one at least."),
}


class Checks(SelectMultipleField):  # type: ignore[misc]
    """Several choices, each a checkbox."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


@cache
def form_for(page: Page) -> type[BaseForm]:
    """Return the form of one page."""
    return type(f"{page.slug.title()}Form", (BaseForm,), {field.name: _field(field) for field in page.fields})


def _field(field: Field) -> FormField:
    words: dict[str, Any] = {"description": field.help}
    match field.kind:
        case FieldKind.LINE:
            return StringField(field.label, [Length(max=field.limit)], **words)
        case FieldKind.TEXT:
            return TextAreaField(field.label, [Length(max=field.limit)], render_kw={"rows": field.rows}, **words)
        case FieldKind.TICK:
            return BooleanField(field.label, **words)
        case FieldKind.URL:
            return StringField(field.label, [Length(max=300), _address], **words)
        case kind:
            return Checks(field.label, [_count(*COUNTS[kind])], choices=CHOICES[kind], **words)


def _address(_form: object, field: FormField) -> None:
    """Accept an address of the web and nothing else."""
    if not field.data:
        return
    try:
        parts = urlsplit(field.data)
        good = parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and not parts.username
    except ValueError:
        good = False
    if not good:
        raise ValidationError("Write the whole address, such as https://www.example.com.")


def _count(least: int, most: int, said: str) -> Callable[[object, FormField], None]:
    def check(_form: object, field: FormField) -> None:
        if not least <= len(field.data or ()) <= most:
            raise ValidationError(said)

    return check
