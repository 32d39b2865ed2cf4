"""One match laid out for the exceptions: its sentence, clause and tokens, and what is known about the document."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from re import Pattern

from crm.documents.scope.actors import Cast
from crm.documents.scope.layout import Page
from crm.documents.scope.names import Names
from crm.documents.scope.passage import Passage
from crm.documents.scope.sentences import Sentence
from crm.documents.scope.words import set_of

VERB_FORM = set_of(
    "treat treats treated treating rehab rehabs rehabbed rehabilitate rehabilitates rehabilitated rehabilitating "
    "cure cures cured curing heal heals healed healing fix fixes fixed fixing diagnose diagnosed diagnosing "
    "evaluate evaluates evaluated evaluating examine examines examined examining prescribe prescribes "
    "prescribed prescribing relieve relieves alleviate alleviates eliminate eliminates prevent prevents reverse "
    "reverses massage massages massaged suspect suspects suspected increase increases decrease decreases lower "
    "lowers lowered raise raises raised stop stops stopped adjust adjusts adjusted change changes changed skip "
    "skips skipped halve halves halved double doubles reduce reduces reduced taper tapers tapered discontinue "
    "discontinues discontinued cut cuts hold holds replace replaces replaced avoid avoids"
)


@dataclass(frozen=True)
class Setting:
    """What is the same for a whole check: the page, the kind of document, names of third parties."""

    page: Page
    sentences: Sequence[Sentence]
    kind: str
    release: bool
    named: Sequence[tuple[int, int]]  # places of names from the source table, in the flat text
    cast: Cast
    names: Names
    ailment: Pattern[str]  # body parts, pain, conditions

    @cached_property
    def _starts(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]

    @cached_property
    def has_quotes(self) -> bool:
        """Say whether anything is quoted at all."""
        return '"' in self.page.flat or "'" in self.page.flat

    def sentence_around(self, place: int) -> Sentence:
        """Return the sentence a place of the flat text is in."""
        return self.sentences[max(0, bisect_right(self._starts, place) - 1)]


class Case:
    """One match in its passage. `first` and `last` are its tokens; `left` and `right` bound its clause in tokens."""

    def __init__(self, rule_id: str, span: tuple[int, int], passage: Passage, *, setting: Setting, base: int) -> None:
        self.rule_id = rule_id
        self.flat_start, self.flat_end = start, end = span
        self.passage, self.setting = passage, setting
        self.own_act: bool | None = None  # the answer of the guard, once it was asked
        self.start = start - base + passage.offset
        self.end = end - base + passage.offset
        self.first, self.last = passage.tokens_in(self.start, self.end)
        self.clause_start, self.clause_end = passage.clause(self.start, self.end)

    @cached_property
    def left(self) -> int:
        """The first token of the clause."""
        return self.passage.tokens_in(self.clause_start, self.clause_start + 1)[0]

    @cached_property
    def right(self) -> int:
        """The token behind the last one of the clause."""
        from_end = self.passage.token_at(max(self.clause_end - 1, 0)) + 1
        return max(from_end, self.last + 1)

    @cached_property
    def term(self) -> str:
        """The matched text, folded, lower case."""
        return self.passage.low[self.start : self.end]

    @property
    def before(self) -> str:
        """The clause up to the term."""
        return self.passage.low[self.clause_start : self.start]

    @property
    def after(self) -> str:
        """The clause behind the term."""
        return self.passage.low[self.end : self.clause_end]

    @property
    def words(self) -> list[str]:
        """All tokens of the passage."""
        return self.passage.words

    @cached_property
    def is_verb(self) -> bool:
        """Say whether the term is used as a verb, as far as its form tells."""
        head = self.words[self.first]
        if head == "re" and self.first < self.last:  # re-evaluate
            head = self.words[self.first + 1]
        if head not in VERB_FORM:
            return False
        if head in {"rehab", "massage", "cure"}:  # nouns as well: verbs right behind a subject, a helper or "to"
            previous = self.words[self.first - 1] if self.first > self.left else ""
            return self.passage.gap(self.first - 1).isspace() and self.setting.cast.takes_verb(previous)
        return True

    def tokens_between(self, first: int, last: int) -> list[str]:
        """Return the tokens strictly between two."""
        return self.passage.words[first + 1 : last]

    def is_close(self, first: int, last: int) -> bool:
        """Say whether nothing but spaces and hyphens stands between the tokens from `first` to `last`."""
        return all(self.passage.gap(token).strip(" -") == "" for token in range(first, last))
