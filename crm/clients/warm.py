"""The warm list: who treats the practice's clients beside those who referred them, parted by what comes next."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Next(StrEnum):
    """What comes next with somebody of the warm list; in the order of the page."""

    LIST = "not on your list yet"
    WRITE = "on your list, not written to"
    WORKED = "worked with"


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who treats one client, as that client's record names them."""

    client: str  # code
    provider_id: int
    name: str
    credential: str
    office: str
    source_id: int | None
    contacted: bool = False


@dataclass(frozen=True, slots=True)
class Warm:
    """One person of the warm list, with the clients they treat."""

    name: str
    credential: str
    office: str
    source_id: int | None
    clients: tuple[str, ...]
    first: tuple[str, int]  # the client and the entry of the record that names them
    next: Next


def warm_list(known: Iterable[Known]) -> list[Warm]:
    """Join what several records say of one person, most shared clients first, then by name."""
    found: dict[tuple[object, ...], list[Known]] = {}
    for one in known:
        same = (one.source_id,) if one.source_id else (one.name.casefold(), one.office.casefold())
        found.setdefault(same, []).append(one)
    people = [_warm(told) for told in found.values()]
    return sorted(people, key=lambda one: (-len(one.clients), one.name.casefold()))


def _warm(told: list[Known]) -> Warm:
    one = told[0]
    if one.source_id is None:
        following = Next.LIST
    else:
        following = Next.WORKED if any(known.contacted for known in told) else Next.WRITE
    return Warm(
        name=one.name,
        credential=next((known.credential for known in told if known.credential), ""),
        office=next((known.office for known in told if known.office), ""),
        source_id=one.source_id,
        clients=tuple(dict.fromkeys(known.client for known in told)),
        first=(one.client, one.provider_id),
        next=following,
    )
