"""Who may do what: two fixed roles, and the one permission each address needs.

The guards, the templates (`may(...)`) and the test of `docs/security/access-matrix.md` read this table. Whatever stands
in neither PUBLIC nor NEEDED keeps the product from starting.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class RoleName(StrEnum):
    """What somebody is in their practice; there is no third."""

    OWNER = "owner"
    ASSISTANT = "assistant"


class Permission(StrEnum):
    """What an address asks for; the values are what the access matrix calls it."""

    DESK = "desk"  # tasks, calls, sources, lists of providers, the calendar, one's own digest and feeds
    BOOKING = "booking"  # clients by code, name and number: referrals as paper, visits, what is planned
    POST = "post"  # that a letter is there, where it goes, its envelope; putting it on its way; the outbox
    RECORD = "record"  # diagnoses, limits, measures, goals, sessions, red flags, releases
    NOTES = "notes"  # to read what was noted; to write a note with a call or a touch is part of the desk
    LETTERS = "letters"  # what letters about clients say; writing, approving and correcting any letter
    EXPORT = "export"  # copies, lists of what was told, erasing
    INSIGHTS = "insights"  # what happened in a year, summed up: about clients by code, about sources by name
    SETTINGS = "settings"  # the practice, its letterhead, templates and rules, the sample
    PEOPLE = "people"  # who signs in, and as what


GRANTED: Mapping[RoleName, frozenset[Permission]] = {
    RoleName.OWNER: frozenset(Permission),
    RoleName.ASSISTANT: frozenset({Permission.DESK, Permission.BOOKING, Permission.POST}),
}

# Nobody has to sign in for these: a token is the proof, or there is nothing to see.
PUBLIC = frozenset(
    {
        "setup.start", "setup.finish", "setup.ask_reset", "setup.send_reset",
        # Half-way in: the session says who gave their password.
        "security.two_factor_setup", "security.two_factor_token_validation", "security.two_factor_rescue",
        "security.tf_select", "security.mf_recovery", "security.wan_signin", "security.wan_signin_response",
        "security.login", "security.logout", "security.verify", "security.static",
        "public.feed", "public.healthz", "public.readyz", "public.metrics", "public.act", "public.undo_action",
        "public.stop_digest", "public.pause_digest", "refusals.refuse", "trouble.csp_report",
    }
)  # fmt: skip

_ADDRESSES: Mapping[Permission, str] = {
    Permission.DESK: """
        outreach: today more week undo_week call_sheet open_task done outcome snooze skip undo quick_add read_line
            next_digest calendar calendar_day calendar_feeds add_feed rotate_feed revoke_feed clock
        pipeline: board lane choose move
        sources: index show offices search recent add save_new edit save touch log_touch
            add_contact save_new_contact contact save_contact remove_contact
            add_fact save_new_fact fact save_fact remove_fact
            lunch agree_lunch move_lunch hold_lunch cancel_lunch decline_lunch ideal_sources choose judge
            make_top drop_top
            lunch_plan save_lunch_plan add_guests remove_guest make_guest_source sign_in_sheet lunch_handout
        imports: index upload columns choose show step take_in undo refused
        accounts: practice save_digest
        removed: put_back
        guards: index
        sessions: index end end_others
        account: index save_idle save_look password change_password address change_address
        security: two_factor_setup_validate mf_recovery_codes wan_register wan_register_response wan_delete
            wan_verify wan_verify_response
    """,
    Permission.BOOKING: """
        clients: index show new add referral save_referral check_referral add_visit move_visit cancel_visit
            put_visit_back
    """,
    Permission.POST: """
        documents: index approved file file_picture send mark_sent take_back cancel_delivery confirm
            pile pile_pdf posted paper paper_page paper_pdf
        outreach: outbox try_now release_backlog release arrived send_again cancel
    """,
    Permission.RECORD: """
        clients: record save_record change_class add_provider make_source sessions new_session log_session check_session
            session write_session measures new_measures take_measures correct_measure correct_measure_post
            new_goal set_goal update_goal criteria save_criteria flag raise_flag flag_raised ask_through lift_flag
            door log_door add_release withdraw_release restore_release warm
        sources: call_brief
    """,
    Permission.LETTERS: """
        documents: new choose new_page new_test_print save approve show page test_print refill keep discard restore
            correct sheet sheet_page sheet_pdf
    """,
    Permission.EXPORT: """
        documents: disclosures disclosures_csv
        rights: show copy erase
        retention: index reviewed
    """,
    Permission.INSIGHTS: """
        insights: index rows visit_rows referral_rows touch_rows step_rows ledger_csv referrals_csv lunches
            outcome_sums outcome_rows outcomes_csv
    """,
    Permission.SETTINGS: """
        readiness: index text save check_text setup start_plan pause_plan resume_plan catch_up stop_plan skip_day
            look_again check save_check papers_page add_paper paper save_paper remove_paper
            skills_page skill tick_skill untick_skill skill_rows goals_page month_goals save_month_goals
            top_goal save_top_goal remove_top_goal
            gifts_page add_gift save_gift_limit remove_gift gifts_csv
        accounts: welcome choose_sample welcome_sources remove_sample save_practice save_letterhead
        documents: templates words ours words_page rules add_term drop_term relax
        keeping: read_restored
        log: index as_csv
    """,
    Permission.PEOPLE: """
        people: index invite change_role disable enable end_sessions new_link
    """,
}


def _endpoints(text: str) -> Iterable[str]:
    blueprint = ""
    for word in text.split():
        if word.endswith(":"):
            blueprint = word[:-1]
        else:
            yield f"{blueprint}.{word}"


NEEDED: Mapping[str, Permission] = {
    endpoint: permission for permission, text in _ADDRESSES.items() for endpoint in _endpoints(text)
}


def role_of(names: Iterable[str]) -> RoleName | None:
    """Return what somebody with these roles is; with none, or several, they are nothing and may do nothing."""
    held = set(names)
    return RoleName(held.pop()) if len(held) == 1 and held <= set(RoleName) else None


def may(role: RoleName | None, permission: Permission) -> bool:
    """Say whether a role was given a permission."""
    return role is not None and permission in GRANTED[role]


def may_open(role: RoleName | None, endpoint: str) -> bool:
    """Say whether a role gets past the guard of an address; an address nobody wrote down is open to no one."""
    return endpoint in NEEDED and may(role, NEEDED[endpoint])
