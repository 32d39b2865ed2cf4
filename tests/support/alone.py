"""A process in a network of its own: it reaches itself over the loopback and nothing else.

Started as a script it brings the loopback up and becomes the command that follows.
"""

import fcntl
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest

UNSHARE = ("unshare", "--user", "--map-root-user", "--net")
SIOCSIFFLAGS, UP_AND_RUNNING = 0x8914, 0x1 | 0x40


def run(*command: str, cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command without a network. Skips the test where this machine lets nobody make one of their own."""
    if subprocess.run([*UNSHARE, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine gives no network of one's own: unshare --user --net fails")
    return subprocess.run(
        [*UNSHARE, sys.executable, __file__, *command], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )


if __name__ == "__main__":
    with socket.socket() as sock:
        fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", UP_AND_RUNNING))
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - what the test named
