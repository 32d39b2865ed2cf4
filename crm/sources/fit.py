"""How well a source fits a practice: a sum of shown parts, each with its reason (domain.md 4.5, our own weights).

A part has 0 to 3 points and a weight. What nobody knows yet counts 0 and says so; it is never guessed.
"""

from dataclasses import dataclass

from crm.sources.models import Credential, Grade

MOST = 3
WORKED_AT_ONCE = 15  # sources one person can serve well
REFERS_FOR_INSURANCE = frozenset({Credential.MD, Credential.DO, Credential.DPM, Credential.NP, Credential.PA})
MILES = ((3, 3), (8, 2), (20, 1))  # up to so many miles: so many points


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one source, as far as it matters for the fit."""

    credential: Credential
    niche_rank: int = 0  # 1: sees these people first; 2: next; 0: neither
    niche_title: str = ""
    volume: int | None = None  # how many people of the niche they see, 0 to 3, as somebody judged it
    shared_clients: int = 0  # clients of now who are theirs too
    desk_name: bool = False  # an office manager's, front desk's or coordinator's name is known
    reachable: bool = False  # a phone or fax number is known
    spoken: bool = False  # a call reached the source
    replies: int = 0  # answers, referrals and calls that reached them, in the last year
    touches: int = 0  # what was sent or tried in the last year
    miles: float | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the fit: its points of three, its weight, and the reason in words."""

    key: str
    title: str
    points: int
    weight: int
    reason: str

    @property
    def value(self) -> int:
        """Return what the part adds to the sum."""
        return self.points * self.weight


@dataclass(frozen=True, slots=True)
class Fit:
    """The parts and their sum."""

    parts: tuple[Part, ...]

    @property
    def total(self) -> int:
        """Return the sum, 0 to `FULL`."""
        return sum(part.value for part in self.parts)

    @property
    def speaking(self) -> tuple[Part, ...]:
        """Return the parts that add something, what adds most first."""
        return tuple(sorted((part for part in self.parts if part.points), key=lambda part: -part.value))

    @property
    def advised(self) -> Grade:
        """Return the grade the sum speaks for; a person decides."""
        if self.total >= FULL * 0.6:
            return Grade.A
        return Grade.B if self.total >= FULL * 0.35 else Grade.C


WEIGHTS = {"niche": 3, "volume": 2, "shared": 3, "access": 2, "distance": 1, "response": 2, "insurance": 1}
FULL = MOST * sum(WEIGHTS.values())


def fit(facts: Facts) -> Fit:
    """Weigh one source."""
    told = {
        "niche": ("Niche", *_niche(facts)),
        "volume": ("Volume", *_volume(facts)),
        "shared": ("Shared clients", *_shared(facts)),
        "access": ("Access", *_access(facts)),
        "distance": ("Distance", *_distance(facts)),
        "response": ("Response", *_response(facts)),
        "insurance": ("Insurance", *_insurance(facts)),
    }
    return Fit(tuple(Part(key, title, points, WEIGHTS[key], why) for key, (title, points, why) in told.items()))


def _niche(facts: Facts) -> tuple[int, str]:
    if not facts.niche_rank:
        return 0, "not a specialty that your niche names"
    order = "sees these people first" if facts.niche_rank == 1 else "sees these people too"
    return (3 if facts.niche_rank == 1 else 2), f"{order}: {facts.niche_title}"


def _volume(facts: Facts) -> tuple[int, str]:
    if facts.volume is None:
        return 0, "not known; ask at the desk how many they see"
    return facts.volume, ("none", "a few", "some each month", "many each week")[facts.volume]


def _shared(facts: Facts) -> tuple[int, str]:
    if not facts.shared_clients:
        return 0, "no client in common yet"
    one = facts.shared_clients == 1
    return min(facts.shared_clients, MOST), f"{facts.shared_clients} {'client' if one else 'clients'} in common"


def _access(facts: Facts) -> tuple[int, str]:
    if facts.spoken:
        return 3, "you have spoken"
    if facts.desk_name:
        return 2, "a name at the desk"
    return (1, "a number, no name") if facts.reachable else (0, "no number and no name")


def _distance(facts: Facts) -> tuple[int, str]:
    if facts.miles is None:
        return 0, "not known; a ZIP code is missing"
    points = next((points for limit, points in MILES if facts.miles <= limit), 0)
    return (
        points,
        "in your ZIP code"
        if facts.miles < 0.5
        else f"about {round(facts.miles)} {'mile' if round(facts.miles) == 1 else 'miles'}",
    )


def _response(facts: Facts) -> tuple[int, str]:
    if not facts.touches and not facts.replies:
        return 0, "nothing sent yet"
    told = f"{facts.replies} of {max(facts.touches, facts.replies)} answered in a year"
    if not facts.replies:
        return 0, told
    return (3 if facts.replies * 2 >= facts.touches else 2 if facts.replies * 4 >= facts.touches else 1), told


def _insurance(facts: Facts) -> tuple[int, str]:
    if facts.credential in REFERS_FOR_INSURANCE:
        article = "an" if facts.credential.value[0] in "MN" else "a"
        return 3, f"a referral of {article} {facts.credential.value} can serve an insurance claim"
    return 0, "their referral serves no insurance claim"
