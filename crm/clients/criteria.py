"""The six criteria of reimbursement readiness (domain.md 6.1): what each asks, what on file supports it, the verdict.

The desk looks at papers only: it recommends no billing code and promises no payment (H11). A government plan
ends every question (H10).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from crm.clients.record import GOVERNMENT, Criteria, Gate, Health, Insurance, Person, Plan

YES, NO, NOT_YET = "yes", "no", ""
# Who may write a referral an insurance would look at (H12); the second group only under a supervising MD or DO.
REFERRERS = frozenset({"MD", "DO", "DPM"})
SUPERVISED = frozenset({"NP", "PA"})
# What the kind of insurance answers by itself; workers' compensation and auto claims are for a person to look into.
BY_INSURANCE = {Insurance.PRIVATE: YES, Insurance.NONE: NO, Insurance.UNSAID: NOT_YET} | dict.fromkeys(GOVERNMENT, NO)
INSURANCE_WORDS = {
    Insurance.UNSAID: "Not said yet how the client is insured",
    Insurance.PRIVATE: "Private insurance, as told",
    Insurance.WORKERS_COMP: "Workers’ compensation, as told",
    Insurance.AUTO: "Auto claim, as told",
    Insurance.MEDICARE: "Medicare, as told",
    Insurance.MEDICAID: "Medicaid, as told",
    Insurance.OTHER_GOVERNMENT: "Another government plan, as told",
    Insurance.NONE: "No insurance, as told",
}
PLAN_NAMES = {Insurance.MEDICARE: "Medicare", Insurance.MEDICAID: "Medicaid"}
NO_PROMISE = "Meeting the list makes a review possible, not a payment."


@dataclass(frozen=True, slots=True)
class Criterion:
    """One of the six: its name in the verdict, its question, and what it takes."""

    key: str
    name: str
    asks: str
    takes: str


CRITERIA = (
    Criterion(
        "referral", "a valid written referral", "Is there a valid written referral?",
        "In writing, from an MD, DO or DPM, or from an NP or PA under an MD or DO. Without it the other five do not "
        "matter.",
    ),
    Criterion(
        "concluded", "formal rehab has ended", "Has formal rehab ended?",
        "Physical therapy, occupational therapy or chiropractic care has brought what it could. Where more of it is "
        "open to the client, that comes first.",
    ),
    Criterion(
        "condition", "a chronic condition, surgery or trauma", "Is there a chronic condition, surgery or trauma?",
        "As a provider stated it; nothing is suggested here.",
    ),
    Criterion(
        "deficits", "deficits that remain in everyday function", "Do deficits remain in everyday function?",
        "What is still limited after formal rehab: walking, stairs, lifting. Best seen by a measure.",
    ),
    Criterion(
        "insurance", "private insurance", "Is the insurance private?",
        "Never Medicare, Medicaid or another government plan.",
    ),
    Criterion(
        "plan", "goals and a plan in writing", "Are goals and a plan in writing?",
        "Goals with numbers, and a plan of exercise that is followed: sessions logged, progress reported.",
    ),
)  # fmt: skip
KEYS = tuple(criterion.key for criterion in CRITERIA)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something on file that bears a criterion out; `place` names the page that shows it, `on` its day."""

    words: str
    place: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Referred:
    """A referral on file, with who sent it and what they stated."""

    by: str
    credential: str
    received_on: date
    written: bool
    transition: bool
    stated: str = ""  # diagnosis and ICD-10

    @property
    def valid(self) -> bool:
        """Say whether it can be the written referral of a licensed provider."""
        return self.written and self.credential in REFERRERS | SUPERVISED


@dataclass(frozen=True, slots=True)
class Filed:
    """What is on file about a client."""

    referrals: Sequence[Referred] = ()
    person: Person = field(default_factory=Person)
    health: Health = field(default_factory=Health)
    gate: Gate = field(default_factory=Gate)
    plan: Plan = field(default_factory=Plan)
    measures: Sequence[tuple[str, date]] = ()  # "30-second chair stand 8 to 13 stands", its newest day
    assessed_on: date | None = None
    goals: int = 0
    sessions: Sequence[date] = ()  # those with a log
    reports: Sequence[tuple[str, date]] = ()  # what was sent, and when


@dataclass(frozen=True, slots=True)
class Standing:
    """One criterion as it stands: the answer, what bears it out, and what a yes still lacks."""

    criterion: Criterion
    answer: str
    note: str
    evidence: tuple[Evidence, ...]
    lacks: str = ""
    asked: bool = True  # False where the record answers it, so that nobody can answer otherwise

    @property
    def met(self) -> bool:
        """Say whether it is answered with yes and nothing is lacking."""
        return self.answer == YES and not self.lacks

    @property
    def state(self) -> tuple[str, str]:
        """Return the kind of state and its word."""
        if self.met:
            return "done", "Yes"
        if self.answer == NO:
            return "late", "No"
        return "ask", "Yes, without a paper" if self.answer == YES else "Not yet"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the six stand together; `rest` is the sentence below it, which promises nothing."""

    words: str
    rest: str
    eligible: bool


def standings(filed: Filed, told: Criteria) -> list[Standing]:
    """Return the six in order. The kind of insurance on record goes before any answer (H10)."""
    found = evidence(filed)
    made = []
    for criterion in CRITERIA:
        answer, note = told.answers.get(criterion.key, NOT_YET), told.notes.get(criterion.key, "")
        settled = criterion.key == "insurance" and filed.person.insurance in BY_INSURANCE
        if settled:
            answer = BY_INSURANCE[filed.person.insurance]
        lacks = _lacks(criterion.key, filed, found[criterion.key], note) if answer == YES and not settled else ""
        made.append(Standing(criterion, answer, note, found[criterion.key], lacks, asked=not settled))
    return made


def verdict(six: Sequence[Standing], insurance: Insurance) -> Verdict:
    """Return what the six amount to: all met, what is missing, or not eligible (a government plan)."""
    if insurance in GOVERNMENT:
        plan = PLAN_NAMES.get(insurance, "government plan")
        return Verdict(
            f"Not eligible ({plan}).", "A government plan ends it, whatever else is on file.", eligible=False
        )
    missing = [standing.criterion.name for standing in six if not standing.met]
    if missing:
        return Verdict(f"Missing: {'; '.join(missing)}.", NO_PROMISE, eligible=True)
    return Verdict(f"Meets {len(six)}/{len(six)}.", NO_PROMISE, eligible=True)


def why_no_packet(insurance: Insurance, referrals: Iterable[Referred]) -> str:
    """Say why no support packet is made for a client; empty where one may be (H10, domain.md 6.5)."""
    if insurance in GOVERNMENT:
        return "The client is in a government plan: no support packet is made."
    if insurance is Insurance.UNSAID:
        return "Say first how the client is insured: for a government plan no support packet is made."
    if not any(referral.valid for referral in referrals):
        return "No written referral of an MD, DO, DPM, NP or PA is on file: without it no support packet is made."
    return ""


def evidence(filed: Filed) -> Mapping[str, tuple[Evidence, ...]]:
    """Return what is on file for each of the six."""
    insured = Evidence(INSURANCE_WORDS[filed.person.insurance], "person")
    return {
        "referral": tuple(_referred(filed)),
        "concluded": tuple(_concluded(filed)),
        "condition": tuple(_condition(filed)),
        "deficits": tuple(_deficits(filed)),
        "insurance": (insured,),
        "plan": tuple(_planned(filed)),
    }


def _lacks(key: str, filed: Filed, found: Sequence[Evidence], note: str) -> str:
    """Say what a yes is still missing. A note that says where the paper lies is as good as the paper, but for one."""
    if key == "referral":
        valid = [referral for referral in filed.referrals if referral.valid]
        if not valid:
            return "No written referral of an MD, DO, DPM, NP or PA is on file."
        alone = all(referral.credential in SUPERVISED for referral in valid)
        return "Name the supervising MD or DO in the note." if alone and not note else ""
    return "" if found or note else "Nothing on file bears this out. Say in the note where the paper lies."


def _referred(filed: Filed) -> Iterable[Evidence]:
    for referral in filed.referrals:
        how = "in writing" if referral.written else "not in writing"
        qualifies = "" if referral.credential in REFERRERS | SUPERVISED else "; a relationship, no insurance referral"
        yield Evidence(f"Referral from {referral.by}, {how}{qualifies}", "referral", referral.received_on)
    if signed := filed.gate.forms.get("clearance"):
        yield Evidence("Referral or medical clearance, signed", "gate", signed)


def _concluded(filed: Filed) -> Iterable[Evidence]:
    for referral in filed.referrals:
        if referral.transition:
            yield Evidence(f"{referral.by} confirms that care has ended", "referral", referral.received_on)
    if filed.gate.answers.get("concluded") == YES:
        yield Evidence("Intake: treatment for it has ended", "gate")


def _condition(filed: Filed) -> Iterable[Evidence]:
    for stated in filed.health.diagnoses:
        said = ", ".join(part for part in (stated.text, stated.icd10) if part)
        by = f", as stated by {stated.stated_by}" if stated.stated_by else ""
        yield Evidence(f"“{said}”{by}", "health", stated.stated_on)
    if not filed.health.diagnoses:
        for referral in filed.referrals:
            if referral.stated:
                yield Evidence(f"“{referral.stated}”, as stated by {referral.by}", "referral", referral.received_on)
    if filed.health.history.get("surgery"):
        yield Evidence("Health history: surgery", "health")


def _deficits(filed: Filed) -> Iterable[Evidence]:
    if filed.assessed_on:
        yield Evidence("Assessment, baseline complete", "measures", filed.assessed_on)
    for words, on in filed.measures:
        yield Evidence(words, "measures", on)
    if filed.plan.deficits:
        yield Evidence("Plan of exercise: what is still limited", "plan", filed.plan.agreed_on)
    if filed.health.history.get("struggles"):
        yield Evidence("Health history: what is hard now", "health")


def _planned(filed: Filed) -> Iterable[Evidence]:
    often = ", ".join(part for part in (filed.plan.frequency, filed.plan.duration) if part)
    if often:
        yield Evidence(f"Plan of exercise: {often}", "plan", filed.plan.agreed_on)
    if filed.goals:
        yield Evidence("1 goal" if filed.goals == 1 else f"{filed.goals} goals", "goals")
    for title, on in filed.reports:
        yield Evidence(f"{title}, sent", "reports", on)
    if filed.sessions:
        count = len(filed.sessions)
        logs = "1 session log, of" if count == 1 else f"{count} session logs, the last of"
        yield Evidence(logs, "sessions", max(filed.sessions))
