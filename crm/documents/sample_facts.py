"""Facts about nobody, to look at a template with."""

from datetime import date

from crm.clients.referral_check import Elements
from crm.documents.facts import About, Facts, Recipient, Referred, Writer, values
from crm.documents.letters import Kind

RECIPIENT = Recipient(
    "Alex", "Sample", "MD", is_doctor=True, office="Sample Medical Group", street="1 Example Street",
    city="Anytown", state="OR", zip="97000", contact="Robin Example",
)  # fmt: skip
# What only a writer knows, in the words of a report about nobody.
WRITTEN = {
    "measure": "30-second chair stand: 8 stands on March 2, 13 stands on April 1 (meaningful change)",
    "function": "Rises from a low chair without hands and climbs one flight foot over foot.",
    "strength": "sit-to-stand with 10 pounds, three sets of eight",
    "flexibility": "knee bends from 96 to 118 degrees",
    "stability": "single-leg stand 12 seconds on each side",
    "endurance": "six-minute walk 410 of 450 meters",
    "balance": "turns without a step to the side",
    "goals": "climb two flights without a rest by May 1; walk to the lake and back by July 1",
    "plan": "Two sessions a week; step height goes up, volume stays.",
    "change": "Swelling of the left knee was seen before the session on April 1.",
    "stopped": "The session was stopped; no exercise until you have answered.",
    "asked": "Please tell me whether exercise may go on, and with which limits.",
    "limits": "heart rate up to 120, no load above 20 pounds",
    "question": "what clients may do on their own after discharge",
    "answer": "Walking on level ground, most days, at a pace that lets one talk.",
    "topic": "getting up from a chair",
    "event_at": "12:15",
    "pain": "3 of 10 on March 2",
    "referral": "Dr. Alex Sample, MD, received in writing on March 1, 2026, for Functional Conditioning",
    "session_days": "- March 2026: 3, 5, 10, 12, 17, 19, 24, 26, 31 (9 sessions)\n- April 2026: 2, 7 (2 sessions)",
    "measures": "- 30-second chair stand 8 on March 2, 2026, 13 stands on April 1, 2026 (meaningful change)\n"
    "- Gait speed, usual pace 0.92 on March 2, 2026, 0.99 m/s on April 1, 2026 (measurable change)",
    "call_on": "April 1, 2026",
}

# What a practice says of itself, where this one has not said it yet.
TEXTS = {
    "standards": "Intake and screening:\nA written referral, history and limits before the first session.\n\n"
    "Safety, emergencies and privacy:\nNew signs stop the session; the office hears of it the same day.",
    "protocol": "Condition: Knee replacement, from the fourth month\n\nWhen it begins:\nLimits are on file, first "
    "measures taken.\n\nPhases:\nSit-to-stand first, stairs next, longer walks last.\n\nWhen it stops:\nNew "
    "swelling; the office is called the same day.",
    "story": "A client in their seventies began at 8 chair stands and rose to 13 in 30 days.",
    "outcomes": "- 30-second chair stand: 9 clients, median 8 to 12.5 stands; 6 with a meaningful change, 1 with a "
    "measurable one, 2 without a measurable change",
    "fee_answer": "Clients pay for sessions themselves.",
}


def values_for(writer: Writer, today: date, kind: Kind) -> dict[str, str]:
    """Return a value for every placeholder."""
    about = About(
        "C-0000", "Pat Example", "knee osteoarthritis", "M17.11", "Dr. Sample", attended="12", first_visit_on=today,
        last_seen_on=today, last_session_on=today, next_visit_on=today, next_report_on=today,
    )  # fmt: skip
    if kind.about == "referral":
        about = About("", "Pat Example")
    lacking = Referred(today, "Functional Conditioning", Elements(True, True, False, False))
    facts = Facts(today, writer, RECIPIENT, about, lacking, event_on=today)
    known = values(facts)
    return known | WRITTEN | {name: words for name, words in TEXTS.items() if not known.get(name)}
