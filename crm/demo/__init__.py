"""The sample practice: loaded relative to today, gone with one click without touching anything else."""

from crm.demo.loading import is_loaded, load, remove

__all__ = ["is_loaded", "load", "remove"]
