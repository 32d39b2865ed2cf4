"""A field for an amount of money."""

from typing import Any

from wtforms import StringField

from crm.money import dollars, read_cents


class Money(StringField):  # type: ignore[misc]
    """An amount as people type it; `data` is cents, None where nothing was typed."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the amount; what is none is said at its field, and stays there as it was typed."""
        typed = str(valuelist[0]).strip() if valuelist else ""
        self.raw_data = [typed]  # blanks are nothing typed, also to InputRequired
        self.data = None
        self.data = read_cents(typed[:40]) if typed else None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else dollars(self.data).removeprefix("$")
