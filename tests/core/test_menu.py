"""The menu lights the word under which a page stands, whatever part of the product it is of."""

import re

import pytest


@pytest.mark.parametrize(
    ("path", "lit"),
    [
        ("/", ("page", "Today")),
        ("/sources", ("page", "Sources")),
        ("/sources/ideal", ("true", "Sources")),
        ("/sources/warm", ("true", "Sources")),
        ("/clients/new", ("true", "Clients")),
        ("/documents/new", ("true", "Letters")),
        ("/insights/visits", ("true", "Insights")),
        ("/setup", ("page", "Setup plan")),
        ("/setup/readiness", ("true", "Setup plan")),
        ("/practice", ("page", "Practice")),
        ("/practice/texts", ("true", "Practice")),
        ("/practice/papers", ("true", "Practice")),
        ("/account/sessions", ("true", "Account")),
    ],
)
def test_one_word_is_lit(owner, path, lit):
    text = owner.get(path).text
    side = text[text.index('<nav class="side"') : text.index("</nav>")]
    found = re.findall(r'<a class="to"[^>]*aria-current="(\w+)"[^>]*>.*?<span>([^<]+)</span>', side)
    assert found == [lit]
