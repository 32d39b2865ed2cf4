"""The project's own rules of safety, read off syntax trees, templates and scripts: what no line of the product may do.

A rule says which lines break it. What is right nevertheless stands in `EXCEPTIONS` with its reason.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SMTP = "crm/outreach/smtp.py"
SQL = {"text", "execute", "exec_driver_sql", "executemany", "executescript", "scalar", "scalars"}
NETWORK = ("requests", "urllib.request", "urllib3", "httpx", "aiohttp", "http.client", "ftplib", "telnetlib", "socket",
           "xmlrpc", "websockets")  # fmt: skip
LOADERS = ("pickle", "cPickle", "dill", "marshal", "shelve", "jsonpickle")


@dataclass(frozen=True)
class Source:
    """A file of the product: where it is and what it says."""

    path: str
    text: str
    tree: ast.Module | None = None
    names: dict[str, str] = field(default_factory=dict)  # what a name in it stands for: "flask.render_template"

    @classmethod
    def of(cls, path: str, text: str) -> "Source":
        """Read a file; of Python also its tree and what its imports mean."""
        if not path.endswith(".py"):
            return cls(path, text)
        tree, names = ast.parse(text), {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    whole = alias.name if alias.asname else alias.name.partition(".")[0]
                    names[alias.asname or whole] = whole
            elif isinstance(node, ast.ImportFrom):
                names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        return cls(path, text, tree, names)

    def full_name(self, node: ast.AST) -> str:
        """Return what an expression names, its imports followed: `from os import system as s; s()` is os.system."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            return f"{self.full_name(node.value)}.{node.attr}"
        return "?"

    def nodes(self, kind: type) -> Iterator[ast.AST]:
        """Yield the nodes of a kind."""
        return (node for node in ast.walk(self.tree) if isinstance(node, kind)) if self.tree else iter(())


Finder = Callable[[Source], Iterator[int]]


@dataclass(frozen=True)
class Rule:
    """What must not be, and a line that breaks it, to show that it bites: (file, content)."""

    name: str
    find: Finder
    seeds: tuple[tuple[str, str], ...]


def calls_of(*banned: str) -> Finder:
    """Find what names one of these, called or handed on; a name that ends in a dot stands for all below it."""

    def find(source: Source) -> Iterator[int]:
        for node in [*source.nodes(ast.Name), *source.nodes(ast.Attribute)]:
            name = source.full_name(node)
            if any(name == one or (one.endswith(".") and name.startswith(one)) for one in banned):
                yield node.lineno  # type: ignore[attr-defined]

    return find


def called(*banned: str) -> Finder:
    """Find a call of one of these; the name alone may stand in an annotation."""

    def find(source: Source) -> Iterator[int]:
        for node in source.nodes(ast.Call):
            if source.full_name(node.func) in banned:  # type: ignore[attr-defined]
                yield node.lineno  # type: ignore[attr-defined]

    return find


def imports_of(*banned: str, but: tuple[str, ...] = ()) -> Finder:
    """Find an import of these modules or of what is below them, outside the files named."""

    def find(source: Source) -> Iterator[int]:
        if source.path in but:
            return
        for node in [*source.nodes(ast.Import), *source.nodes(ast.ImportFrom)]:
            told = [alias.name for alias in node.names]  # type: ignore[attr-defined]
            if isinstance(node, ast.ImportFrom):
                told = [f"{node.module}.{name}" for name in told]
            if any(f"{name}.".startswith(f"{one}.") for name in told for one in banned):
                yield node.lineno  # type: ignore[attr-defined]

    return find


def keyword(name: str, *values: object) -> Finder:
    """Find a call with this keyword, with one of these constants where some are named, with any value else."""

    def find(source: Source) -> Iterator[int]:
        for node in source.nodes(ast.keyword):
            value = node.value.value if isinstance(node.value, ast.Constant) else None  # type: ignore[attr-defined]
            if node.arg == name and (not values or value in values):  # type: ignore[attr-defined]
                yield node.value.lineno  # type: ignore[attr-defined]

    return find


def matching(pattern: str, suffixes: tuple[str, ...]) -> Finder:
    """Find lines that look so in files with one of these ends."""

    def find(source: Source) -> Iterator[int]:
        if source.path.endswith(suffixes):
            for number, line in enumerate(source.text.splitlines(), 1):
                if re.search(pattern, line):
                    yield number

    return find


def both(*finders: Finder) -> Finder:
    """Find what any of these finds."""
    return lambda source: (line for find in finders for line in find(source))


def built_sql(source: Source) -> Iterator[int]:
    """Find SQL put together out of pieces: an f-string with a value, `+`, `%` or format()."""
    for node in source.nodes(ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")  # type: ignore[attr-defined]
        if called in SQL and node.args and _is_built(node.args[0]):  # type: ignore[attr-defined]
            yield node.lineno  # type: ignore[attr-defined]


def _is_built(node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(value, ast.FormattedValue) for value in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return any(isinstance(side, ast.Constant | ast.JoinedStr | ast.BinOp) for side in (node.left, node.right))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"format", "join"}:
        return isinstance(node.func.value, ast.Constant)
    return isinstance(node, ast.Call) and bool(node.args) and _is_built(node.args[0])


def unscoped(source: Source) -> Iterator[int]:
    """Find, in what answers a request, a row fetched by its number alone: another practice's has one too."""
    if not re.search(r"(^|/|_)views\.py$", source.path):
        return
    for node in source.nodes(ast.Attribute):
        said = ast.unparse(node.value)  # type: ignore[attr-defined]
        if node.attr in {"get", "get_one"} and (said.endswith(("session", "session()", ".query")) or ".query(" in said):  # type: ignore[attr-defined]
            yield node.lineno  # type: ignore[attr-defined]


def asserts(source: Source) -> Iterator[int]:
    """Find an assert that decides something: `python -O` leaves it out. To tell the type checker is all it may do."""
    for node in source.nodes(ast.Assert):
        said = ast.unparse(node.test)  # type: ignore[attr-defined]
        if not re.fullmatch(r"isinstance\([\w.]+, [\w. |]+\)|[\w.]+ is not None", said):
            yield node.lineno  # type: ignore[attr-defined]


def bare_mail(source: Source) -> Iterator[int]:
    """Find smtplib connected outside our own client, and TLS begun without a context that checks the certificate."""
    for node in source.nodes(ast.Call):
        name, told = source.full_name(node.func), {one.arg for one in node.keywords}  # type: ignore[attr-defined]
        if name in {"smtplib.SMTP", "smtplib.SMTP_SSL", "smtplib.LMTP"}:
            yield node.lineno  # type: ignore[attr-defined]
        if name.endswith(".starttls") and "context" not in told:
            yield node.lineno  # type: ignore[attr-defined]


def unreasoned(source: Source) -> Iterator[int]:
    """Find a security check of ruff that is switched off without a reason, and one that switches all of them off."""
    for number, line in enumerate(source.text.splitlines(), 1):
        if not source.path.endswith(".py") or not (found := re.search(r"#\s*(?:ruff:\s*)?noqa(?::\s*(.*))?$", line)):
            continue
        codes, _, reason = (found[1] or "").partition(" - ")
        if not codes or (re.search(r"\bS\d", codes) and len(reason.strip()) < 6):
            yield number


PY, HTML, JS = "crm/x/y.py", "crm/templates/x.html", "crm/static/js/x.js"


def seed(*lines: str, path: str = PY) -> tuple[tuple[str, str], ...]:
    return tuple((path, f"{line}\n") for line in lines)


RULES = (
    Rule(
        "no text is passed by as safe",
        both(
            matching(r"\|\s*safe\b|\bautoescape\s+(false|off)|\bMarkup\(", (".html", ".txt", ".svg", ".xml")),
            called("markupsafe.Markup", "flask.Markup", "jinja2.filters.do_mark_safe"),
            keyword("autoescape", False),
        ),
        (
            *seed("{{ note|safe }}", "{{ note | safe }}", "{% autoescape false %}", path=HTML),
            *seed(
                "from markupsafe import Markup\nx = Markup(note)",
                "import markupsafe as m\nx = m.Markup(note)",
                "x = Environment(autoescape=False)",
            ),
        ),
    ),
    Rule(
        "nothing is run that was read",
        calls_of("eval", "exec", "compile", "__import__", "builtins.eval"),
        seed("eval(x)", "exec(x)", "compile(x, 'a', 'exec')", "__import__(x)", "run = eval"),
    ),
    Rule(
        "nothing is unpacked that can run",
        both(
            imports_of(*LOADERS),
            calls_of("yaml.load", "yaml.unsafe_load", "yaml.full_load", "yaml.load_all"),
        ),
        seed(
            "import pickle",
            "from pickle import loads",
            "import marshal",
            "import shelve",
            "import yaml\nyaml.load(x)",
            "from yaml import load\nload(x)",
        ),
    ),
    Rule(
        "no other program is started",
        both(
            imports_of("subprocess", "pty", "commands"),
            calls_of(
                "os.system",
                "os.popen",
                "os.exec",
                "os.spawn",
                "os.execv",
                "os.execvp",
                "os.spawnv",
                "asyncio.create_subprocess_shell",
            ),
            keyword("shell", True),
        ),
        seed("import subprocess", "import os\nos.system(x)", "from os import popen\npopen(x)", "run(x, shell=True)"),
    ),
    Rule(
        "no template is made of text",
        both(
            calls_of(
                "flask.render_template_string", "flask.stream_template_string", "jinja2.Template", "jinja2.Environment"
            ),
            matching(r"\.from_string\(", (".py",)),
        ),
        seed(
            "from flask import render_template_string as r\nr(x)",
            "import jinja2\njinja2.Template(x)",
            "app.jinja_env.from_string(x)",
        ),
    ),
    Rule(
        "mail leaves through our own client, with a certificate checked",
        both(
            bare_mail,
            calls_of("ssl._create_unverified_context", "ssl.CERT_NONE", "ssl.CERT_OPTIONAL"),
            keyword("verify", False),
            matching(r"check_hostname\s*=\s*False", (".py",)),
        ),
        seed(
            "import smtplib\nsmtplib.SMTP('h')",
            "from smtplib import SMTP_SSL\nSMTP_SSL('h')",
            "client.starttls()",
            "import ssl\nssl._create_unverified_context()",
            "import ssl\nc.verify_mode = ssl.CERT_NONE",
            "get(x, verify=False)",
            "c.check_hostname = False",
        ),
    ),
    Rule(
        "the product asks no other machine",
        imports_of(*NETWORK, but=(SMTP,)),
        seed(
            "import requests",
            "from urllib.request import urlopen",
            "from urllib import request",
            "import httpx",
            "import socket",
            "from http import client",
            "from http.client import HTTPConnection",
        ),
    ),
    Rule(
        "the clock keeps its jobs in memory",
        both(
            imports_of("apscheduler.jobstores"),
            keyword("jobstores"),
            keyword("jobstore"),
            imports_of("apscheduler", but=("crm/outreach/worker.py",)),
        ),
        seed(
            "from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore",
            "BackgroundScheduler(jobstores=x)",
            "import apscheduler",
        ),
    ),
    Rule(
        "no address comes from the Host header",
        both(
            keyword("_external", True),
            matching(r"_external\s*=|request\.(host|url|base_url|url_root|host_url)\b", (".html", ".txt", ".py")),
        ),
        (
            *seed("url_for('x', _external=True)", "x = request.host_url", "x = request.url_root"),
            *seed("{{ url_for('x', _external=true) }}", "{{ request.base_url }}", path=HTML),
        ),
    ),
    Rule(
        "a page fetches rows of its own practice",
        unscoped,
        seed(
            "db.session.get(Client, 1)",
            "db.session().get(Client, 1)",
            "Client.query.get(1)",
            "db.session.query(Client).get(1)",
            "db.session.get_one(Client, 1)",
            path="crm/x/views.py",
        ),
    ),
    Rule(
        "SQL is never put together",
        built_sql,
        seed(
            'text(f"SELECT {x}")',
            'c.execute("SELECT " + x)',
            'c.execute("SELECT %s" % x)',
            'c.exec_driver_sql("SELECT {}".format(x))',
            's.execute(text(f"DELETE {x}"))',
            'c.executescript(f"{x}")',
        ),
    ),
    Rule(
        "chance that protects comes from secrets",
        both(
            imports_of("random"),
            calls_of("uuid.uuid1", "uuid.getnode"),
        ),
        seed("import random", "from random import choice", "import uuid\nuuid.uuid1()"),
    ),
    Rule(
        "no broken digest",
        both(
            calls_of(
                "hashlib.md5",
                "hashlib.sha1",
                "hashes.MD5",
                "hashes.SHA1",
                "cryptography.hazmat.primitives.hashes.MD5",
                "cryptography.hazmat.primitives.hashes.SHA1",
            ),
            matching(r"hashlib\.new\(", (".py",)),
            imports_of("crypt"),
        ),
        seed(
            "import hashlib\nhashlib.md5(x)",
            "from hashlib import sha1\nsha1(x)",
            "import hashlib\nhashlib.new('md5')",
            "from cryptography.hazmat.primitives import hashes\nhashes.SHA1()",
        ),
    ),
    Rule(
        "no cipher without a seal",
        both(
            imports_of("Crypto", "Cryptodome"),
            calls_of(
                *(
                    f"cryptography.hazmat.primitives.ciphers.modes.{mode}"
                    for mode in ("ECB", "CBC", "CTR", "CFB", "OFB")
                )
            ),
        ),
        seed("from Crypto.Cipher import AES", "from cryptography.hazmat.primitives.ciphers import modes\nmodes.ECB()"),
    ),
    Rule(
        "files of passing use have no name to guess",
        calls_of("tempfile.mktemp", "os.tempnam"),
        seed("import tempfile\ntempfile.mktemp()", "from tempfile import mktemp\nmktemp()"),
    ),
    Rule(
        "an assert decides nothing", asserts, seed("assert user.is_owner", "assert x == 1, 'no'", "assert len(x) < 3")
    ),
    Rule(
        "nothing is debugged in front of people",
        both(
            keyword("debug", True),
            matching(
                r"FLASK_DEBUG|FLASK_ENV|set_trace\(|\bbreakpoint\(", (".py", ".toml", ".service", "Dockerfile", ".yml")
            ),
        ),
        (
            *seed("app.run(debug=True)", "x = os.environ['FLASK_DEBUG']", "breakpoint()"),
            *seed("ENV FLASK_DEBUG=1", path="deploy/Dockerfile"),
        ),
    ),
    Rule(
        "no archive is unpacked where it says itself",
        calls_of("shutil.unpack_archive", "tarfile.open", "zipfile.ZipFile.extractall"),
        seed("import shutil\nshutil.unpack_archive(x)", "import tarfile\ntarfile.open(x)"),
    ),
    Rule(
        "XML is not read with entities",
        imports_of("xml", "lxml"),
        seed("import xml.etree.ElementTree", "from lxml import etree"),
    ),
    Rule(
        "scripts make no page of text",
        matching(
            r"\.(inner|outer)HTML\b\s*[+=]|insertAdjacentHTML|document\.write|\beval\(|new Function|"
            r"setTimeout\(\s*[\"'`]|"
            r"createContextualFragment|\.srcdoc\b|javascript:",
            (".js", ".html"),
        ),
        (
            *seed(
                "a.innerHTML = x;",
                "a.outerHTML += x;",
                "a.insertAdjacentHTML('x', y);",
                "document.write(x);",
                "eval(x);",
                "new Function(x);",
                "setTimeout('x', 1);",
                "a.srcdoc = x;",
                path=JS,
            ),
            *seed('<a href="javascript:x">', path=HTML),
        ),
    ),
    Rule(
        "a switched-off check says why",
        unreasoned,
        seed(
            "x = 1  # noqa",
            "x = 1  # noqa: S608",
            "x = 1  # noqa: S608, E501",
            "x = 1  # noqa: S608 - ok",
            "# ruff: noqa",
        ),
    ),
)

HOST, SCOPE = "no address comes from the Host header", "a page fetches rows of its own practice"
DEBUG = "nothing is debugged in front of people"
PIECES, DRAWN = "SQL is never put together", "a drawing of ours; every text in it is escaped where it is drawn"
# rule, file, what the line holds -> why it is right. One that excuses nothing any more is found by the test.
EXCEPTIONS: dict[tuple[str, str, str], str] = {
    ("no text is passed by as safe", "crm/clients/chart_views.py", "chart.trend_svg("): DRAWN,
    ("no text is passed by as safe", "crm/clients/chart_views.py", "chart.before_after_svg("): DRAWN,
    ("no text is passed by as safe", "crm/clients/chart_views.py", "chart.sparkline_svg("): DRAWN,
    (
        "no other program is started",
        "scripts/audit.py",
        "import subprocess",
    ): "runs pip-audit and npm with its own words",
    (
        "no other program is started",
        "scripts/without_guards.py",
        "import subprocess",
    ): "runs pytest in a copy of the tree",
    (
        DEBUG,
        "crm/settings.py",
        'os.environ.get("FLASK_DEBUG"',
    ): "looks for it, to refuse to start where others can come",
    (DEBUG, "crm/settings.py", "FLASK_DEBUG: it shows the inside"): "the words of that refusal",
    (HOST, "crm/front_door.py", 'urlsplit(f"//{request.host}").hostname'): "compares it with the base address, no link",
    (HOST, "crm/front_door.py", "parts.netloc == request.host"): "compares an Origin with it, makes no link of it",
    (HOST, "crm/outreach/probe_views.py", "request.host"): "asks whether the caller is on this machine, makes no link",
    (SCOPE, "crm/journal/access_views.py", "Practice, practice_id"): "the practice of the one who is signed in",
    (
        SCOPE,
        "crm/outreach/feed_views.py",
        "Practice, info.practice_id",
    ): "the practice whose secret address was asked for",
    (SCOPE, "crm/accounts/setup_views.py", "link.user_id"): "the link that names the person is the secret itself",
    (SCOPE, "crm/outreach/action_views.py", "link.user_id"): "the signature over the link is checked below",
    (SCOPE, "crm/outreach/action_views.py", "hash_of(token)"): "the key is the digest of the token itself",
    (SCOPE, "crm/outreach/action_views.py", "used.entry_seq"): "the number comes from the use of this very token",
    (
        SCOPE,
        "crm/outreach/action_views.py",
        "Practice, user.practice_id",
    ): "the practice of the one who was sent the link",
    (
        SCOPE,
        "crm/outreach/digest_views.py",
        "Practice, user.practice_id",
    ): "the practice of the one who was sent the link",
    (SCOPE, "crm/outreach/digest_views.py", "User, user_id"): "the number comes out of a signed token",
    (
        SCOPE,
        "crm/outreach/task_views.py",
        "entry.client_id",
    ): "the entry was fetched by its practice and names its client",
    (PIECES, "crm/db.py", "{LONGEST_JOB}"): "a constant of ours; SET takes no parameters",
    (PIECES, "crm/db.py", "PRAGMA {name}={value}"): "constants of ours; PRAGMA takes no parameters",
    (PIECES, "crm/db.py", "{APPLICATION_ID}"): "a constant of ours; PRAGMA takes no parameters",
    (PIECES, "crm/keeping/care_jobs.py", "{PATIENCE_MS}"): "a constant of ours; PRAGMA takes no parameters",
    (PIECES, "crm/keeping/care_jobs.py", "'integrity_check' if thorough"): "one of two words of ours",
    (PIECES, "crm/keeping/copying.py", '"{table}"'): "names out of the schema of the copy, quoted",
    (PIECES, "crm/keeping/doctor_cli.py", "PRAGMA {name}"): "constants of ours; PRAGMA takes no parameters",
    (PIECES, "migrations/versions/20261124_0015_journal_chain_and_choices.py", "op.execute("): "two words of ours",
    (
        "chance that protects comes from secrets",
        "crm/keys_cli.py",
        "import random",
    ): "chooses what to ask, protects nothing",
}


def product() -> list[Source]:
    """Return every file of the product that rules speak of."""
    own = [*(ROOT / "crm").rglob("*"), *(ROOT / "migrations").rglob("*.py"), *(ROOT / "scripts").glob("*.py"),
           *(ROOT / "deploy").rglob("*"), ROOT / "app.py"]  # fmt: skip
    kept = {".py", ".html", ".txt", ".svg", ".js", ".service", ".yml", ".toml", ""}
    return [
        Source.of(str(path.relative_to(ROOT)), path.read_text())
        for path in sorted(own)
        if path.is_file() and path.suffix in kept and not {"vendor", "fonts", "__pycache__"} & set(path.parts)
    ]


def found_by(rule: Rule, source: Source) -> list[tuple[str, str]]:
    """Return where a file breaks a rule: (path, the line), with what is excused left out."""
    lines = source.text.splitlines()
    told = [(source.path, lines[number - 1].strip()) for number in sorted(set(rule.find(source)))]
    return [(path, line) for path, line in told if not any(excuses(key, rule, path, line) for key in EXCEPTIONS)]


def excuses(key: tuple[str, str, str], rule: Rule, path: str, line: str) -> bool:
    """Say whether an exception speaks of this line."""
    return key[0] == rule.name and key[1] == path and key[2] in line
