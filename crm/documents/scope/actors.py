"""Who acts in a clause: providers, the writer, others (section 5, Own words and Provider words)."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from crm.documents.scope import words
from crm.documents.scope.passage import Passage

# The five of the specification, and three in which nobody would address a provider: "you will heal", "lose weight".
YOU_MAY_BE_THE_CLIENT = frozenset({"P03", "D04", "A02", "X04", "C01", "X03", "F01", "P04"})
ADVISED = words.set_of(
    "advised told asked instructed directed urged cleared allowed ordered counseled encouraged reminded scheduled"
)
VERB_TAKERS = words.OWN_SUBJECTS | words.BE_AND_HELPERS | words.set_of("to you he she they it please who")
OUR_KIND = words.set_of("exercise fitness movement sports yoga mobility rehab")
YOUR_PAPERS = (
    r"(?:office|clinic|team|practice|staff|notes?|letters?|reports?|referrals?|orders?|e-?mails?|fax|messages?)"
)


class Actor(StrEnum):
    """Whose act it is."""

    OWN = "own"
    PROVIDER = "provider"
    OTHER = "other"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider named in a passage, by its first and last token."""

    first: int
    last: int
    is_you: bool
    owns: bool  # "the surgeon's"


class Cast:
    """Finds the providers of a passage; `nouns` are the patterns of the list `provider`."""

    def __init__(self, nouns: Sequence[str]) -> None:
        joined = "|".join(noun.replace(" ", " {1,4}") for noun in nouns)
        self._pattern = re.compile(
            rf"""(?<![^\W_])(?:
              (?P<named>drs?\.?\ {{1,4}}(?-i:[A-Z])[\w'-]{{0,40}}(?:\ (?-i:[A-Z])[a-z][\w-]{{0,40}}){{0,2}})
            | (?P<yours>your\ (?:[a-z-]{{1,20}}\ ){{0,2}}{YOUR_PAPERS})
            | (?P<team>(?:her|his|their|the|your)\ (?:[a-z-]{{1,20}}\ )?care\ team)
            | (?P<noun>{joined}|(?-i:(?:PCP|PT|OT|NP|MD)s?))
            | (?P<you>you(?:'[a-z]{{1,3}})?)
            )(?![^\W_])""",
            re.IGNORECASE | re.VERBOSE,
        )

    def providers(self, passage: Passage) -> list[Provider]:
        """Return the providers of a passage in order."""
        if self not in passage.memo:
            found = (self._provider(passage, found) for found in self._pattern.finditer(passage.text))
            passage.memo[self] = [provider for provider in found if provider]
        known: list[Provider] = passage.memo[self]
        return known

    def _provider(self, passage: Passage, found: re.Match[str]) -> Provider | None:
        text = found[0]
        end = found.end()
        owns = text.lower().endswith("'s") and not found["you"]
        owns = owns or passage.text[end : end + 2].lower() == "'s"
        owns = owns or (text.lower().endswith("s") and passage.text[end : end + 2] == "' ")
        first, last = passage.tokens_in(found.start(), end)
        if found["noun"] and _is_ours(passage, first):
            return None
        return Provider(first, last, bool(found["you"]), owns)

    def between(self, passage: Passage, first: int, last: int) -> list[Provider]:
        """Return the providers that begin at a token from `first` up to, not including, `last`."""
        known = self.providers(passage)
        left = bisect_left(known, first, key=lambda provider: provider.first)
        return known[left : bisect_left(known, last, key=lambda provider: provider.first)]

    def ending_at(self, passage: Passage, token: int) -> Provider | None:
        """Return the provider whose last token this is."""
        by_end = passage.memo.get((self, "by end"))
        if by_end is None:
            by_end = passage.memo[self, "by end"] = {known.last: known for known in self.providers(passage)}
        found: Provider | None = by_end.get(token)
        return found

    def at(self, passage: Passage, token: int, rule_id: str = "") -> Provider | None:
        """Return the provider that begins at a token or behind its determiners: "by her referring surgeon"."""
        for provider in self.between(passage, token, token + 5):
            if provider.is_you and rule_id in YOU_MAY_BE_THE_CLIENT:
                continue
            between = passage.words[token : provider.first]
            close = all(passage.gap(t).strip(" -") == "" for t in range(token, provider.first))
            if close and not any(w in words.OWN or w in words.PREPOSITIONS or w in words.JOINERS for w in between):
                return provider
        return None

    def takes_verb(self, previous: str) -> bool:
        """Say whether the word behind this one is a verb: "we rehab", "to rehab", "can rehab"."""
        return previous in VERB_TAKERS

    def nearest_subject(self, passage: Passage, left: int, term: int, rule_id: str, reach: int = 400) -> Actor:
        """Say who the nearest subject to the left of a term is, walking back to the clause's first token `left`."""
        token = term - 1
        while token >= left and term - 1 - token <= reach:
            word = passage.words[token]
            if word in words.OWN:
                return Actor.OWN
            if provider := self.ending_at(passage, token):
                actor = self._role(passage, left, term, provider, rule_id)
                if actor is not Actor.NOBODY:
                    return actor
                token = provider.first
            elif words.PERSONAL.match(word) or word in words.PEOPLE:
                owned = token > left and passage.words[token - 1] in {"my", "our"}
                helped = token > left and passage.words[token - 1] in words.HELPING
                if not owned and not helped:
                    return Actor.OTHER
            token -= 1
        return self._before_who(passage, left, rule_id)

    def _role(self, passage: Passage, left: int, term: int, provider: Provider, rule_id: str) -> Actor:
        """Say what a provider on the way back is: the one who acts, no actor (an object), or just somebody."""
        after = passage.words[provider.last + 1] if provider.last + 1 < len(passage.words) else ""
        if after in {"who", "that"} and provider.last + 1 < term:
            return Actor.PROVIDER
        if provider.is_you and rule_id in YOU_MAY_BE_THE_CLIENT:
            return Actor.NOBODY if self._is_object(passage, left, term, provider) else Actor.OTHER
        return Actor.NOBODY if self._is_object(passage, left, term, provider) else Actor.PROVIDER

    def _is_object(self, passage: Passage, left: int, term: int, provider: Provider) -> bool:
        before = provider.first - 1
        while before >= left and passage.words[before] in words.ARTICLES:
            before -= 1
        if before < left:
            return False
        word = passage.words[before]
        then_to = provider.last + 1 < term and passage.words[provider.last + 1] == "to"
        if word in {"to", "for"}:
            return not then_to
        if word == "by":
            return not (then_to and before > left and passage.words[before - 1] in ADVISED)
        if word in words.SUBORDINATORS and word not in {"as", "since", "until", "before", "after"}:
            return False
        if word in words.PREPOSITIONS:
            return word not in {"as", "since", "until", "before", "after"}
        return word in words.HELPING or self._is_own_object(passage, left, before)

    def _is_own_object(self, passage: Passage, left: int, before: int) -> bool:
        """Say whether we do something to the provider: "we coach you", but not "we asked Dr. Cho to ..."."""
        for token in range(before, max(left, before - 4) - 1, -1):
            word = passage.words[token]
            if word in words.HANDING_OVER or word in words.SUBORDINATORS or "," in passage.gap(token):
                return False
            if word in words.OWN_SUBJECTS:
                return token < before
        return False

    def _before_who(self, passage: Passage, left: int, rule_id: str) -> Actor:
        """A clause that opens with "who" belongs to whom it follows: "Dr. Lee, who treats her"."""
        if left < len(passage.words) and passage.words[left] in {"who", "which"} and left:
            provider = self.ending_at(passage, left - 1)
            if provider and not (provider.is_you and rule_id in YOU_MAY_BE_THE_CLIENT):
                return Actor.PROVIDER
        return Actor.NOBODY


def _is_ours(passage: Passage, first: int) -> bool:
    """Say whether a provider noun is the practice's own: behind our or my, or an "exercise therapist"."""
    for token in range(first - 1, max(-1, first - 4), -1):
        if passage.gap(token).strip(" -"):
            return False
        word = passage.words[token]
        if word in {"our", "my"}:
            return True
        if token == first - 1 and passage.words[first].startswith("therapist") and word in OUR_KIND:
            return True
        if not words.is_plain(word):
            return False
    return False
