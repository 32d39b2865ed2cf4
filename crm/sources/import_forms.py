"""The shape of what is sent in to import a list."""

from collections.abc import Mapping

from flask_wtf.file import FileField

from crm.sources.provider_list import FIELDS
from crm.web import BaseForm


class ListFileForm(BaseForm):
    """A file, and nothing else; whether it can be read is the reader's answer."""

    takes_files = True
    file = FileField("List as a CSV file")


def chosen_columns(form: Mapping[str, str], width: int) -> dict[int, str]:
    """Return the field chosen for each column; what is no field counts as not read."""
    chosen = {index: form.get(f"column-{index}", "") for index in range(width)}
    return {index: name if name in FIELDS else "" for index, name in chosen.items()}
