"""How fast a letter is judged and drawn, warm."""

import statistics
import time
from collections.abc import Callable, Iterator

import print_pile

from crm.documents import letters, press
from crm.documents.facts import Facts, values
from crm.documents.scope import check
from crm.documents.words_service import rules

RUNS = 20


def figures() -> Iterator[tuple[str, float]]:
    """Yield names and milliseconds: a one-page letter judged, 10,000 characters without a space, a page drawn."""
    kind = letters.kind_of("intro-physician")
    facts = Facts(print_pile.AT.date(), print_pile.WRITER, print_pile.recipient(1))
    text = letters.fill(letters.our_words(kind.key), values(facts))
    press.picture(kind, facts, text)  # fonts are read once a process
    yield "scope_check_letter", _median(lambda: check(text, "letter", rules(), first_contact=True))
    yield "scope_check_10k_without_space", _median(lambda: check("therapy-" * 1250, "letter", rules()))
    yield (
        "scope_check_10k_of_rule_words",
        _median(lambda: check("therapy treat diagnose not " * 370, "letter", rules())),
    )
    yield "letter_page_drawn", _median(lambda: press.picture(kind, facts, text))


def _median(run: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)
