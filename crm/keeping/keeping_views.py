"""What pages say of backups: what is missing after a restore, what is wrong, and why nothing can be saved."""

from dataclasses import replace

from flask import Blueprint, g, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import update

from crm.console import settings
from crm.db import DAMAGED, Damaged, db
from crm.keeping import queries
from crm.keeping.models import KeepingRun, Kind
from crm.keeping.standing import Standing
from crm.web import commit

bp = Blueprint("keeping", __name__)


def safety() -> Standing:
    """Return what a page says of the data as a whole."""
    told = queries.safety(g.practice, g.now)
    if (settings().data_dir / DAMAGED).exists():
        return replace(told, warning="The database is damaged and nothing can be saved: whoever runs this machine "
                       "has to bring a backup back. flask doctor says how.")  # fmt: skip
    return told


@bp.post("/restored/read")
def read_restored() -> ResponseReturnValue:
    db.session.execute(
        update(KeepingRun).where(KeepingRun.kind == Kind.RESTORE, KeepingRun.seen_at.is_(None)).values(seen_at=g.now)
    )
    commit()
    return redirect(url_for("outreach.today"), 303)


@bp.app_errorhandler(Damaged)
def on_damaged(_error: Damaged) -> ResponseReturnValue:
    """Answer where a damaged database must not be written to."""
    db.session.rollback()
    page = render_template(
        "error.html",
        status=503,
        title="The database is damaged",
        text="Nothing was saved, and nothing will be, so that what is left can still be saved. Whoever runs this "
        "machine: stop the desk, take the newest backup, and run: flask restore FILE --into NEW-FOLDER. Then start "
        f"the desk on that folder. Backups lie in {settings().backup_path}; flask doctor says more.",
        request_id=g.get("request_id", ""),
    )
    return make_response(page, 503)
