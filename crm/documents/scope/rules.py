"""Load the rules file and refuse, loudly, what is wrong in it (section 10)."""

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from re import Pattern, escape

from crm.documents.scope import patterns
from crm.documents.scope.records import KINDS, SEVERITIES, BrokenRules

HOW = {
    "E1": "say that this care is over: after, completed, discharged from",
    "E2": "say that you do not provide it",
    "E3": "name the organization it belongs to, or add it to your sources",
    "E4": "say that your work supports or complements it",
    "E5": "keep it for billing papers, beside its code",
    "E6": "write post-rehab",
    "E7": "quote it, and say who wrote it",
    "E8": "treat somebody to something, or with respect",
    "E9": "name the provider it belongs to",
    "release": "file a release that covers this provider",
}
TABLE_KEYS = {"version", "rule", "lists"}
NEEDED = {"id", "severity", "patterns", "reason", "suggestion"}
ALLOWED = NEEDED | {"severity_by_kind", "not_here", "exceptions", "replacement", "variant"}
LISTS = {"provider", "body", "condition", "organisation", "service_word", "lookalikes"}  # read by the code itself
ONE_LOWER = {"block": "warn", "warn": "hint", "hint": "off", "off": "off"}


@dataclass(frozen=True, slots=True)
class OwnTerm:
    """A word or phrase a practice wants to be warned of, as typed."""

    id: str
    words: str
    severity: str = "warn"
    suggestion: str = "Choose another word."


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One `[[rule]]` table. `first` is what each pattern can begin with."""

    id: str
    severity: str
    patterns: tuple[Pattern[str], ...]
    first: tuple[frozenset[str], ...]
    reason: str
    suggestion: str
    variant: str = ""
    severity_by_kind: Mapping[str, str] = field(default_factory=dict)
    not_here: tuple[Pattern[str], ...] = ()
    exceptions: tuple[str, ...] = ()
    replacement: str = ""

    def severity_in(self, kind: str) -> str:
        """Return how heavy the rule weighs in a kind of document (section 2)."""
        if kind in self.severity_by_kind:
            return self.severity_by_kind[kind]
        return ONE_LOWER[self.severity] if kind == "note" else self.severity

    @property
    def weight(self) -> int:
        """The severity in a letter, by which overlaps are settled."""
        return SEVERITIES.index(self.severity_in("letter"))

    @property
    def ways_out(self) -> tuple[dict[str, str], ...]:
        """What would allow a match."""
        return tuple({"id": name, "how": HOW[name]} for name in self.exceptions)


@dataclass(frozen=True, slots=True)
class Bucket:
    """Patterns that begin with the same letter, and one that tells whether any of them matches at a place."""

    any: Pattern[str]
    rows: Sequence[tuple[Pattern[str], Rule]]


@dataclass(frozen=True, eq=False)
class Rulebook:
    """The rules in file order and the word lists."""

    version: int
    rules: tuple[Rule, ...]
    lists: Mapping[str, Sequence[str]]

    @cached_property
    def by_letter(self) -> Mapping[str, "Bucket"]:
        """Which patterns to try at a word that begins with a letter; `*`: at any other."""
        named = {letter for rule in self.rules for first in rule.first for letter in first}
        index: dict[str, list[tuple[Pattern[str], Rule]]] = {letter: [] for letter in named | patterns.ANY}
        for rule in self.rules:
            for pattern, first in zip(rule.patterns, rule.first, strict=True):
                for letter in index if first == patterns.ANY else first:
                    index[letter].append((pattern, rule))
        return {letter: Bucket(patterns.any_of(p for p, _ in rows), rows) for letter, rows in index.items()}

    @cached_property
    def lookalikes(self) -> Mapping[str, str]:
        """Cyrillic and Greek letters and the Latin ones they look like."""
        return {pair[0]: pair[1] for pair in self.lists["lookalikes"]}

    def words(self, name: str) -> frozenset[str]:
        """Return a list as plain lower-case words."""
        return frozenset(entry.lower() for entry in self.lists[name])

    def with_own(self, terms: Sequence[OwnTerm], relaxed: Collection[str]) -> "Rulebook":
        """Return the rules of one practice: its own terms added, `relaxed` W rules one step lighter (section 10).

        Raises BrokenRules for a rule that blocks, an unknown one, and a term that is no warning or hint.
        """
        known = {rule.id for rule in self.rules}
        if unknown := set(relaxed) - known:
            raise BrokenRules(f"there is no rule {sorted(unknown)[0]}")
        if fixed := [rule.id for rule in self.rules if rule.id in relaxed and "block" in _severities(rule)]:
            raise BrokenRules(f"{fixed[0]} blocks and cannot be relaxed")
        lighter = tuple(_relaxed(rule) if rule.id in relaxed else rule for rule in self.rules)
        taken = [term.id for term in terms if term.id in known]
        if taken or len({term.id for term in terms}) < len(terms):
            raise BrokenRules(f"an own term needs an id of its own: {(taken or [terms[0].id])[0]}")
        return Rulebook(self.version, (*lighter, *(_of_term(term) for term in terms)), self.lists)


def _severities(rule: Rule) -> set[str]:
    return {rule.severity, *rule.severity_by_kind.values()}


def _relaxed(rule: Rule) -> Rule:
    by_kind = {kind: ONE_LOWER[severity] for kind, severity in rule.severity_by_kind.items()}
    return replace(rule, severity=ONE_LOWER[rule.severity], severity_by_kind=by_kind)


def _of_term(term: OwnTerm) -> Rule:
    words = term.words.split()
    if term.severity not in {"warn", "hint"}:
        raise BrokenRules(f"{term.id}: an own term warns or hints")
    if not words:
        raise BrokenRules(f"{term.id}: an own term has words")
    pattern = " ".join(escape(word.lower()) for word in words)
    return Rule(
        term.id,
        term.severity,
        (patterns.compiled(pattern, {}),),
        (patterns.ANY,),
        "Your practice chose to avoid this wording.",
        term.suggestion or "Choose another word.",
        exceptions=("E2", "E7"),
    )


def load_rules(path: Path) -> Rulebook:
    """Read a rules file. Raises BrokenRules for anything that is not as section 10 says."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BrokenRules(f"{path.name} cannot be read: {error}") from error
    _refuse_unknown(table, TABLE_KEYS, "the file")
    if type(table.get("version")) is not int:
        raise BrokenRules("version is missing or no number")
    lists = _lists(table.get("lists"))
    tables = table.get("rule")
    if not isinstance(tables, list) or not tables:
        raise BrokenRules("there is no rule")
    rules = tuple(_rule(row, lists) for row in tables)
    _refuse_duplicates(rules)
    return Rulebook(table["version"], rules, lists)


def _lists(found: object) -> Mapping[str, Sequence[str]]:
    if not isinstance(found, dict):
        raise BrokenRules("the lists are missing")
    for name, entries in found.items():
        _texts(entries, f"list {name}")
    if lacking := LISTS - set(found):
        raise BrokenRules(f"list {sorted(lacking)[0]} is missing")
    if odd := [pair for pair in found["lookalikes"] if len(pair) != 2]:
        raise BrokenRules(f"list lookalikes holds pairs of letters, not {odd[0]!r}")
    return found


def _rule(row: object, lists: Mapping[str, Sequence[str]]) -> Rule:
    if not isinstance(row, dict):
        raise BrokenRules("a rule is a table")
    name = f"rule {row.get('id', '?')}"
    _refuse_unknown(row, ALLOWED, name)
    for key in sorted(NEEDED - {"patterns"}):
        if not isinstance(row.get(key), str) or not row[key].strip():
            raise BrokenRules(f"{name}: {key} is missing or empty")
    by_kind = _by_kind(row.get("severity_by_kind", {}), name)
    exceptions = _texts(row.get("exceptions", []), f"{name}: exceptions")
    _refuse_unknown(exceptions, set(HOW), f"{name}: exceptions")
    _refuse_unknown([row["severity"]], set(SEVERITIES) - {"off"}, f"{name}: severity")
    texts = _texts(row.get("patterns"), f"{name}: patterns")
    not_here = _texts(row.get("not_here", []), f"{name}: not_here")
    if not texts:
        raise BrokenRules(f"{name}: patterns are missing")
    try:
        made = tuple(patterns.compiled(text, lists) for text in texts)
        kept_out = tuple(patterns.compiled(text, lists) for text in not_here)
    except BrokenRules as error:
        raise BrokenRules(f"{name}: {error}") from error
    first = tuple(patterns.first_letters(text, lists) for text in texts)
    rest = {key: _text(row.get(key, ""), f"{name}: {key}") for key in ("variant", "replacement")}
    return Rule(
        row["id"], row["severity"], made, first, row["reason"], row["suggestion"],
        severity_by_kind=by_kind, not_here=kept_out, exceptions=tuple(exceptions), **rest,
    )  # fmt: skip


def _by_kind(found: object, name: str) -> dict[str, str]:
    if not isinstance(found, dict):
        raise BrokenRules(f"{name}: severity_by_kind is a table")
    _refuse_unknown(found, set(KINDS), f"{name}: severity_by_kind")
    _refuse_unknown([str(value) for value in found.values()], set(SEVERITIES), f"{name}: severity_by_kind")
    return found


def _refuse_unknown(found: Iterable[str], known: set[str], where: str) -> None:
    if unknown := [name for name in found if name not in known]:
        raise BrokenRules(f"{where}: {unknown[0]!r} is not known")


def _text(found: object, where: str) -> str:
    if not isinstance(found, str):
        raise BrokenRules(f"{where} is no text")
    return found


def _texts(found: object, where: str) -> list[str]:
    if not isinstance(found, list) or not all(isinstance(entry, str) and entry for entry in found):
        raise BrokenRules(f"{where} is no list of texts")
    return found


def _refuse_duplicates(rules: Iterable[Rule]) -> None:
    seen: set[tuple[str, str]] = set()
    for rule in rules:
        if (rule.id, rule.variant) in seen:
            raise BrokenRules(f"rule {rule.id} is there twice; a second table needs its own variant")
        seen.add((rule.id, rule.variant))
