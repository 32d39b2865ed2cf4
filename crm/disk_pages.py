"""What a page says when the disk is full, cannot be written, or the database is held by somebody else."""

import errno

import structlog
from flask import Flask, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from crm.db import Trouble, db, trouble_of
from crm.web import error_page, on_busy, on_crash

log = structlog.get_logger()

FULL = {errno.ENOSPC, errno.EDQUOT}
CLOSED = {errno.EROFS, errno.EACCES, errno.EPERM}
READ_ONLY = (
    "The data folder cannot be written",
    "Nothing of this was saved. Give the desk’s user the right to write in its data folder, or see why the disk is "
    "mounted read-only; then send it again.",
)


def install(app: Flask) -> None:
    """Give the application these pages."""
    app.register_error_handler(OperationalError, _on_database)
    app.register_error_handler(OSError, _on_file)


def _on_database(error: OperationalError) -> ResponseReturnValue:
    trouble = trouble_of(error)
    return on_busy(error) if trouble is Trouble.LOCKED else _on_disk(error, trouble)


def _on_file(error: OSError) -> ResponseReturnValue:
    """A file beside the database, such as that of the writers' lock."""
    full, closed = error.errno in FULL, error.errno in CLOSED
    return _on_disk(error, Trouble.FULL if full else Trouble.READ_ONLY if closed else Trouble.OTHER)


def _on_disk(error: Exception, trouble: Trouble) -> ResponseReturnValue:
    if trouble is Trouble.OTHER:
        return on_crash(error)
    db.session.rollback()
    log.error("disk", id=g.get("request_id"), endpoint=request.endpoint, trouble=trouble.value, exc_info=error)
    if trouble is Trouble.FULL:
        return error_page(507)
    title, words = READ_ONLY
    return error_page(503, words, title)
