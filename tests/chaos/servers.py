"""A broker and a database of one's own, started by the scripts of tests/e2e."""
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PARTITIONS = 4


def read_env(path):
    pairs = (line.split("=", 1) for line in Path(path).read_text().splitlines())
    return {name: value.strip("'") for name, value in pairs}


def end_cleanly():
    """SIGTERM (a time limit, say) ends the program as an exception does: what it started is stopped."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


class Server:
    script = None

    def __init__(self, folder):
        self.folder = str(folder)

    def call(self, command, *arguments, stdin=None):
        # A file, not a pipe: servers that are started would keep a pipe open.
        with open(f"{self.folder}.{command}.out", "w+", encoding="utf-8") as out:
            done = subprocess.run([str(ROOT / "tests/e2e" / self.script), command, self.folder, *arguments], input=stdin, stdout=out,
                                  stderr=subprocess.STDOUT, text=True, timeout=180, check=False)
            out.seek(0)
            text = out.read()
        if done.returncode != 0:
            raise RuntimeError(f"{self.script} {command}: {text[-500:]}")
        return text

    def start(self):
        self.call("start")

    def kill(self):
        self.call("kill")

    def stop(self):
        if os.path.isdir(self.folder):
            self.call("stop")


class Broker(Server):
    script = "kafka.sh"

    def start(self):
        self.call("start", f"num.partitions={PARTITIONS}", "log.retention.ms=-1")
        self.servers = read_env(f"{self.folder}/kafka.env")["KAFKA_BOOTSTRAP"]

    def create(self, topics):
        """The broker makes a topic when it is asked for; a program of Kafka's own takes seconds for it."""
        end = time.monotonic() + 60
        while topics:
            topics = [topic for topic in topics if not self.partitions(topic)]
            if time.monotonic() > end:
                raise RuntimeError(f"the broker makes no topic {topics[0]}")
            time.sleep(0.1 if topics else 0)

    def partitions(self, topic):
        said = subprocess.run(["kcat", "-b", self.servers, "-L", "-J", "-t", topic], capture_output=True, timeout=30, check=False).stdout
        try:
            return [each["partition"] for each in json.loads(said)["topics"][0]["partitions"]]
        except (ValueError, LookupError):
            return []


class Database(Server):
    script = "mysql.sh"

    def start(self):
        super().start()
        env = read_env(f"{self.folder}/mysql.env")
        self.url, self.user, self.password = env["MYSQL_URL"], env["MYSQL_USER"], env["MYSQL_PASSWORD"]

    def sql(self, text):
        return [line.split("\t") for line in self.call("sql", stdin=text).splitlines()]
