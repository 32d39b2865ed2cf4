"""The scope-of-practice check: does a text sound as if its writer diagnosed, treated, prescribed or sold (pure)."""

from crm.documents.scope.check import check
from crm.documents.scope.records import BrokenRules, Finding, Missing, Verdict
from crm.documents.scope.rules import OwnTerm, Rule, Rulebook, load_rules

__all__ = ["BrokenRules", "Finding", "Missing", "OwnTerm", "Rule", "Rulebook", "Verdict", "check", "load_rules"]
