"""All pages of the practice itself; the blueprint is complete once this module is read."""

from crm.readiness import check_views, gift_views, goal_views, paper_views, plan_views, skill_views, text_views
from crm.readiness.base_views import bp

__all__ = ["bp", "check_views", "gift_views", "goal_views", "paper_views", "plan_views", "skill_views", "text_views"]
