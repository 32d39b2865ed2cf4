"""A field for one number, as people type it."""

import math
from typing import Any

from wtforms import StringField


class Number(StringField):  # type: ignore[misc]
    """A number between two bounds: a comma is as good as a point, and what is no number is said in plain words.

    `data` is a float, or an int where `whole` is asked for; None where nothing was typed.
    """

    data: Any

    def __init__(self, label: str, validators: Any = (), *, low: float, high: float, whole: bool = False, **kw: Any):
        super().__init__(label, validators, **kw)
        self.low, self.high, self.whole = low, high, whole

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number; refuse one that cannot be, with its bounds."""
        typed = str(valuelist[0]).strip().replace(",", ".") if valuelist else ""
        self.data = None
        if not typed:
            return
        try:
            value = float(typed)
        except ValueError:
            raise ValueError("Write a number, such as 12.") from None
        if not (math.isfinite(value) and self.low <= value <= self.high):
            raise ValueError(f"This lies between {self.low:g} and {self.high:g}.")
        if self.whole and value != int(value):
            raise ValueError("Write a whole number.")
        self.data = int(value) if self.whole else value

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:g}"
