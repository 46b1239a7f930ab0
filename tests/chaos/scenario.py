"""A job that is killed again and again: its SQL, the process, the load before it, the readers behind it, and the verdict at the end."""
import os
import random
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from checker import Checker, due_of
from readers import DirectoryReader, InputReader, TopicReader, read_again, read_all, rows_of, wait_until
from servers import PARTITIONS, ROOT

FUTURE_MS = 3600_000  # of the records that close the last windows

SQL = """SET 'execution.checkpointing.interval' = '{interval_ms} ms';
SET 'parallelism.default' = '{parallelism}';
SET 'table.exec.sink.require-on-conflict' = 'false';
CREATE TABLE records (k STRING, n BIGINT, t BIGINT, ts AS TO_TIMESTAMP_LTZ(t, 3), WATERMARK FOR ts AS ts - INTERVAL '0.001' SECOND) WITH (
  'connector' = 'kafka', 'topic' = '{name}-in', 'properties.bootstrap.servers' = '{servers}', 'scan.startup.mode' = 'earliest-offset',
  'format' = 'json');
CREATE VIEW windows AS
SELECT k, MIN(n) AS low, MAX(n) AS high, COUNT(*) AS n, SUM(n) AS total, MAX(t) AS t
FROM TABLE(TUMBLE(TABLE records, DESCRIPTOR(ts), INTERVAL '{window_s}' SECOND)) GROUP BY k, window_start, window_end;
"""
KAFKA_TABLE = """CREATE TABLE {table} (k STRING, low BIGINT, high BIGINT, n BIGINT, total BIGINT, t BIGINT) WITH (
  'connector' = 'kafka', 'topic' = '{name}-{table}', 'properties.bootstrap.servers' = '{servers}', 'key.format' = 'raw', 'key.fields' = 'k',
  'format' = 'csv', 'sink.delivery-guarantee' = '{guarantee}', 'sink.transactional-id-prefix' = '{name}-{table}');
"""
MYSQL_TABLE = """CREATE TABLE {table} ({columns}) WITH ('connector' = 'jdbc', 'url' = '{url}', 'username' = '{user}', 'password' = '{password}',
  'table-name' = '{name}_{table}', 'sink.delivery-guarantee' = '{guarantee}');
"""
FILES_TABLE = """CREATE TABLE files (k STRING, n BIGINT) WITH ('connector' = 'filesystem', 'path' = '{folder}/files', 'format' = 'csv',
  'sink.rolling-policy.file-size' = '{file_size}');
"""
STATE_TABLES = """CREATE TABLE kept (b BIGINT) WITH (
  'connector' = 'kafka', 'topic' = '{name}-state', 'properties.bootstrap.servers' = '{servers}', 'scan.startup.mode' = 'earliest-offset',
  'format' = 'json');
CREATE TABLE nothing (b BIGINT, n BIGINT, total BIGINT) WITH ('connector' = 'blackhole');
"""
INSERTS = {
    "passed": "INSERT INTO passed SELECT k, n, n, 1, n, t FROM records;",
    "windowed": "INSERT INTO windowed SELECT * FROM windows;",
    "added": "INSERT INTO added SELECT k, low, high, n, total FROM windows;",
    "latest": "INSERT INTO latest SELECT k, high FROM windows;",
    "files": "INSERT INTO files SELECT k, n FROM records;",
    "state": "INSERT INTO nothing SELECT b, COUNT(*), SUM(b) FROM kept GROUP BY b;",
}
TOPICS, TABLES = ("passed", "windowed"), ("added", "latest")
SINKS = ("passed", "windowed", "added", "latest", "files")


def steps():
    """All named points of checkpoint and commit, from the sources."""
    found = []
    for folder in ("runtime", "connectors"):
        for path in sorted((ROOT / folder).rglob("*.c")):
            found += re.findall(r'env_step\("([a-z_.]+)"\)', path.read_text(encoding="utf-8"))
    return found


@dataclass
class Options:
    rate: int = 4000
    keys: int = 100
    interval_ms: int = 200
    window_s: float = 0.2
    parallelism: int = 2
    sinks: tuple = SINKS
    guarantee: str = "exactly-once"
    program: str = os.environ.get("TIDEMARK", str(ROOT / "build/tidemark"))
    environment: dict = field(default_factory=dict)
    supervise: bool = False
    state_rows: int = 0
    file_size: str = "8kb"


class Stopped(Exception):
    """The job ended although nobody killed it."""


class Scenario:
    def __init__(self, name, folder, broker, database, options):
        self.name, self.broker, self.database, self.options = name, broker, database, options
        self.folder = Path(folder) / name
        self.folder.mkdir()
        self.topics = [table for table in TOPICS if table in options.sinks]
        self.tables = [table for table in TABLES if table in options.sinks]
        self.process, self.load, self.sender, self.readers, self.recoveries = None, None, None, {}, []
        self.kills = {"job": 0, "broker": 0, "database": 0}
        self.unmet = []          # named points that were not reached
        self.killed_ms = None    # the job died then and no new row of it was seen since
        self.records = 0

    # ---- begin

    def begin(self):
        self.broker.create([f"{self.name}-{topic}" for topic in ["in", *self.topics, *(["state"] if self.options.state_rows else [])]])
        for table in self.tables:
            columns = "k VARCHAR(16) PRIMARY KEY, n BIGINT" if table == "latest" else \
                "id BIGINT AUTO_INCREMENT PRIMARY KEY, k VARCHAR(16), low BIGINT, high BIGINT, n BIGINT, total BIGINT"
            self.database.sql(f"CREATE TABLE {self.name}_{table} ({columns})")
        (self.folder / "job.sql").write_text(self.script())
        self.files = DirectoryReader(self.folder / "files")
        self.begin_load()
        self.readers = {topic: TopicReader(self.broker.servers, f"{self.name}-{topic}") for topic in self.topics}

    def script(self):
        facts = {**vars(self.options), "name": self.name, "servers": self.broker.servers, "folder": self.folder}
        text = SQL.format(**facts) + "".join(KAFKA_TABLE.format(table=topic, **facts) for topic in self.topics)
        for table in self.tables:
            columns = "k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED" if table == "latest" else \
                "k STRING, low BIGINT, high BIGINT, n BIGINT, total BIGINT"
            text += MYSQL_TABLE.format(table=table, columns=columns, url=self.database.url, user=self.database.user,
                                       password=self.database.password, **facts)
        if "files" in self.options.sinks:
            text += FILES_TABLE.format(**facts)
        if self.options.state_rows:
            text += STATE_TABLES.format(**facts)
        inserts = [INSERTS[sink] for sink in (*self.options.sinks, *(["state"] if self.options.state_rows else []))]
        return text + "BEGIN STATEMENT SET;\n" + "\n".join(inserts) + "\nEND;\n"

    def begin_load(self):
        self.count_file = self.folder / "load.count"
        self.load = subprocess.Popen([sys.executable, ROOT / "tests/chaos/load.py", str(self.options.rate), str(self.options.keys),
                                      self.count_file], stdout=subprocess.PIPE)
        self.sender = subprocess.Popen(["kcat", "-b", self.broker.servers, "-P", "-E", "-t", f"{self.name}-in", "-K", "|",
                                        "-X", "enable.idempotence=true", "-X", "linger.ms=5", "-X", "queue.buffering.max.messages=1000000"],
                                       stdin=self.load.stdout, stderr=subprocess.DEVNULL)
        self.load.stdout.close()

    def fill_state(self):
        """Starts the job and lets it read a record for each of state_rows keys; their states are in a checkpoint then."""
        numbers = "".join(f'{{"b":{i}}}\n' for i in range(self.options.state_rows))
        subprocess.run(["kcat", "-b", self.broker.servers, "-P", "-t", f"{self.name}-state", "-X", "linger.ms=50", "-X",
                        "batch.num.messages=10000"], input=numbers.encode(), check=True, timeout=600)
        self.start()
        before = -1
        while self.state_size() < max(self.options.state_rows * 16, before * 1.02):
            before = self.state_size()
            time.sleep(1 + 2 * self.options.interval_ms / 1000)
            self.check_alive()

    def state_size(self):
        """Bytes on disk; keys and states are stored without the room that their table has in memory."""
        return sum(path.stat().st_size for path in self.folder.glob("state/**/epoch-*"))

    # ---- the job

    def start(self, kill_at=None):
        environment = {**os.environ, **self.options.environment, **({"TIDE_KILL_AT": kill_at} if kill_at else {})}
        command = [self.options.program, "run", "--no-progress", "--state-dir", str(self.folder / "state"), str(self.folder / "job.sql")]
        if self.options.supervise:
            command.insert(2, "--supervise")
        with open(self.folder / "job.out", "ab") as out:
            self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out)

    def last_words(self):
        lines = (self.folder / "job.out").read_text(errors="replace").splitlines()
        return "\n".join(lines[-6:])

    def check_alive(self):
        if self.process.poll() is not None:
            raise Stopped(f"exit code {self.process.returncode}: {self.last_words()}")

    def worker(self):
        """The process that does the work: the supervisor's child, if there is one."""
        if not self.options.supervise:
            return self.process.pid
        children = []
        wait_until(lambda: children.extend(Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()) or children, 15)
        return int(children[0])

    def died(self):
        """It was killed just now."""
        self.kills["job"] += 1
        self.note_recovery()
        self.killed_ms = time.time() * 1000
        for reader in self.readers.values():
            reader.watch(self.killed_ms)

    def note_recovery(self):
        """From the last kill to the first row that only the process behind it can have committed; not when it did not live to see one."""
        seen = [reader.seen_ms for reader in self.readers.values() if reader.seen_ms]
        if self.killed_ms and seen:
            self.recoveries.append(min(seen) - self.killed_ms)
        self.killed_ms = None

    def kill_at_step(self, step, passing):
        """At the named point, when it comes there for the passing-th time; else later, and the point counts as unmet."""
        if self.process and self.process.poll() is None:  # it has outlived a server
            self.kill_after(0)
        self.start(f"{step}:{passing}")
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.unmet.append(f"{step}:{passing}")
            self.process.kill()
            self.process.wait()
        if self.process.returncode != -signal.SIGKILL:
            raise Stopped(f"exit code {self.process.returncode} before {step}: {self.last_words()}")
        self.died()
        self.files.look()

    def kill_after(self, seconds):
        if not self.process or self.process.poll() is not None:
            self.start()
        time.sleep(seconds)
        self.check_alive()
        os.kill(self.worker(), signal.SIGKILL)
        if not self.options.supervise:
            self.process.wait()
        self.died()
        self.files.look()

    def kill_server(self, server, kind, seconds):
        """Under the running job, which has to outlive it."""
        if not self.process or self.process.poll() is not None:
            self.start()
        time.sleep(seconds)
        server.kill()
        self.kills[kind] += 1
        time.sleep(random.uniform(0.1, 0.6))
        server.start()
        self.check_alive()
        self.note_recovery()

    def kill_broker(self, seconds):
        self.kill_server(self.broker, "broker", seconds)

    def kill_database(self, seconds):
        self.kill_server(self.database, "database", seconds)

    # ---- end

    def end_load(self):
        self.load.terminate()
        self.load.wait()
        self.sender.wait(120)
        self.records = int(self.count_file.read_text())
        last_ms = int(time.time() * 1000) + FUTURE_MS
        for partition in range(PARTITIONS):
            subprocess.run(["kcat", "-b", self.broker.servers, "-P", "-t", f"{self.name}-in", "-p", str(partition)], check=True, timeout=60,
                           input=f'{{"k":"end","n":0,"t":{last_ms}}}\n', text=True)

    def is_complete(self):
        return all(reader.checker.numbers() >= self.records for reader in self.readers.values())

    def stop_job(self):
        self.process.terminate()
        code = self.process.wait(60)
        if code != 0:
            raise Stopped(f"exit code {code} when it was told to stop: {self.last_words()}")

    def has_all_files(self):
        return self.files.look() >= self.records

    def finish(self, seconds=60):
        """Lets the job catch up and end, then says what is there: what was judged -> Verdict, and what went wrong besides."""
        if not self.process or self.process.poll() is not None:
            self.start()
        self.end_load()
        wait_until(self.is_complete, seconds, lambda: self.process.poll() is None)
        self.check_alive()
        self.note_recovery()
        time.sleep(2 * self.options.interval_ms / 1000)  # what is there too often comes now
        self.stop_job()
        if "files" in self.options.sinks:  # open files of a job that is stopped show when it goes on
            self.start()
            wait_until(self.has_all_files, 20, lambda: self.process.poll() is None)
            self.stop_job()

    def verdicts(self):
        due = due_of(self.records, self.options.keys)
        source = InputReader(self.broker.servers, f"{self.name}-in")
        read_all(source, self.records)
        source.close()
        found = {"the load": source.checker.verdict(due)}
        found.update({topic: reader.checker.verdict(due) for topic, reader in self.readers.items()})
        if "added" in self.tables:
            found["added"] = rows_of(self.database, f"{self.name}_added").verdict(due)
        if "latest" in self.tables:
            found["latest"] = self.latest().verdict(due)
        if "files" in self.options.sinks:
            found["files"] = self.files.judge().verdict(due)
        return found

    def latest(self):
        """A row per key says how far that came: as if one row stood for all."""
        checker = Checker()
        for key, high in self.database.sql(f"SELECT k, n FROM {self.name}_latest"):
            checker.take(key, 0, int(high), int(high) + 1)
        return checker

    def second_opinions(self):
        """Topic -> does a reader that comes when all is over see the same rows in the same order as the one that was there all the while?"""
        return {topic: read_again(self.broker.servers, f"{self.name}-{topic}", self.records).prints == reader.checker.prints
                for topic, reader in self.readers.items()}

    def close(self):
        if self.options.supervise and self.process and self.process.poll() is None:
            self.process.terminate()  # killed, it would leave its worker
            self.process.wait(60)
        for process in (self.load, self.sender, self.process):
            if process and process.poll() is None:
                process.kill()
                process.wait()
        for reader in self.readers.values():
            reader.close()
