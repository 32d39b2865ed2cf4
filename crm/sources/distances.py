"""How far apart two ZIP codes lie: between their middles, as the crow flies."""

import re
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt

import zip2info

EARTH_MILES = 3958.8


@lru_cache(maxsize=8192)
def miles_between(here: str, there: str) -> float | None:
    """Return the miles between two ZIP codes ("97201", "97201-1234"); None where one is missing or unknown."""
    first, second = _middle(here), _middle(there)
    if first is None or second is None:
        return None
    (lat, lon), (lat2, lon2) = [(radians(place[0]), radians(place[1])) for place in (first, second)]
    half = sin((lat2 - lat) / 2) ** 2 + cos(lat) * cos(lat2) * sin((lon2 - lon) / 2) ** 2
    return 2 * EARTH_MILES * asin(sqrt(half))


def _middle(code: str) -> tuple[float, float] | None:
    return zip2info.coordinates(code[:5]) if re.fullmatch(r"\d{5}(-?\d{4})?", code) else None
