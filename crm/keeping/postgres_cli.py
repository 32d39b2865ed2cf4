"""What the doctor looks at on the way to PostgreSQL: who may read along, and what our role may do there."""

import ipaddress
import os

from sqlalchemy import text
from sqlalchemy.engine import make_url

from crm.db import db
from crm.keeping.findings import Finding, bad, warn, well
from crm.settings import LOOPBACK, Settings

VERIFIED = "verify-full"
TOO_MUCH = text(
    "SELECT rolsuper OR has_schema_privilege(current_user, 'public', 'CREATE') FROM pg_roles"
    " WHERE rolname = current_user"
)


def way_to_database(where: Settings) -> Finding:
    """Look at how the database is reached; needs no connection.

    Between machines only `verify-full` knows who answers. A name without a dot is one of a closed network of
    containers: there it is a warning.
    """
    name, host, mode = "way to the database", *_reached(where)
    if _is_here(host):
        return well(name, "It does not leave this machine.")
    if mode == VERIFIED:
        return well(name, f"To {host} by TLS, with the certificate and the name checked.")
    tell = bad if _is_elsewhere(host) else warn
    return tell(
        name,
        f"To {host} with sslmode {mode or 'not set'}: whoever answers under that name is believed.",
        "Add ?sslmode=verify-full&sslrootcert=<file> to HANDOFF_DATABASE_URL, as deploy/README.md shows",
    )


def role() -> Finding:
    """Look at what our role may do: it needs to make no table."""
    name = "role in the database"
    with db.engine.connect() as connection:
        too_much = connection.scalar(TOO_MUCH)
    if too_much:
        return warn(
            name,
            "Pages and clock work as a role that can change tables, and so take away what keeps the journal.",
            "Make the two roles of deploy/postgres, and use `handoff` for all but `flask init`",
        )
    return well(name, "It reads and writes rows, and can change no table.")


def _reached(where: Settings) -> tuple[str, str]:
    """Return host and sslmode, as libpq takes them from the address and the environment."""
    if where.is_sqlite:
        return "", ""
    url = make_url(where.sqlalchemy_url)

    def said(key: str, variable: str) -> str:
        value = url.query.get(key, "")
        return (value if isinstance(value, str) else value[0]) or os.environ.get(variable, "")

    return url.host or said("host", "PGHOST"), said("sslmode", "PGSSLMODE")


def _is_here(host: str) -> bool:
    return not host or host.startswith("/") or host in LOOPBACK


def _is_elsewhere(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host
    return True
