"""Faults of the machine on a running process, by strace: a kill at the n-th write, a full disk, a record of writes."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def needed() -> None:
    """Skip a test where strace is missing."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed; on Debian: apt-get install strace")


@contextmanager
def attached(pid: int, *options: str, record: Path | None = None) -> Iterator[None]:
    """Trace a process and its threads inside the block; `record` is what strace writes down.

    Skips the test where this machine lets nobody trace.
    """
    needed()
    command = ["strace", "-f", "-p", str(pid), "-o", str(record or "/dev/null"), *options]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert tracer.stderr
    first = tracer.stderr.readline()
    if "attached" not in first:
        tracer.wait(10)
        pytest.skip(f"strace may not look at a process here: {first.strip()}")
    try:
        yield
    finally:
        # Told to end it would wait for ever for a thread that was killed under it; only a record has to be finished.
        (tracer.terminate if record else tracer.kill)()
        tracer.wait(10)
        tracer.stderr.close()


def kill_at(call: str, nth: int) -> tuple[str, ...]:
    """Return the options that kill the process with SIGKILL when a thread of it begins its n-th such call."""
    return "-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={nth}"


def fail_at(call: str, error: str, when: str, file: Path | None = None) -> tuple[str, ...]:
    """Return the options that let such calls fail, on one file or all; `when` as strace says it: "3", "1+"."""
    of_file = ("-P", str(file)) if file else ()
    return *of_file, "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={when}"
