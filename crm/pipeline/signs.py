"""The vocabulary of the pipeline: steps, side states, and which event or finished task is evidence of what."""

from enum import IntEnum, StrEnum


class Step(IntEnum):
    """The five steps of the relationship, and the place before them (domain.md 1.6)."""

    IDENTIFIED = 0
    FIRST_CONTACT = 1
    REINFORCEMENT = 2
    PHONE_CALL = 3
    DOCUMENTATION = 4
    LUNCH_AND_LEARN = 5


class Side(StrEnum):
    """Why a source is parked (domain.md 1.6, side states)."""

    NURTURE = "nurture"
    DECLINED = "declined"
    DORMANT = "dormant"
    DO_NOT_CONTACT = "do_not_contact"


class Sign(StrEnum):
    """One kind of evidence, whatever event or task it came from."""

    PACKAGE = "package"
    INTRODUCTION = "introduction"
    CLIENT_INTRODUCTION = "client introduction"
    RECEIPT = "receipt"
    REPLY = "reply"
    SECOND_TOUCH = "second touch"
    THIRD_TOUCH = "third touch"
    NOTE = "note"
    REFERRAL = "referral"
    THANKS = "thanks"
    SUMMARY = "summary"
    CALL = "call"
    REPORT = "report"
    DISCHARGE_SUMMARY = "discharge summary"
    LUNCH_OFFERED = "lunch offered"
    LUNCH_BOOKED = "lunch booked"
    LUNCH_HELD = "lunch held"
    LUNCH_DECLINED = "lunch declined"
    INPUT_ASKED = "input asked"
    DECLINED = "declined"
    OPTED_OUT = "opted out"


EVENT_SIGNS = {
    "package_ready": Sign.PACKAGE,
    "reply_received": Sign.REPLY,
    "referral_received": Sign.REFERRAL,
    "source_declined": Sign.DECLINED,
    "opt_out": Sign.OPTED_OUT,
    "education_asked": Sign.INPUT_ASKED,
    "ll_scheduled": Sign.LUNCH_BOOKED,
    "ll_held": Sign.LUNCH_HELD,
    "ll_declined": Sign.LUNCH_DECLINED,
}
RULE_SIGNS = {
    "C10": Sign.INTRODUCTION,
    "C12": Sign.SECOND_TOUCH,
    "C13": Sign.THIRD_TOUCH,
    "C14": Sign.NOTE,
    "C16": Sign.CLIENT_INTRODUCTION,
    "C22": Sign.THANKS,
    "C24": Sign.SUMMARY,
    "C30": Sign.CALL,
    "C31": Sign.CALL,
    "C33": Sign.CALL,
    "C42": Sign.REPORT,
    "C43": Sign.REPORT,
    "C49": Sign.DISCHARGE_SUMMARY,
    "C50": Sign.LUNCH_OFFERED,
}
# "Enter when" of domain.md 1.6. A summary or a report goes out for a shared client only, so it proves one.
ENTERS = {
    Sign.INTRODUCTION: (Step.FIRST_CONTACT, "introduction sent"),
    Sign.CLIENT_INTRODUCTION: (Step.FIRST_CONTACT, "introduction sent for a shared client"),
    Sign.RECEIPT: (Step.REINFORCEMENT, "receipt confirmed"),
    Sign.REPLY: (Step.REINFORCEMENT, "reply received"),
    Sign.SECOND_TOUCH: (Step.REINFORCEMENT, "second touch made"),
    Sign.REFERRAL: (Step.REINFORCEMENT, "referral received"),
    Sign.SUMMARY: (Step.PHONE_CALL, "assessment summary sent for a shared client"),
    Sign.REPORT: (Step.DOCUMENTATION, "first report sent"),
    Sign.LUNCH_OFFERED: (Step.LUNCH_AND_LEARN, "lunch-and-learn offered"),
    Sign.LUNCH_BOOKED: (Step.LUNCH_AND_LEARN, "lunch-and-learn booked"),
    Sign.LUNCH_HELD: (Step.LUNCH_AND_LEARN, "lunch-and-learn held"),
    Sign.INPUT_ASKED: (Step.LUNCH_AND_LEARN, "provider asked for input"),
}
# What the source itself does: it ends every side state but "do not contact".
ANSWERS = frozenset({Sign.REPLY, Sign.REFERRAL, Sign.INPUT_ASKED, Sign.LUNCH_BOOKED, Sign.LUNCH_HELD})
HEARD = ANSWERS | {Sign.RECEIPT, Sign.LUNCH_DECLINED, Sign.DECLINED, Sign.OPTED_OUT}
# Rules of cadence.toml whose touch is "none": they reach nobody at the source.
INTERNAL = frozenset(
    "C01 C02 C40 C41 C41r C44 C45 C46 C47 C48 C4Aa C4C C51c C51d C54 C60 C61c C62".split()  # noqa: SIM905
)
IN_PROGRAMME = frozenset({"client_booked", "assessment_done", "session_held", "baseline_done"})
BY_HAND = frozenset({"step_overridden", "source_parked", "source_woken"})
