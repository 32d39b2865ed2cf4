"""Row 60: rules that no line of the product breaks, ruff's and our own, each shown to bite."""

import subprocess
import sys
from functools import cache

import pytest
import static_rules
from static_rules import EXCEPTIONS, ROOT, RULES, Source

CHECK = (sys.executable, "-m", "ruff", "check", "--no-cache")
BY_NAME = {rule.name: rule for rule in RULES}
SEEDS = [
    pytest.param(rule, path, content, id=f"{rule.name}: {content.strip().splitlines()[-1]}")
    for rule in RULES
    for path, content in rule.seeds
]
RUFF = {
    "S102": "exec(x)",
    "S108": 'x = "/tmp/handoff"',
    "S110": "try:\n    x()\nexcept Exception:\n    pass",
    "S113": "import requests\nrequests.get(x)",
    "S202": "import tarfile\ntarfile.open(x).extractall()",
    "S301": "import pickle\npickle.loads(x)",
    "S302": "import marshal\nmarshal.loads(x)",
    "S306": "import tempfile\ntempfile.mktemp()",
    "S307": "eval(x)",
    "S311": "import random\nx = random.random()",
    "S314": "import xml.etree.ElementTree as E\nE.fromstring(x)",
    "S321": "import ftplib\nftplib.FTP(x)",
    "S324": "import hashlib\nhashlib.md5(x)",
    "S501": "import requests\nrequests.get(x, verify=False, timeout=1)",
    "S506": "import yaml\nyaml.load(x)",
    "S602": "import subprocess\nsubprocess.run(x, shell=True)",
    "S605": "import os\nos.system(x)",
    "S608": 'x = f"SELECT * FROM client WHERE id = {y}"',
    "S701": "import jinja2\njinja2.Environment(autoescape=False)",
    "S704": "from markupsafe import Markup\nMarkup(x)",
    "S101": "assert x",
    "S105": 'password = "hunter2hunter2"',
    "S201": "from flask import Flask\napp = Flask(x)\napp.run(debug=True)",
    "S323": "import ssl\nssl._create_unverified_context()",
}


@cache
def product() -> tuple[Source, ...]:
    return tuple(static_rules.product())


@pytest.mark.parametrize(("rule", "path", "content"), SEEDS)
def test_row_60_every_rule_bites_on_a_bad_line(rule, path, content):
    assert static_rules.found_by(rule, Source.of(path, content))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_row_60_the_product_keeps_every_rule(rule):
    assert [found for source in product() for found in static_rules.found_by(rule, source)] == []


def test_row_60_every_exception_has_a_reason_and_still_excuses_something():
    needless = []
    for key, reason in EXCEPTIONS.items():
        lines = [
            source.text.splitlines()[number - 1]
            for source in product()
            if source.path == key[1]
            for number in BY_NAME[key[0]].find(source)
        ]
        if not any(key[2] in line for line in lines) or len(reason) < 15:
            needless.append(key)
    assert needless == []


def test_row_60_the_rules_look_at_the_whole_product():
    paths = {source.path for source in product()}
    assert {
        "app.py",
        "crm/web.py",
        "crm/templates/layout.html",
        "crm/static/js/requests.js",
        "scripts/audit.py",
    } <= paths
    assert len([path for path in paths if path.endswith(".py")]) > 300


def ruff(content: str, name: str) -> set[str]:
    done = subprocess.run(
        [*CHECK, "--output-format", "concise", "--stdin-filename", name, "-"],
        input=f'"""A file."""\n\n{content}\n', capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    return {word for line in done.stdout.splitlines() for word in line.split() if word in RUFF}


def test_row_60_ruff_bites_with_the_config_of_the_project():
    deaf = {code for code, content in RUFF.items() if code not in ruff(content, "crm/seeded.py")}
    assert deaf == set()


def test_row_60_ruff_finds_nothing_in_the_product():
    done = subprocess.run(
        [*CHECK, "--select", "S", "crm", "scripts", "migrations", "app.py"],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]


def test_row_60_no_security_rule_is_off_for_the_product():
    said = (ROOT / "pyproject.toml").read_text()
    assert '"S"' in said.partition("select = ")[2].partition("]")[0]
    ignored = said.partition("\nignore = ")[2].partition("\n]")[0]
    assert [word for word in ignored.split('"') if word[:1] == "S" and word[1:2].isdigit()] == []
    own = said.partition("per-file-ignores]")[2].partition("[tool")[0]
    assert [
        line
        for line in own.splitlines()
        if line.startswith(('"crm', '"app', '"migrations', '"scripts')) and '"S' in line
    ] == []
