"""Statements a document must contain (section 9)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from crm.documents.scope.case import Case, Setting
from crm.documents.scope.exceptions import is_denied
from crm.documents.scope.layout import is_title_case, lines_with
from crm.documents.scope.passage import Passage
from crm.documents.scope.records import Missing
from crm.documents.scope.sentences import Sentence

STEM = re.compile(r"(?<![^\W_])(diagnos|treat|therap)[a-z]{0,12}", re.IGNORECASE)
JOINED = re.compile(r"\b(?:complement(?:s|ed|ing|ary)?|support(?:s|ed|ing)?|alongside|in addition to)\b", re.I)
REPLACED = re.compile(r"\b(?:replac(?:e|es|ed|ing|ement)|substitut(?:e|es|ed|ing|ion))\b", re.I)
CARE = re.compile(r"\b(?:physical therapy|medical (?:care|treatment)|medical care or treatment|your care)\b", re.I)
WRITTEN, REFERRAL = re.compile(r"written\Z"), re.compile(r"referrals?\Z")
ENCLOSED, OVERVIEW = re.compile(r"\b(?:enclosures?|enclosed|encl|attached)\b", re.I), re.compile(r"\boverview\b", re.I)
NAMES = re.compile(
    r"\b(?:medical exercise training|post[- ]?rehab(?:ilitation)? conditioning|medical fitness"
    r"|functional conditioning)\b",
    re.I,
)
DIAGNOSIS, ICD = re.compile(r"\bdiagnos[ie]s\b", re.I), re.compile(r"\bicd[ -]?10\b", re.I)
MOVED, CARE_NOUN = (
    re.compile(r"(?:transitioned|moved|discharged|completed|concluded)\Z"),
    re.compile(r"(?:treatments?|therapy|care)\Z"),
)
SIGNED, CREDENTIAL = re.compile(r"\bsignature\b", re.I), re.compile(r"\bcredentials?\b", re.I)
DATED = re.compile(r"\bdate\b(?! of birth\b)", re.I)
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
DATE = re.compile(
    rf"(?<![^\W_])(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {MONTH}(?:,? \d{{4}})?|{MONTH} \d{{1,2}}(?:st|nd|rd"
    rf"|th)?(?:,? \d{{4}})?"
    rf"|{MONTH} \d{{4}}|\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{2,4}})(?![^\W_])",
    re.I,
)
MEASURED = re.compile(
    r"(?:(?<![^\W_])\d{1,5}(?:\.\d{1,3})?(?: ?(?:%|°)|[ -]?(?:degrees?|seconds?|secs?|s|minutes?|mins?"
    r"|feet|foot|ft|m|meters?|metres?"
    r"|yards?|miles?|lbs?|pounds?|kg|kilograms?|reps?|repetitions?|steps?|stands?|stairs?|flights?|points?"
    r"|bpm|mmhg|cm|mm"
    r"|inch(?:es)?|mph|percent|beats|watts?|mets?)(?![^\W_]))"
    r"|\b(?:from )?\d{1,5}(?:\.\d{1,3})? to \d|\d{1,3} ?/ ?\d{1,3}\b|\bout of \d"
    r"|\b(?:score|scored|test|stand|walk|reach|balance|grip|strength|flexion|extension|range|speed|pace"
    r"|tug|heart rate|blood pressure)\b"
    r"[^.;]{0,40}?\d)",
    re.I,
)
CLIENT_CODE = re.compile(r"(?<![^\W_])C-\d{3,6}(?![^\W_])")
NEXT = re.compile(r"\bnext (?:steps?|reports?)\b", re.I)
PLAN = re.compile(r"\bplan\b", re.I)
HEADING = 60


@dataclass(frozen=True)
class Text:
    """A checked text, as the tests for required statements read it."""

    setting: Setting
    sentences: list[Sentence]

    @property
    def flat(self) -> str:
        """The folded text without line breaks."""
        return self.setting.page.flat

    def passages(self) -> Iterator[str]:
        """Yield every sentence."""
        for sentence in self.sentences:
            yield self.flat[sentence.start : sentence.end]

    def cases(self, pattern: re.Pattern[str]) -> Iterator[tuple[re.Match[str], Case]]:
        """Yield what a pattern finds, laid out for E2."""
        for sentence in self.sentences:
            passage = None
            for found in pattern.finditer(self.flat, sentence.start, sentence.end):
                passage = passage or Passage(self.flat[sentence.start : sentence.end], sentence.lead)
                yield found, Case("", found.span(), passage, setting=self.setting, base=sentence.start)

    def near(self, one: re.Pattern[str], other: re.Pattern[str], within: int) -> bool:
        """Say whether two words stand within so many tokens of each other in a sentence."""
        for sentence in self.passages():
            tokens = [token.lower() for token in re.findall(r"[^\W_]+", sentence)]
            ones = [place for place, token in enumerate(tokens) if one.match(token)]
            others = [place for place, token in enumerate(tokens) if other.match(token)]
            if any(abs(a - b) - 1 <= within for a in ones[:200] for b in others[:200]):
                return True
        return False


def _disclaims(text: Text) -> bool:
    denied = {found[1].lower() for found, case in text.cases(STEM) if is_denied(case)}
    return denied >= {"diagnos", "treat", "therap"}


def _complements(text: Text) -> bool:
    if any(JOINED.search(sentence) and CARE.search(sentence) for sentence in text.passages()):
        return True
    return any(CARE.search(case.passage.text) and is_denied(case) for _, case in text.cases(REPLACED))


def _encloses(text: Text) -> bool:
    return lines_with(text.setting.page.lines, ENCLOSED, OVERVIEW)


def _is_measured(text: Text) -> bool:
    pieces = [*text.passages(), *(line.text for line in text.setting.page.lines)]
    return any(DATE.search(piece) and MEASURED.search(DATE.sub(" ", piece)) for piece in pieces)


def _plans(text: Text) -> bool:
    headings = (line.text for line in text.setting.page.lines if line.text.endswith(":") or is_title_case(line.text))
    labels = (line.text.partition(":")[0] for line in text.setting.page.lines if ":" in line.text[:HEADING])
    return bool(NEXT.search(text.flat)) or any(PLAN.search(words) for words in (*headings, *labels))


def _has(*patterns: re.Pattern[str]) -> Callable[[Text], bool]:
    return lambda text: all(pattern.search(text.flat) for pattern in patterns)


@dataclass(frozen=True)
class Statement:
    """A statement, how to make it, and how to see that it is there."""

    id: str
    reason: str
    suggestion: str
    is_present: Callable[[Text], bool]


FIRST_CONTACT = (
    Statement(
        "P1", "A first letter says what you do not do.", "I do not diagnose, treat, or provide therapy.", _disclaims
    ),
    Statement(
        "P2",
        "A first letter says that your work goes beside medical care.",
        "Medical Exercise Training complements physical therapy and does not replace it.",
        _complements,
    ),
    Statement(
        "P3",
        "A first letter asks for a written referral.",
        "Written referrals are welcome on the enclosed form.",
        lambda text: text.near(WRITTEN, REFERRAL, 6),
    ),
    Statement("P4", "A first letter names the overview it encloses.", "Enclosure: one-page overview", _encloses),
)
OF_KIND = {
    "form": (
        Statement("PF1", "A form names an approved service.", "Medical Exercise Training", _has(NAMES)),
        Statement("PF2", "A form asks for diagnosis and code.", "Diagnosis: ____ ICD-10: ____", _has(DIAGNOSIS, ICD)),
        Statement(
            "PF3",
            "A form confirms that medical care has moved on.",
            "The client has completed physical therapy: [ ]",
            lambda text: text.near(MOVED, CARE_NOUN, 10),
        ),
        Statement(
            "PF4",
            "A form has room for signature, credential and date.",
            "Signature ____ Credential ____ Date ____",
            _has(SIGNED, CREDENTIAL, DATED),
        ),
    ),
    "report": (
        Statement(
            "PR1",
            "A report gives a measured value with its date.",
            "30-second chair stand: 12 stands on May 4",
            _is_measured,
        ),
        Statement("PR2", "A report names the client by code.", "Client C-0142", _has(CLIENT_CODE)),
        Statement("PR3", "A report says what comes next.", "Next steps: two sessions a week until June", _plans),
    ),
}


def missing(text: Text, kind: str, *, first_contact: bool) -> tuple[Missing, ...]:
    """Return the required statements a text lacks; letters have some only at first contact."""
    wanted = FIRST_CONTACT if kind == "letter" and first_contact else OF_KIND.get(kind, ())
    return tuple(Missing(s.id, "block", s.reason, s.suggestion) for s in wanted if not s.is_present(text))
