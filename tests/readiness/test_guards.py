"""Every mistake of config/guards.toml has a case that trips its guard and one that does not."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import builders
import paperwork
import pytest
from paperwork import CLEAN, Desk

from crm.accounts.permissions import Permission
from crm.clients.measures import Reading
from crm.clients.models import ClientStatus, Release
from crm.clients.record_models import ClientSheet, Part
from crm.clients.series import headline, series_of
from crm.db import db, writing
from crm.documents import habits, letters, words_service
from crm.documents.models import Delivery, DeliveryChannel, Document, LetterWords
from crm.documents.scope import check
from crm.outreach.models import Task
from crm.readiness.evidence import Counts, points, steps
from crm.readiness.guards import GUARDS, SHOWN, Facts, Row, Standing, Writing, state_of
from crm.readiness.outputs import OnFile, Written
from crm.readiness.score import total
from crm.sources.models import Credential

TODAY = date(2026, 5, 6)
ROLE = "Medical Exercise Specialist"
PITCH = (
    "I am a Medical Exercise Specialist. I work with adults after a knee replacement who have finished "
    "physical therapy and still find stairs hard. We measure chair stands and walking at the start and every "
    "thirty days, and you get one page before each visit. I do not diagnose or treat. My work supports your care. "
    "May I send your office the overview and the referral form, and ask who reads reports like these in your practice?"
)

# guard -> kind of letter, words that trip it, words that do not
TEXTS = {
    "trainer-words": (
        "intro-physician",
        "I am a Medical Exercise Specialist. My bootcamp melts fat and is the best in town.",
        "I am a Medical Exercise Specialist. People rise from a chair more easily.",
    ),
    "credentials-first": (
        "intro-physician",
        "I hold a certification and have 12 years of experience. I am a Medical Exercise Specialist.",
        "I am a certified Medical Exercise Specialist. I have 12 years of experience.",
    ),
    "no-measure": (
        "progress-report",
        "C-0142 is doing well and climbs stairs. Next steps: two sessions a week.",
        "30-second chair stand: 12 stands on May 4. C-0142 climbs stairs. Next steps: two sessions a week.",
    ),
    "no-function": (
        "progress-report",
        "30-second chair stand: 12 stands on May 4. C-0142. Next steps: two sessions a week.",
        "30-second chair stand: 12 stands on May 4. C-0142 carries groceries. Next steps: two sessions a week.",
    ),
    "scope": (
        "intro-physician",
        "I am a Medical Exercise Specialist. I treat knee pain.",
        "I am a Medical Exercise Specialist. I do not treat.",
    ),
    "begging": (
        "intro-physician",
        "I am a Medical Exercise Specialist. Please send me more patients.",
        "I am a Medical Exercise Specialist. Written referrals are welcome on the enclosed form.",
    ),
    "exercise-ideas": (
        "education-answer",
        "Could you suggest some exercises for her knee?",
        "Which limits for heart rate and load should I observe?",
    ),
}


def niche(text: str) -> Facts:
    found = frozenset(remark.rule for remark in habits.for_everyone(text))
    writing_ = Writing(Row("Niche", "/practice/niche"), found)
    return Facts(TODAY, OnFile(texts={"niche": Written(text, {"niches": ["joint"]})}), [writing_])


def pitched(text: str) -> Facts:
    texts = {"niche": Written("I work with adults.", {"niches": ["joint"]}), "pitch": Written(text)}
    return Facts(TODAY, OnFile(role=ROLE, texts=texts))


def checked(days_ago: int) -> Facts:
    return Facts(TODAY, OnFile(checks=(date(2025, 1, 1), TODAY - timedelta(days=days_ago))))


# guard -> facts that trip it, facts that do not
ANSWERS = {
    "identity": (Facts(TODAY), Facts(TODAY, OnFile(role=ROLE))),
    "focus": (niche("I work with everyone with any condition."), niche("I work with adults with a knee replacement.")),
    "impostor": (pitched("Hello."), pitched(PITCH)),
    "no-system": (checked(91), checked(90)),
}


def known_source(**values: object) -> int:
    return builders.source(**({"added_on": date(2026, 4, 1), "next_due_on": date(2026, 5, 12)} | values)).id


def active_client(*, sheets: tuple[Part, ...] = (), released_until: date | None = None) -> int:
    client = builders.client(source=builders.source(added_on=date(2026, 4, 1)))
    client.status = ClientStatus.ACTIVE
    for part in sheets:
        db.session.add(ClientSheet(practice_id=client.practice_id, client_id=client.id, part=part, sealed=b""))
    if released_until:
        db.session.add(
            Release(
                practice_id=client.practice_id, client_id=client.id, source_id=client.source_id,
                from_on=date(2026, 1, 1), until_on=released_until,
            )
        )  # fmt: skip
    return client.id


def task(rule: str, days_left: int, **about: int) -> None:
    end = TODAY + timedelta(days=days_left)
    key = f"{rule}:x:1"
    db.session.add(Task(practice_id=builders.practice().id, key=key, rule=rule, due=end, window_end=end, **about))


def with_task(rule: str, days_left: int) -> Callable[[], None]:
    return lambda: task(rule, days_left, client_id=active_client())


# guard -> rows that trip it, rows that do not, and the name the page then gives
ROWS: dict[str, tuple[Callable[[], object], Callable[[], object], str]] = {
    "no-next-step": (lambda: known_source(next_due_on=None), known_source, "Dr. Helen Marsh, MD"),
    "little-contact": (
        lambda: task("C11", -1, source_id=known_source()),
        lambda: task("C11", 0, source_id=known_source()),
        "Dr. Helen Marsh, MD",
    ),
    "who-may-refer": (lambda: known_source(credential=Credential.OTHER), known_source, "Helen Marsh"),
    "late-report": (with_task("C42", -1), with_task("C42", 0), "C-0142"),
    "unlogged": (with_task("C46", -1), with_task("C46", 0), "C-0142"),
    "red-flag": (with_task("C34a", -1), with_task("C34a", 0), "C-0142"),
    "to-avoid": (active_client, lambda: active_client(sheets=(Part.HEALTH,)), "C-0142"),
    "everyone": (active_client, lambda: active_client(sheets=(Part.GATE,)), "C-0142"),
    "onboarding": (
        lambda: active_client(released_until=date(2026, 5, 5)),
        lambda: active_client(released_until=date(2026, 5, 6)),
        "C-0142",
    ),
    "package": (
        lambda: None,
        lambda: setattr(builders.practice(), "serves", "adults with knee replacements"),
        "Service overview",
    ),
}


def leads(key: str, value: float) -> bool:
    return headline(series_of([Reading(key, value, TODAY)])) is not None


def leaves_by(channel: str) -> bool:
    return channel in set(DeliveryChannel)


def scored(counts: Counts) -> int:
    return total(points(steps(OnFile(), counts)))


# guard -> the mistake is not possible, its opposite is
BUILT = {
    "pain": (leads("pain", 2), leads("chair-stand-30s", 12)),
    "text-message": (leaves_by("sms"), leaves_by("fax")),
    "certificate": (
        scored(Counts(certification_current=True)) > 2,
        scored(Counts(reports_closed=9, reports_on_time=9)) > 2,
    ),
}


def test_every_guard_has_a_case_that_trips_it_and_one_that_does_not():
    cases = [*TEXTS, *ANSWERS, *ROWS, *BUILT]
    assert sorted(cases) == sorted(GUARDS)
    assert {key for key, guard in GUARDS.items() if guard.state == "built"} == set(BUILT)
    assert all(len(pair) == 2 for pair in [*ANSWERS.values(), *BUILT.values()])


def test_every_guard_explains_itself_and_asks_for_a_permission_there_is():
    for guard in GUARDS.values():
        assert all((guard.group, guard.title, guard.why, guard.rule, guard.where, guard.at)), guard.key
        assert guard.needs in set(Permission), guard.key
        assert guard.state == "built" or (guard.one and guard.holds), guard.key


def found_in(key: str, text: str) -> Writing:
    """Read a text as the page does: scope check, required statements, habits."""
    kind = letters.kind_of(key)
    verdict = check(text, kind.scope, words_service.rules(), first_contact=kind.first_contact)
    rules = {finding.rule for finding in verdict.findings} | {lacking.id for lacking in verdict.missing}
    rules |= {remark.rule for remark in habits.habits(kind, text, role=ROLE)}
    rules |= {"block" for finding in verdict.findings if finding.severity == "block"}
    among = "reports" if kind.scope == "report" else "first" if kind.first_contact else ""
    return Writing(Row("A letter", "/documents/1"), frozenset(rules), among)


@pytest.mark.parametrize("key", TEXTS)
def test_a_text_that_makes_the_mistake_trips_its_guard_and_one_that_does_not_holds(key):
    kind, bad, good = TEXTS[key]
    told = state_of(GUARDS[key], Facts(TODAY, writings=[found_in(kind, bad), found_in(kind, good)]))
    assert (told.standing, told.words, len(told.rows)) == (Standing.TRIPPED, GUARDS[key].one, 1)
    told = state_of(GUARDS[key], Facts(TODAY, writings=[found_in(kind, good)]))
    assert (told.standing, told.words) == (Standing.HOLDS, GUARDS[key].holds)
    assert state_of(GUARDS[key], Facts(TODAY)).standing is Standing.IDLE


@pytest.mark.parametrize("key", ANSWERS)
def test_an_answer_on_file_trips_its_guard_or_does_not(key):
    trips, holds = ANSWERS[key]
    assert state_of(GUARDS[key], trips).standing is Standing.TRIPPED
    assert state_of(GUARDS[key], holds).standing is Standing.HOLDS


@pytest.mark.parametrize("key", BUILT)
def test_a_mistake_the_product_leaves_no_way_to_make(key):
    possible, opposite = BUILT[key]
    assert (possible, opposite) == (False, True)
    told = state_of(GUARDS[key], Facts(TODAY))
    assert (told.standing, told.words) == (Standing.BUILT, "")  # never called fine: the rule says what enforces it


def entry(owner, key: str) -> str:
    """Return what the page says of one guard."""
    page = re.sub(r"\s+", " ", owner.get("/practice/guards").text)
    return re.search(rf'<li class="decide" id="{key}">.*?</li>', page)[0]


@pytest.mark.parametrize("key", ROWS)
def test_rows_on_file_trip_their_guard_and_the_page_links_them(app, owner, key):
    trips, _holds, name = ROWS[key]
    with app.app_context(), writing():
        builders.user()
        trips()
    said = entry(owner, key)
    assert "To mend" in said
    assert name in re.sub("<[^>]+>", "", said)


@pytest.mark.parametrize("key", ROWS)
def test_rows_as_they_should_be_hold_their_guard(app, owner, key):
    with app.app_context():
        builders.user()
        paperwork.letterhead()
        with writing():
            ROWS[key][1]()
    said = entry(owner, key)
    assert "Holds" in said, said
    assert GUARDS[key].holds in said


def test_the_sample_counts_for_nothing(app, owner):
    with app.app_context(), writing():
        known_source(next_due_on=None, sample=True)
        builders.client().sample = True
    assert "Nothing yet" in entry(owner, "no-next-step")
    assert "Nothing yet" in entry(owner, "everyone")


def test_a_discharge_summary_is_owed_although_the_client_is_active_no_more(app, owner):
    with app.app_context(), writing():
        builders.user()
        task("C49", -1, client_id=builders.client().id)
    assert "One client has a report that is late." in entry(owner, "late-report")


def test_of_many_rows_some_are_named_and_the_others_counted():
    rows = [Row(f"C-{n:04}", f"/clients/C-{n:04}") for n in range(1, SHOWN + 3)]
    told = state_of(GUARDS["everyone"], Facts(TODAY, rows={"no_gate": rows}, totals={"clients": 9}))
    assert (told.words, len(told.shown), told.more) == ("7 active clients were not screened.", SHOWN, 2)


def test_a_draft_a_wording_and_a_text_are_read_and_linked(app, owner):
    bad = "I hold a diploma.\n\nI am a Medical Exercise Specialist."
    with app.app_context():
        builders.user()
        paperwork.letterhead()
        Desk(app, owner).write(bad, key="intro-physician", source=paperwork.source())
        with writing():
            row = {
                "practice_id": builders.practice().id,
                "updated_at": datetime.fromisoformat("2026-05-06T14:00+00:00"),
            }
            db.session.add(LetterWords(key="intro-pt", words=bad, **row))
        document_id = db.session.query(Document).one().id
    owner.post("/practice/bio", data={"bio": bad})
    said = entry(owner, "credentials-first")
    assert "3 introductions name the certification before the role." in said
    for at in (f"/documents/{document_id}", "/documents/templates/intro-pt", "/practice/bio"):
        assert f'href="{at}"' in said


def test_a_habit_is_marked_while_one_writes_with_why_and_may_be_kept_with_a_reason(app, owner):
    bad = "Dear Dr. Marsh,\n\nI hold a diploma.\n\nI am a Medical Exercise Specialist."
    with app.app_context():
        paperwork.letterhead()
        desk = Desk(app, owner)
        document_id = desk.write(bad, key="intro-physician", source=paperwork.source())
        shown = desk.save(document_id, bad, 1).text
        assert "Papers stand before the role here." in shown
        assert 'href="/practice/guards#credentials-first"' in shown
        start = bad.index("diploma")
        kept = {"rule": "ORDER", "start": str(start), "reason": "They asked for it."}
        assert owner.post(f"/documents/{document_id}/keep", data=kept).status_code == 303
        assert "Kept: They asked for it." in owner.get(f"/documents/{document_id}").text
    assert "Holds" in entry(owner, "credentials-first")


def test_a_first_letter_in_our_own_words_says_the_role_first():
    for key in ("intro-physician", "intro-pt", "intro-chiro", "client-intro"):
        assert habits.habits(letters.kind_of(key), letters.our_words(key), role=ROLE) == []


def test_a_test_by_its_name_is_no_everyday_doing():
    report = letters.kind_of("progress-report")
    assert habits.habits(report, "30-second chair stand 8 to 13 stands. With care.", role=ROLE) != []
    assert habits.habits(letters.kind_of("thank-you"), "Thank you.", role=ROLE) == []


@pytest.mark.parametrize(
    ("note", "status"),
    [
        pytest.param("Could you suggest some exercises for the knee?", 422, id="asked for exercises"),
        pytest.param("No kneeling, pulse up to 120. Exercises to avoid: deep squats.", 303, id="took down limits"),
    ],
)
def test_the_note_of_a_call_takes_limits_and_no_request_for_exercises(app, owner, note, status):
    with app.app_context(), writing():
        source_id = known_source()
    data = {"kind": "call", "outcome": "reached", "on": "2026-05-06", "note": note}
    answer = owner.post(f"/sources/{source_id}/touch", data=data)
    assert answer.status_code == status
    if status == 422:
        assert "Choosing the exercise is your work" in answer.text
        assert note in answer.text  # nothing typed is lost


def test_the_outcome_of_a_call_is_held_to_the_same(app, owner):
    with app.app_context(), writing():
        task("C11", 3, source_id=known_source())
    answer = owner.post("/tasks/C11:x:1/outcome", data={"outcome": "reached", "note": "Any exercise ideas for her?"})
    assert answer.status_code == 422
    assert "Choosing the exercise is your work" in answer.text


def test_bio_and_niche_say_it_while_one_types(owner):
    bio = {"bio": "I have a degree in sports. I am a Medical Exercise Specialist."}
    assert "Papers stand before the role here." in owner.post("/practice/bio/check", data=bio).text
    told = {"niches": "joint", "group": "everyone", "measured": "chair stands"}
    assert "Who serves everyone comes to nobody’s mind." in owner.post("/practice/niche/check", data=told).text


def test_a_session_of_somebody_not_screened_says_so(app, owner):
    with app.app_context():
        paperwork.client(paperwork.source())
    assert "Is exercise appropriate here and now?" in owner.get("/clients/C-0142/sessions/new").text


def test_a_letter_leaves_by_no_text_message(app, owner):
    with app.app_context():
        builders.user()
        paperwork.letterhead()
        desk = Desk(app, owner)
        document_id = desk.approved(CLEAN, source=paperwork.source())
        desk.send(document_id, "sms")
        assert db.session.query(Delivery).count() == 0
        desk.send(document_id, "fax")
        assert db.session.query(Delivery).count() == 1


def test_an_assistant_reads_what_is_theirs_to_read(app, owner):
    with app.app_context():
        builders.user(email="helper@example.com", role="assistant")
    helper = builders.signed_in(app, "helper@example.com")
    keys = re.findall(r'<li class="decide" id="([\w-]+)">', helper.get("/practice/guards").text)
    assert keys == [key for key, guard in GUARDS.items() if guard.needs in {"desk", "post", "booking"}]
    assert "no-next-step" in keys
    assert "no-measure" not in keys


def test_every_address_on_the_page_opens(app, owner):
    with app.app_context():
        builders.user()
        paperwork.letterhead()
    for at in sorted({guard.at.partition("#")[0] for guard in GUARDS.values()}):
        assert owner.get(at).status_code == 200, at
