"""What every process writes to standard error: one JSON object a line, ours and those of the libraries.

Only what is named at a call of ours gets in, never a form or a row. Of a library's line stands its text without the
values, which may be a path, a name or a statement; of an exception its kind and its places, never its words.
"""

import json
import logging
import sys
import threading
import warnings
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

PLACES = 12
log = structlog.get_logger()


class Lines(logging.Handler):
    """Writes what libraries log as ours is written."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; a record that cannot be written is no reason to fail."""
        told: dict[str, Any] = {"event": "library", "logger": record.name, "text": str(record.msg)[:300]}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            told |= {"kind": type(error).__name__, "where": _places(error)}
        at = datetime.fromtimestamp(record.created, UTC).isoformat()
        told |= {"level": record.levelname.lower(), "timestamp": at}
        try:
            sys.stderr.write(json.dumps(told) + "\n")
        except (OSError, ValueError):  # nobody listens any more
            return


def configure() -> None:
    """Take over every way in which a process writes about itself."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _place_of_the_error,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one, Lines)]:
        root.removeHandler(handler)
    root.addHandler(Lines())
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    warnings.showwarning = _warned  # type: ignore[assignment]
    sys.excepthook = _broken
    threading.excepthook = _broken_thread


def _place_of_the_error(_logger: object, _method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Turn an exception into its places in the code: its message may quote what a client's row says."""
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        event["where"] = _places(error)
    return event


def _places(error: BaseException) -> list[str]:
    places, step = [], error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        places.append(f"{Path(code.co_filename).name}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return places[-PLACES:]


def _warned(_message: Warning | str, category: type[Warning], filename: str, lineno: int, *_more: object) -> None:
    log.warning("warned", kind=category.__name__, where=[f"{Path(filename).name}:{lineno}"])


def _broken(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    log.critical("process_failed", kind=kind.__name__, exc_info=error)


def _broken_thread(told: threading.ExceptHookArgs) -> None:
    log.critical("thread_failed", kind=told.exc_type.__name__, exc_info=told.exc_value)
