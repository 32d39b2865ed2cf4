"""What the papers for people name is there: commands, settings, addresses, files, links, buttons, the two walks."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import click
import pytest
from modules import MODULES, TREES, imports_of
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from crm.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PAPERS = [*sorted(ROOT.glob("docs/**/*.md")), ROOT / "deploy/README.md", ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
ENDS_A_COMMAND = {"|", "&&", ";", ">"}
OF_THE_MACHINE = ("/etc/", "/opt/", "/var/", "/mnt/")
# Read by the program's start, by the tests and by libpq; everything else is a field of Settings.
OTHER_NAMES = {"HANDOFF_CONFIG", "HANDOFF_TEST_DATABASE"}
NOT_FOR_THE_FILE = {"data_dir", "second_factor"}  # the one says where the file lies, the other is for scripts and tests
ALIASES = {field.validation_alias or f"HANDOFF_{name.upper()}" for name, field in Settings.model_fields.items()}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


of_each_paper = pytest.mark.parametrize("paper", PAPERS, ids=name_of)


def blocks(paper: Path, *languages: str) -> list[str]:
    return [body for language, body in FENCE.findall(paper.read_text()) if language in languages]


def inline(paper: Path) -> list[str]:
    return INLINE.findall(FENCE.sub("", paper.read_text()))


def lines(paper: Path) -> Iterator[tuple[list[str], bool]]:
    """Yield each line one could type as words, and whether it stands in a block, so is whole."""
    for block in blocks(paper, "sh"):
        for line in block.splitlines():
            yield shlex.split(line, comments=True), True
    for code in inline(paper):
        if re.search(r"(^|[ /])(flask|make) ", code) and code.count('"') % 2 == 0:
            yield shlex.split(code), False


def after(words: list[str], program: str) -> list[str] | None:
    at = next((n for n, word in enumerate(words) if word == program or word.endswith(f"/{program}")), None)
    return None if at is None else list(takewhile(lambda word: word not in ENDS_A_COMMAND, words[at + 1 :]))


def trouble_with(command: click.Command, words: list[str], *, whole: bool) -> str:
    """Say what is wrong with the words behind `flask`; empty where they could be typed."""
    while isinstance(command, click.Group) and words:
        found = command.get_command(click.Context(command), words[0])
        if found is None:
            return f"no command {words[0]}"
        command, words = found, words[1:]
    if isinstance(command, click.Group) or (not words and not whole):
        return ""
    try:
        given, left, _order = command.make_parser(click.Context(command)).parse_args(list(words))
    except click.UsageError as error:
        return error.format_message()
    missing = [p.name for p in command.params if p.required and not given.get(p.name)]
    return f"too much: {left}" if left else f"missing: {missing}" if missing else ""


@of_each_paper
def test_a_command_of_a_paper_exists_with_its_options(app, paper):
    typed = [(after(words, "flask"), whole) for words, whole in lines(paper)]
    wrong = {
        " ".join(words): said
        for words, whole in typed
        if words is not None and (said := trouble_with(app.cli, words, whole=whole))
    }
    assert wrong == {}


@of_each_paper
def test_what_a_paper_makes_is_a_target_of_the_makefile(paper):
    targets = set(re.findall(r"^([\w./]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    made = {word for words, _whole in lines(paper) for word in after(words, "make") or () if "=" not in word}
    assert made <= targets


@of_each_paper
def test_a_setting_of_a_paper_is_one(paper):
    assert set(re.findall(r"\b(?:HANDOFF|MAIL)_[A-Z_]+\b", paper.read_text())) <= ALIASES | OTHER_NAMES
    for block in blocks(paper, "toml"):
        assert set(tomllib.loads(block)) <= settings_of_the_file()


def settings_of_the_file() -> set[str]:
    """Return the names the settings file may hold."""
    return {field.validation_alias or name for name, field in Settings.model_fields.items()} - NOT_FOR_THE_FILE


def test_the_example_of_the_settings_has_each_of_them():
    assert set(re.findall(r"^# (\w+) = ", (ROOT / "config/handoff.example.toml").read_text(), re.MULTILINE)) == (
        settings_of_the_file()
    )


@of_each_paper
def test_an_address_of_a_paper_is_served(app, paper):
    asked = [code.rpartition(" ") for code in inline(paper) if re.fullmatch(r"((GET|POST) )?/[\w/<>.-]+", code)]
    served, rules = app.url_map.bind("localhost"), [rule.rule for rule in app.url_map.iter_rules()]
    wrong = []
    for method, _space, address in asked:
        begins_one = address.endswith("/") and any(rule.startswith(address) for rule in rules)
        if begins_one or address.startswith(OF_THE_MACHINE):
            continue
        try:
            served.match(re.sub(r"<\w+>", "1", address), method or "GET")
        except (NotFound, MethodNotAllowed, RequestRedirect):
            wrong.append(address)
    assert wrong == []


@of_each_paper
def test_a_file_of_a_paper_is_there(paper):
    beside = {path.name for folder in (ROOT, paper.parent) for path in folder.iterdir()} - {"var"}
    named = [code for code in inline(paper) if re.fullmatch(r"[\w.*<>-]+/[\w./*<>-]*", code)]
    wrong = [
        code
        for code in named
        if code.partition("/")[0] in beside and not any(
            list(folder.glob(re.sub(r"<\w+>", "*", code).rstrip("/"))) for folder in (ROOT, paper.parent)
        )
    ]  # fmt: skip
    assert wrong == []


def anchors(paper: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", FENCE.sub("", paper.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@of_each_paper
def test_a_link_of_a_paper_leads_somewhere(paper):
    wrong = []
    for link in LINK.findall(FENCE.sub("", paper.read_text())):
        path, _mark, anchor = link.partition("#")
        target = (paper.parent / path).resolve() if path else paper
        if not target.exists() or (anchor and anchor not in anchors(target)):
            wrong.append(link)
    assert wrong == []


def test_the_list_of_papers_has_each_of_them():
    listed = {(ROOT / "docs" / link).resolve() for link in LINK.findall((ROOT / "docs/README.md").read_text())}
    assert {name_of(paper) for paper in PAPERS} - {name_of(paper) for paper in listed} == {
        "README.md",
        "docs/README.md",
    }


@pytest.mark.parametrize("name", ["first-week", "letters", "reports", "calendar", "backup"])
def test_what_a_paper_sets_in_bold_stands_on_a_page(name):
    said = [*(ROOT / "crm").rglob("*.html"), *(ROOT / "crm").rglob("*.py"), ROOT / "config/letters.toml"]
    pages = "\n".join(path.read_text() for path in said)
    own, _elsewhere, _others = (ROOT / f"docs/{name}.md").read_text().partition("## Google Calendar")
    bold = {word for words in re.findall(r"\*\*([^*]+)\*\*", own) for word in re.split(r",\s+(?=[A-Z])", words)}
    assert sorted(word for word in bold if not re.search(rf"\b{re.escape(word.rstrip('.'))}(?!\w)", pages)) == []


def descents() -> dict[str, list[str]]:
    """Return the walks of the architecture's paper: what each descent is called, and its modules in their order."""
    found: dict[str, list[str]] = {}
    title = ""
    for line in (ROOT / "docs/architecture.md").read_text().splitlines():
        if head := re.match(r"\*\*([^*]+)\*\*|## (Walk .*)", line):
            title = head[1] or head[2]
        elif step := re.match(r"\d+\. `([^`]+)\.py`", line):
            found.setdefault(title, []).append(step[1].removesuffix("/__init__").replace("/", "."))
    return found


DESCENTS = descents()


def reached_from(module: str) -> set[str]:
    seen, waiting = set(), [module]
    while waiting:
        found = {name for name, _node in imports_of(TREES[waiting.pop()]) if name in MODULES} - seen
        seen |= found
        waiting += found
    return seen


def test_the_architectures_paper_has_its_four_descents():
    assert [len(modules) for modules in DESCENTS.values()] == [18, 14, 7, 14]


@pytest.mark.parametrize("modules", DESCENTS.values(), ids=DESCENTS)
def test_a_walk_goes_down_once_and_never_back_up(modules):
    for n, module in enumerate(modules):
        assert set(modules[:n]) & reached_from(module) == set(), f"{module} goes back up"
        above = {name for upper in modules[:n] for name, _node in imports_of(TREES[upper])}
        assert n == 0 or module in above, f"nothing above imports {module}"
