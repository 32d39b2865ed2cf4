"""How often a client came: one mark a planned session, and the share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

SHOWN = 40  # marks; older ones are in the count


@dataclass(frozen=True, slots=True)
class Attended:
    """Planned sessions, oldest first: the day, and "attended", "missed" or "cancelled"."""

    sessions: tuple[tuple[date, str], ...]

    @property
    def held(self) -> int:
        """Count the sessions that were held."""
        return sum(what == "attended" for _on, what in self.sessions)

    @property
    def planned(self) -> int:
        """Count what was planned and not called off in good time: the share is taken from these."""
        return sum(what != "cancelled" for _on, what in self.sessions)

    @property
    def last_on(self) -> date | None:
        """Return the day of the last session that was held."""
        return max((on for on, what in self.sessions if what == "attended"), default=None)

    @property
    def marks(self) -> tuple[tuple[date, str], ...]:
        """Return the newest sessions to draw."""
        return self.sessions[-SHOWN:]

    @property
    def words(self) -> str:
        """Return "13 of 14 sessions", or "1 session" where none was missed."""
        if self.held == self.planned:
            return f"{self.held} session" if self.held == 1 else f"{self.held} sessions"
        return f"{self.held} of {self.planned} sessions"


def attended(sessions: Iterable[tuple[date, str]]) -> Attended:
    """Put sessions in order."""
    return Attended(tuple(sorted(sessions)))
