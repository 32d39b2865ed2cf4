"""The tables of docs/security, read as rows, and what of the running program they speak of."""

import ast
import re
from importlib import import_module
from pathlib import Path

from flask import Flask

ROOT = Path(__file__).resolve().parents[2]
PAPERS = ROOT / "docs/security"
CRYPTO = {"cryptography", "hashlib", "hmac", "itsdangerous", "passlib", "argon2", "secrets", "webauthn", "pyotp"}
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


def table(paper: str, head: str) -> list[list[str]]:
    """Return the rows of the table of a paper that begins with this head, each as its cells without backticks."""
    lines = (PAPERS / paper).read_text().splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(f"| {head} |"))
    rows = []
    for line in lines[first + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|")])
    return rows


def listed(cell: str) -> list[str]:
    """Return what a cell enumerates."""
    return [word for word in re.split(r",\s*", cell) if word]


def trees() -> dict[str, ast.Module]:
    """Return the syntax tree of each of our modules by its path."""
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text()) for path in sorted((ROOT / "crm").rglob("*.py"))}


def modules_with_cryptography() -> set[str]:
    """Return the modules that import something cryptographic."""
    found = set()
    for path, tree in trees().items():
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.partition(".")[0] in CRYPTO for name in names):
                found.add(path)
    return found


def entry_types() -> set[str]:
    """Return every type an entry of the journal can have."""
    return {
        node.value.value
        for path, tree in trees().items()
        if path.startswith("crm/journal/")
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and node.target.id == "type"
        and isinstance(node.value, ast.Constant)
    }


def logged_events() -> set[str]:
    """Return every name under which something is written to the structured log."""
    return {
        node.args[0].value
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in LEVELS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "log"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def running(where: str, app: Flask) -> object:
    """Return the value a limit has: `config NAME`, `setting name`, or `crm.module NAME`."""
    place, _, name = where.partition(" ")
    if place == "config":
        return app.config[name]
    if place == "setting":
        return getattr(app.extensions["handoff"].settings, name)
    value: object = import_module(place)
    for part in name.split("."):
        found = getattr(value, part)
        value = found() if isinstance(found, type) else found  # a record of defaults
    return value
