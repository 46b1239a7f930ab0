"""Running the program: with pipes, or in a pseudo-terminal."""
import os
import pty
import re
import select
import signal
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TIDEMARK = os.environ.get("TIDEMARK", str(ROOT / "build-address" / "tidemark"))
TIME_MAX = 30  # seconds that one wait may take


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS")}
    return {**kept, "HOME": os.getcwd(), "LC_ALL": "C.UTF-8", "TERM": "xterm", **more}


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __repr__(self):
        return f"exit code {self.code}\n--- stdout\n{self.out}--- stderr\n{self.err}"


def run(*arguments, stdin="", code=0, **more):
    """Runs the program to its end and checks its exit code (None: any)."""
    done = subprocess.run([TIDEMARK, *arguments], input=stdin, capture_output=True, text=True, timeout=TIME_MAX, check=False,
                          env=environment(**more))
    result = Result(done.returncode, done.stdout, done.stderr)
    assert code is None or result.code == code, f"expected exit code {code}, found {result}"
    return result


def start(*arguments, **more):
    return subprocess.Popen([TIDEMARK, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, env=environment(**more))


def finish(process):
    out, err = process.communicate(timeout=TIME_MAX)
    return Result(process.returncode, out, err)


def write(name, text):
    Path(name).write_text(text)
    return name


def same(found, expected, what="output"):
    assert found == expected, f"{what} differs\n--- expected\n{expected}\n--- found\n{found}"


def has(text, *parts):
    for part in parts:
        assert part in text, f"expected {part!r} in\n{text}"


NO_TIME = ["-D", "sql-client.display.print-time-cost=false"]

# Rows that come and then nothing: a query on it runs until it is stopped.
ENDLESS = """CREATE TABLE endless (name STRING, n INT) WITH ('connector' = 'values', 'bounded' = 'false', 'rows' = 'ann, 1
bob, 2');
"""


class Terminal:
    """The program in a pseudo-terminal; what it writes is gathered, and waited for."""

    def __init__(self, *arguments, rows=40, columns=100, **more):
        self.seen = ""   # all of it
        self.at = 0      # what expect has looked at
        self.process, self.fd = pty.fork()
        if self.process == 0:
            os.execve(TIDEMARK, [TIDEMARK, *arguments], environment(**more))
        import fcntl
        import struct
        import termios
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _read(self, seconds):
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.seen += data.decode(errors="replace")
        return bool(data)

    def expect(self, pattern, seconds=TIME_MAX):
        """Waits until the pattern comes behind what was found before; returns the match."""
        deadline = time.monotonic() + seconds
        while True:
            match = re.search(pattern, self.seen[self.at:])
            if match:
                self.at += match.end()
                return match
            left = deadline - time.monotonic()
            assert left > 0, f"{pattern!r} does not come; since then:\n{self.seen[self.at:]!r}"
            if not self._read(min(left, 0.2)) and self._has_ended():
                while self._read(0):
                    pass
                assert re.search(pattern, self.seen[self.at:]), f"ended without {pattern!r}:\n{self.seen[self.at:]!r}"

    def _has_ended(self):
        return os.waitid(os.P_PID, self.process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def type(self, text):
        os.write(self.fd, text.encode())

    def enter(self, line):
        self.type(line + "\r")

    def prompt(self):
        self.expect(r"tidemark> ")

    def continuation(self):
        self.expect(r"\n(\x1b\[\?2004.)*> ")

    def close(self):
        """Waits for the end; the exit code."""
        deadline = time.monotonic() + TIME_MAX
        while not self._has_ended():
            self._read(0.1)
            if time.monotonic() > deadline:
                os.kill(self.process, signal.SIGKILL)
                raise AssertionError(f"it does not end:\n{self.seen[-2000:]!r}")
        while self._read(0):
            pass
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])
