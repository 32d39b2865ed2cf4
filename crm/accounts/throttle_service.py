"""One throttle for all secrets: a try is counted in the database before the secret is looked at.

Counted are the account and the network apart. The first tries are free; after them each waits twice as long as the
one before, at most a quarter of an hour, and what is asked meanwhile is neither looked at nor counted, so the right
secret always works after the wait. A network that an account has come from with the right secret has a count of its
own: strangers cannot keep a person out at home. Only hashes are kept.
"""

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from sqlalchemy import Insert, Select, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from crm.accounts.models import Throttle
from crm.db import db, writing

MEMORY, HOME_MEMORY = timedelta(hours=12), timedelta(days=30)
FREE_ACCOUNT, FREE_NETWORK = 5, 7
FIRST_WAIT, LONGEST_WAIT = 10, 15 * 60  # seconds
PREFIX = {4: 24, 6: 64}
HOME = "home-"


class TooMany(Exception):  # noqa: N818
    """This secret was tried too often; the next try is looked at in so many seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


def attempt(kind: str, who: str, ip: str, *, now: datetime) -> None:
    """Count one try of a secret of this kind; raise TooMany where it must wait, and then nothing is counted.

    `who` names the account as it is looked up; empty where the secret alone names it (addresses of feeds and links).
    It is a transaction of its own: what the caller's session holds is rolled back, so call it first.
    """
    free = _counted_on(kind, who, ip)
    _refuse_waiting(db.session.scalars(_rows(free)), now)  # a flood is answered without a writer's turn
    with writing():
        db.session.execute(_begin(free, now))
        rows = db.session.scalars(_rows(free).with_for_update()).all()
        _refuse_waiting(rows, now)
        for row in rows:
            row.tries = 1 if now - row.last_at > MEMORY else row.tries + 1
            row.last_at, row.next_at = now, now + _wait(row.tries - free[row.mark])


def succeeded(kind: str, who: str, ip: str, *, now: datetime) -> None:
    """Forget the wrong tries of an account, and take back what this right one counted on its network."""
    account, network, home = _marks(kind, who, ip)
    counted = _counted_on(kind, who, ip)
    with writing():
        db.session.execute(_begin({home} if who else {network}, now))
        for row in db.session.scalars(_rows({account, network, home}).with_for_update()):
            if row.mark != network:
                row.tries, row.next_at, row.last_at = 0, now, now
            elif network in counted:
                row.tries = max(row.tries - 1, 0)
                row.next_at = now + _wait(row.tries - FREE_NETWORK)


def forget(*, now: datetime) -> int:
    """Delete what need not be remembered any more; return how many rows. The caller commits."""
    home = Throttle.mark.startswith(HOME)
    gone = or_(~home & (Throttle.last_at < now - MEMORY), Throttle.last_at < now - HOME_MEMORY)
    return len(db.session.execute(delete(Throttle).where(gone).returning(Throttle.mark)).all())


def network_of(ip: str) -> str:
    """Name the network of an address: a neighbourhood of 256 in IPv4, one household in IPv6."""
    try:
        address = ip_address(ip)
    except ValueError:
        return ip
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    kept = PREFIX[address.version]
    bits = address.max_prefixlen - kept
    return f"{type(address)(int(address) >> bits << bits)}/{kept}"


def _marks(kind: str, who: str, ip: str) -> tuple[str, str, str]:
    """Name the account, the network, and the account in this network."""
    network = network_of(ip)
    named = (("account", who), ("network", network), (HOME, who, network))
    account, near, home = (hashlib.sha256("\0".join((kind, *of)).encode()).hexdigest() for of in named)
    return account, near, (HOME + home)[:64]


def _counted_on(kind: str, who: str, ip: str) -> dict[str, int]:
    """Return on what a try counts, and how many are free there."""
    account, network, home = _marks(kind, who, ip)
    if not who:
        return {network: FREE_NETWORK}
    if db.session.scalar(select(Throttle.mark).where(Throttle.mark == home)) is not None:
        return {home: FREE_ACCOUNT}
    return {account: FREE_ACCOUNT, network: FREE_NETWORK}


def _rows(marks: Collection[str]) -> Select[Throttle]:
    """Select in one order, so that two who lock the same rows never wait for each other."""
    return select(Throttle).where(Throttle.mark.in_(marks)).order_by(Throttle.mark)


def _begin(marks: Collection[str], now: datetime) -> Insert:
    """Make the rows that are not there yet; of two processes that come at once, one makes them."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    rows = [{"mark": mark, "tries": 0, "next_at": now, "last_at": now} for mark in sorted(marks)]
    return insert(Throttle).values(rows).on_conflict_do_nothing()


def _refuse_waiting(rows: Iterable[Throttle], now: datetime) -> None:
    waits = [(row.next_at - now).total_seconds() for row in rows]
    # No wait is longer than the longest: one that seems to be was noted by a clock that ran ahead since.
    seconds = max((wait for wait in waits if wait <= LONGEST_WAIT), default=0.0)
    if seconds > 0:
        raise TooMany(int(seconds) + 1)


def _wait(over: int) -> timedelta:
    """Return how long the next try waits, by how many were made beyond the free ones."""
    return timedelta(seconds=min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT) if over >= 0 else 0)
