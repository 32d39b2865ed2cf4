"""Every sentence the product can say to a person in a flash or beside a field, in one list that a person reads.

The list is tests/golden/messages.txt. After a change of words: python tests/test_messages.py writes it anew.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests/golden/messages.txt"
SENTENCE = re.compile(r"[A-Z“{].*[.?!]$")
NOT_SAID = re.compile(r"\b(invalid|error|please|oops|sorry|patients?|successfully|forbidden)\b", re.IGNORECASE)
SAYING = re.compile(r"(?<!probe_)(views|forms|words|service|lines|sending|import_.*|rows|limits)\.py$")


def shown(node: ast.expr) -> str | None:
    """Return a string as it is said; what is filled in stands as {...}."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{" + ast.unparse(part).strip("f'\"{}") + "}"
            for part in node.values
        )
    return None


def sentences(tree: ast.Module) -> Iterator[str]:
    """Yield the sentences of a module that are no docstrings."""
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in docs | inner:
            text = shown(node)
            if text and " " in text and "\n" not in text and SENTENCE.match(text):
                yield text


def said() -> list[str]:
    """Return all sentences of the modules that speak to a person, once each, by their file."""
    lines: list[str] = []
    for path in sorted((ROOT / "crm").rglob("*.py")):
        if SAYING.search(path.name):
            found = sorted(set(sentences(ast.parse(path.read_text()))))
            lines += [f"{path.relative_to(ROOT)}: {text}" for text in found]
    return lines


def test_every_message_stands_in_the_list_that_people_read():
    assert said() == GOLDEN.read_text().splitlines(), "python tests/test_messages.py writes the list anew; read it"


def test_no_message_blames_begs_or_speaks_like_a_machine():
    assert [line for line in said() if NOT_SAID.search(re.sub(r"\{.*?\}", "", line.partition(": ")[2]))] == []


if __name__ == "__main__":
    GOLDEN.write_text("\n".join(said()) + "\n")
    sys.stdout.write(f"{len(said())} sentences\n")
