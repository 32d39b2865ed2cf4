"""A mail server that follows a plan: what goes wrong at which step of the n-th conversation of a run."""

from dataclasses import dataclass, field
from random import Random

from smtp_server import Do, SmtpServer, Step

PLAIN_STEPS = [step for step in Step if step not in {Step.STARTTLS, Step.TLS, Step.AUTH}]
DOUBTFUL = {Step.DATA, Step.BODY, Step.DOT, Step.KEPT}  # the mail's fate is open until the server answers
NONSENSE = "no code"

# What a server may do to a conversation without killing anybody; {} makes every refusal one of its kind.
TROUBLE = [
    (Step.CONNECT, "421 {} too busy"),
    (Step.CONNECT, Do.HANG_UP),
    (Step.EHLO, "451 {} in a moment"),
    (Step.EHLO, Do.HANG_UP),
    (Step.MAIL, "452 {} no room"),
    (Step.MAIL, Do.HANG_UP),
    (Step.RCPT, "450 {} greylisted"),
    (Step.RCPT, "450 {} greylisted"),
    (Step.RCPT, "550 {} no such mailbox"),
    (Step.RCPT, Do.HANG_UP),
    (Step.DATA, "451 {} try later"),
    (Step.DATA, "554 {} not from here"),
    (Step.DATA, Do.HANG_UP),
    (Step.BODY, Do.HANG_UP),
    (Step.DOT, "451 {} scanner away"),
    (Step.DOT, "554 {} looks like spam"),
    (Step.DOT, Do.HANG_UP),
    (Step.DOT, NONSENSE),
    (Step.KEPT, Do.HANG_UP),
    (Step.KEPT, NONSENSE),
    (Step.REPLIED, Do.HANG_UP),
    (Step.QUIT, Do.HANG_UP),
]
TROUBLE_WITH_TLS = [
    (Step.STARTTLS, "454 {} no key at hand"),
    (Step.TLS, Do.HANG_UP),
    (Step.AUTH, "454 {} directory away"),
    (Step.AUTH, "535 {} wrong password"),
    (Step.AUTH, Do.HANG_UP),
]


@dataclass(frozen=True)
class Deed:
    """Something the server did instead of its usual answer."""

    talk: int
    step: Step
    what: str

    @property
    def leaves_doubt(self) -> bool:
        """Say whether the worker cannot know what became of the mail: no answer was seen or it wrote none down."""
        if self.what == Do.KILL:
            return self.step in DOUBTFUL | {Step.REPLIED}
        return self.step in DOUBTFUL and self.what in {Do.HANG_UP, NONSENSE}


@dataclass
class Director(SmtpServer):
    """Follows `plan`, which numbers conversations from `begin()` on, and notes its deeds. For one worker at a time."""

    plan: dict[int, tuple[Step, str]] = field(default_factory=dict)
    deeds: list[Deed] = field(default_factory=list)
    first: int = 0

    def begin(self, plan: dict[int, tuple[Step, str]]) -> None:
        """Take a plan for the conversations from the next one on."""
        self.first, self.plan = len(self.talks), plan

    def next_at(self, step: Step) -> str | None:
        """Return what the plan says for this step of the conversation under way."""
        with self.lock:
            talk = len(self.talks) - 1
            planned = self.plan.get(talk - self.first)
            if planned is None or planned[0] != step:
                return None
            what = self.plan.pop(talk - self.first)[1]
            if what not in set(Do):
                what = what.format(f"[{talk}]")
            self.deeds.append(Deed(talk, step, what))
            return what

    def recipient(self, talk: int) -> str:
        """Return to whom a conversation was about to send; empty: it was cut off before it said so."""
        for command in self.talks[talk]:
            if command.upper().startswith("RCPT TO:<"):
                return command[9:].split(">")[0]
        return ""

    def left_open(self) -> str:
        """Return the recipient of the run's last conversation if it ended without QUIT, which follows the commit."""
        if len(self.talks) == self.first or "QUIT" in (command.upper() for command in self.talks[-1]):
            return ""
        return self.recipient(len(self.talks) - 1)


def trouble_for(talks: int, *, random: Random, tls: bool, share: float = 0.1) -> dict[int, tuple[Step, str]]:
    """Return a plan in which something goes wrong in a share of the conversations, nobody being killed."""
    menu = TROUBLE + TROUBLE_WITH_TLS if tls else TROUBLE
    return {talk: random.choice(menu) for talk in range(talks) if random.random() < share}
