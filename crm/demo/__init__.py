"""The sample practice: loaded relative to today, gone with one click without touching anything else."""

from crm.demo.loading import is_loaded, load, remove
from crm.demo.people import LETTERHEAD

__all__ = ["LETTERHEAD", "is_loaded", "load", "remove"]
