"""What the page of the log calls each act, in plain words, and under which kind one finds it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """The kinds one can look for."""

    SIGN_IN = "sign-in"
    ACCOUNTS = "accounts"
    SEEN = "seen"
    OUT = "out"
    RECORDS = "records"
    WORK = "work"
    SETTINGS = "settings"
    REFUSED = "refused"


KIND_WORDS = {
    Kind.SIGN_IN: "Signing in",
    Kind.ACCOUNTS: "Accounts",
    Kind.SEEN: "What was looked at",
    Kind.OUT: "What left the house",
    Kind.RECORDS: "Clients’ records",
    Kind.WORK: "Daily work",
    Kind.SETTINGS: "Settings and keys",
    Kind.REFUSED: "Refused",
}
WORDS: dict[Kind, dict[str, str]] = {
    Kind.SIGN_IN: {
        "signed_in": "Signed in",
        "sign_in_failed": "Gave a wrong password or code",
        "signed_out": "Signed out",
        "session_ended": "Ended a session",
        "recovery_code_used": "Used a recovery code",
        "reset_asked": "Asked for a new password",
        "break_glass": "Opened an account at the machine itself",
    },
    Kind.ACCOUNTS: {
        "factor_changed": "Changed the second step to sign in",
        "password_changed": "Changed a password",
        "address_changed": "Changed an address of sign-in",
        "account_created": "Made an account",
        "account_disabled": "Closed an account",
        "account_enabled": "Opened an account again",
        "role_changed": "Changed what somebody may do",
    },
    Kind.SEEN: {
        "client_viewed": "Opened a client’s file",
        "document_viewed": "Opened a letter or report",
        "feed_fetched": "A calendar fetched its feed",
    },
    Kind.OUT: {
        "client_exported": "Made a copy of a client’s record",
        "list_exported": "Took a list out as a file",
        "document_printed": "Took papers out to print",
        "document_approved": "Approved a letter or report",
        "document_sent": "Sent a letter or report",
        "delivery_confirmed": "Noted that a letter arrived",
        "message_resolved": "Decided about a message",
        "digest_recorded": "The day’s digest was decided",
        "feed_created": "Made a calendar address",
        "feed_revoked": "Withdrew a calendar address",
    },
    Kind.RECORDS: {
        "client_added": "Took in a client",
        "client_booked": "Booked a client’s first appointment",
        "client_paused": "Noted that a client is away",
        "client_resumed": "Noted that a client is back",
        "client_sent_out": "Sent a client to a provider",
        "client_erased": "Erased a client",
        "record_saved": "Saved a part of a record",
        "assessment_done": "Held the first assessment",
        "session_held": "Noted a session",
        "session_missed": "Noted a missed session",
        "session_written": "Wrote a session’s log",
        "baseline_done": "Completed the baseline measures",
        "measures_taken": "Took measures again",
        "values_measured": "Noted measured values",
        "value_corrected": "Corrected a measured value",
        "goal_changed": "Changed a goal",
        "red_flag": "Raised a red flag",
        "hold_lifted": "Let exercise go on after a red flag",
        "provider_asked_through_client": "Asked somebody to call the provider",
        "release_signed": "Filed a release",
        "release_withdrawn": "Withdrew a release",
        "release_restored": "Took back that a release was withdrawn",
        "discharge_planned": "Planned the last session",
        "discharged": "Ended a programme",
        "visit_scheduled": "Noted a medical visit",
        "visit_cancelled": "Cancelled a medical visit",
        "retention_reviewed": "Looked through old records",
    },
    Kind.WORK: {
        "referral_received": "Noted a referral",
        "source_added": "Added a source",
        "source_changed": "Changed facts of a source",
        "source_declined": "Noted that a source said no",
        "source_parked": "Put a source aside",
        "source_woken": "Took up a source again",
        "opt_out": "Noted not to contact a source",
        "step_overridden": "Moved a source by hand",
        "package_ready": "Made the first package ready",
        "reply_received": "Noted a reply",
        "touch_logged": "Noted a call, letter or visit",
        "education_asked": "Noted that a provider asks for input",
        "ll_scheduled": "Agreed a lunch-and-learn",
        "ll_cancelled": "Cancelled a lunch-and-learn",
        "ll_declined": "Noted that a lunch-and-learn was declined",
        "ll_held": "Held a lunch-and-learn",
        "task_done": "Completed a task",
        "task_skipped": "Skipped a task",
        "task_snoozed": "Put a task off",
        "call_missed": "Noted that nobody was reached",
        "manual_task_added": "Added a task",
        "entry_undone": "Took an entry back",
        "finding_kept": "Left a warning of the scope check as it is",
        "providers_imported": "Read in a list of providers",
        "import_undone": "Took a list of providers out again",
        "setup_plan_changed": "Changed the plan of the first thirty days",
    },
    Kind.SETTINGS: {
        "settings_changed": "Changed settings",
        "letter_words_changed": "Changed the wording of a letter",
        "readiness_checked": "Filled in the readiness check",
        "skill_marked": "Ticked a skill of their own, or took the tick back",
        "month_goals_saved": "Typed in what a month is to bring or has brought",
        "practice_text_saved": "Saved what the practice says of itself",
        "scope_rules_changed": "Changed the scope check",
        "key_rotated": "Changed a key",
        "data_restored": "All data came back out of a backup",
    },
    Kind.REFUSED: {"access_refused": "Was refused a page or act"},
}
NAMES: dict[str, str] = {name: words for group in WORDS.values() for name, words in group.items()}


def name_of(type_name: str) -> str:
    """Return what an act is called; one that has no words yet keeps the name it is stored under."""
    return NAMES.get(type_name, type_name.replace("_", " ").capitalize())


def types_of(kind: str) -> frozenset[str]:
    """Return the types of a kind; none for a kind that is none."""
    return frozenset(WORDS.get(Kind(kind), {})) if kind in set(Kind) else frozenset()


LABELS = {
    "client": "client", "source": "source", "document": "paper", "delivery": "copy", "user": "account", "feed": "feed",
    "message": "message", "by": "by", "factor": "what", "change": "change", "role": "role", "fields": "fields",
    "place": "page", "status": "answer", "caller": "calendar", "channel": "by", "template": "kind", "key": "key",
    "key_id": "key", "how": "by way of", "ended": "session", "left": "left", "batch": "list", "entry": "entry",
    "part": "part", "skill": "skill", "month": "month", "made_at": "backup of", "to": "to",
}  # fmt: skip


def detail_of(payload: Mapping[str, Any]) -> str:
    """Return the ids and words of an act: "client C-0101 · page clients.record"."""
    told = ((LABELS[name], value) for name, value in payload.items() if name in LABELS)
    return " · ".join(f"{label} {value}" for label, value in told)
