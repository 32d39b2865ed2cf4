"""All pages of sources; the blueprint is complete once this module is read."""

from crm.sources import (
    call_brief_views,
    edit_views,
    ideal_views,
    list_views,
    lunch_plan_views,
    lunch_views,
    people_views,
    record_views,
    top_views,
    touch_views,
)
from crm.sources.base_views import bp

__all__ = [
    "bp",
    "call_brief_views",
    "edit_views",
    "ideal_views",
    "list_views",
    "lunch_plan_views",
    "lunch_views",
    "people_views",
    "record_views",
    "top_views",
    "touch_views",
]
