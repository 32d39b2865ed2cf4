"""The sample practice."""
