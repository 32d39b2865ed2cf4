"""Real `flask` processes without the wait for imports: forked from a parent that has imported everything.

Started as a script it reads requests from stdin, one JSON object a line, and answers on stdout.
"""

import json
import os
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Warm:
    """The parent of `flask` processes; use in a `with` block. With `env` it makes that application beforehand too."""

    def __init__(self, env: dict[str, str] | None = None) -> None:
        self._env = env

    def __enter__(self) -> "Warm":
        self._parent = subprocess.Popen(
            [sys.executable, __file__, *(["app"] if self._env else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | (self._env or {}),
        )
        return self

    def __exit__(self, *_error: object) -> None:
        assert self._parent.stdin and self._parent.stdout
        self._parent.stdin.close()
        self._parent.wait(10)
        self._parent.stdout.close()

    def start(self, *arguments: str, env: dict[str, str], output: Path, traced: bool = False) -> int:
        """Start `flask ARGUMENTS` and return its process id; `traced`: it begins once something traces it."""
        return int(self._ask({"start": arguments, "env": env, "files": {1: str(output)}, "traced": traced}))

    def run(self, *arguments: str, env: dict[str, str], said: str = "") -> tuple[int, str, str]:
        """Run `flask ARGUMENTS`, type `said` into it, and return its exit code and what it printed on either way."""
        with TemporaryDirectory() as folder:
            files = {number: Path(folder, str(number)) for number in range(3)}
            files[0].write_text(said)
            paths = {number: str(path) for number, path in files.items()}
            code = self.wait(int(self._ask({"start": arguments, "env": env, "files": paths, "traced": False})))
            return code, files[1].read_text(), files[2].read_text()

    def wait(self, pid: int) -> int:
        """Return a process's exit code; minus nine for one that was killed."""
        return int(self._ask({"wait": pid}))

    def _ask(self, request: dict[str, Any]) -> Any:
        assert self._parent.stdin and self._parent.stdout
        self._parent.stdin.write(json.dumps(request) + "\n")
        self._parent.stdin.flush()
        return json.loads(self._parent.stdout.readline())


def _child(request: dict[str, Any], run: Any) -> None:
    for name in [n for n in os.environ if n.startswith(("HANDOFF_", "MAIL_"))]:
        del os.environ[name]
    os.environ.update(request["env"])
    time.tzset()
    files = request["files"]  # by their number, which JSON makes a text
    os.dup2(os.open(files["1"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 1)
    # A pipe that its reader has unlinked cannot be opened again: both ways out are one file unless two are named.
    os.dup2(os.open(files["2"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if "2" in files else 1, 2)
    if "0" in files:
        os.dup2(os.open(files["0"], os.O_RDONLY), 0)
        sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)  # the parent's has read ahead
    sys.argv = ["flask", "--app", "app", *request["start"]]
    if request["traced"]:
        _wait_for_a_tracer()
    code = 0
    try:
        run()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _wait_for_a_tracer() -> None:
    # Stopping instead would be simpler, but a SIGCONT that meets strace just as it attaches leaves both waiting.
    while "TracerPid:\t0\n" in Path("/proc/self/status").read_text():
        time.sleep(0.002)


def _serve() -> None:
    from flask.cli import main  # noqa: PLC0415
    from sqlalchemy.orm import configure_mappers  # noqa: PLC0415

    import crm.factory  # noqa: F401, PLC0415

    configure_mappers()
    for name in sys.argv[1:]:
        import_module(name)  # the application of the one environment all processes are to have
    for line in sys.stdin:
        request = json.loads(line)
        if "start" in request:
            pid = os.fork()
            if pid == 0:
                _child(request, main)
            print(pid, flush=True)
        else:
            _pid, status = os.waitpid(request["wait"], 0)
            print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    _serve()
