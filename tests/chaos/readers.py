"""Who looks at what the job writes: kcat, the mariadb client, and the directory as any program sees it. Each feeds a Checker."""
import os
import subprocess
import threading
import time
from pathlib import Path

from checker import Checker

KCAT = ["kcat", "-C", "-q", "-E", "-o", "beginning", "-f", "%p %o %s\n", "-X", "isolation.level=read_committed", "-X", "fetch.wait.max.ms=20"]
QUIET_S = 10
END_KEY = b"end"  # of the records that close the last windows


def committed(servers, topic):
    """A program that writes the committed records of a topic to a pipe, a line each, as they come."""
    return subprocess.Popen(["stdbuf", "-oL", *KCAT, "-b", servers, "-t", topic], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


class TopicReader(threading.Thread):
    """A reader of committed records that looks all the while. Rows are "k,low,high,count,sum,t"."""

    def __init__(self, servers, topic):
        super().__init__(daemon=True)
        self.topic, self.checker, self.offsets = topic, Checker(), {}
        self.program = committed(servers, topic)
        self.watched_ms = None   # a record that was due behind this ...
        self.seen_ms = None      # ... was first seen then
        self.start()

    def run(self):
        rest = b""
        while True:
            data = os.read(self.program.stdout.fileno(), 1 << 18)
            if not data:
                return
            now_ms = time.time() * 1000
            lines = (rest + data).split(b"\n")
            rest = lines.pop()
            for line in lines:
                self.take(line, now_ms)

    def take(self, line, now_ms):
        partition, offset, row = line.split(b" ")
        key, low, high, count, total, due_ms = row.split(b",")
        if key == END_KEY:
            return
        if int(offset) <= self.offsets.get(partition, -1):
            self.checker.wrong += 1  # the reader itself went back
        self.offsets[partition] = int(offset)
        self.checker.print_row(partition, row)
        self.checker.take(key.decode(), int(low), int(high), int(count), int(total))
        if self.watched_ms and int(due_ms) > self.watched_ms:
            self.watched_ms, self.seen_ms = None, now_ms

    def watch(self, ms):
        self.seen_ms, self.watched_ms = None, ms

    def close(self):
        self.program.kill()
        self.program.wait()


def read_all(reader, count_due):
    """Waits until a reader has so many records, or gets no more for a while."""
    rows = -1
    while reader.checker.numbers() < count_due and reader.checker.rows > rows:
        rows = reader.checker.rows
        wait_until(lambda: reader.checker.numbers() >= count_due, QUIET_S)


def read_again(servers, topic, count_due):
    """The same topic by a second reader that begins at its beginning."""
    reader = TopicReader(servers, topic)
    read_all(reader, count_due)
    time.sleep(0.3)  # what is there too often comes now
    reader.close()
    return reader.checker


class InputReader(TopicReader):
    """What the load wrote; rows are {"k":"7","n":12,"t":...}."""

    def take(self, line, now_ms):
        key, number, _ = line.split(b" ")[2][6:-1].split(b",")
        if key[:-1] != END_KEY:
            self.checker.take(key[:-1].decode(), int(number[4:]), int(number[4:]))


def wait_until(is_true, seconds, may_be=lambda: True):
    end = time.monotonic() + seconds
    while not is_true() and time.monotonic() < end and may_be():
        time.sleep(0.05)
    return is_true()


class DirectoryReader:
    """Files that a reader may see; each is read once, when it is first seen, and never changes after that. Rows are "k,n". The files
    themselves have no order, so that of keys is judged within each."""

    def __init__(self, folder):
        self.folder, self.sizes, self.numbers, self.descents = Path(folder), {}, {}, 0

    def look(self):
        for path in sorted(self.folder.glob("part-*")):
            if path.name not in self.sizes:
                data = path.read_bytes()
                self.sizes[path.name] = len(data)
                self.take(data)
        return sum(len(numbers) for numbers in self.numbers.values())

    def take(self, data):
        last = {}
        for line in data.splitlines():
            key, number = line.split(b",")
            if key == END_KEY:
                continue
            self.descents += int(number) < last.get(key, 0)
            last[key] = int(number)
            self.numbers.setdefault(key.decode(), []).append(int(number))

    def judge(self):
        self.look()
        checker = Checker()
        for key, numbers in self.numbers.items():
            for number in sorted(numbers):
                checker.take(key, number, number)
        checker.reordered += self.descents
        checker.wrong += sum(1 for name, size in self.sizes.items() if (self.folder / name).stat().st_size != size)
        return checker

    def left_over(self):
        """Hidden files that nobody will show any more."""
        return [path.name for path in self.folder.glob(".*.inprogress")]


def rows_of(database, table):
    """In the order in which they were added."""
    checker = Checker()
    for key, low, high, count, total in database.sql(f"SELECT k, low, high, n, total FROM {table} ORDER BY id"):
        checker.take(key, int(low), int(high), int(count), int(total))
    return checker
