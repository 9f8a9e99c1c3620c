"""Runs a server for as long as the program that asked for it lives.

Started as a file, with the server's command behind it. Its standard input is a pipe
from that program: however this ends, also by SIGKILL, the pipe closes, and the server
goes too. It prints a line when the server listens, and the server's last words when it
has ended.
"""

import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from threading import Thread

GRACE = 3.0
"""Seconds that a server has to end by itself."""

STARTED = b"Server started"
"""What LanguageTool says when it listens: only then is the port its own."""

LAST_WORDS = 50
"""Lines that are kept of what it says."""


def keep(command: list[str]) -> None:
    """Run a command until it ends or standard input closes."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as server:
        Thread(target=_stop_when_alone, args=[server], daemon=True).start()
        words: deque[bytes] = deque(maxlen=LAST_WORDS)
        for line in server.stdout or ():
            words.append(line[:500])
            if STARTED in line:
                _say([STARTED, b"\n"])
    _say(words)


def _say(lines: Iterable[bytes]) -> None:
    with suppress(OSError):
        sys.stdout.buffer.writelines(lines)
        sys.stdout.buffer.flush()


def _stop_when_alone(server: "subprocess.Popen[bytes]") -> None:
    with suppress(OSError):
        sys.stdin.buffer.read()
    server.terminate()
    try:
        server.wait(GRACE)
    except subprocess.TimeoutExpired:
        server.kill()


if __name__ == "__main__":
    # Ctrl-C is for the program; the server still answers while that tidies up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep(sys.argv[1:])
