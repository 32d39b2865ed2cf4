"""Forms of the ideal sources: shape only."""

from wtforms import SelectField

from crm.sources.models import Grade
from crm.web import BaseForm

VOLUMES = [("", "Not known"), ("0", "None"), ("1", "A few"), ("2", "Some each month"), ("3", "Many each week")]
RANKS = [("", "Not one of the three"), ("1", "First"), ("2", "Second"), ("3", "Third")]


class ChooseForm(BaseForm):
    """Work with a source, or leave it be."""

    grade = SelectField("Grade", choices=[(grade.value, grade.value) for grade in Grade])


class JudgeForm(BaseForm):
    """What somebody knows of a source that no list tells."""

    volume = SelectField("How many of your niche they see", choices=VOLUMES)
    rank = SelectField("Top three", choices=RANKS)
