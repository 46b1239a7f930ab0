"""`tidemark checkpoint`: what stands in a folder of checkpoints. The folders here are made of the files that a release has written."""
import ast
import json
import os
import re
import shutil
import signal
import time
from pathlib import Path

from program import ROOT, TIME_MAX, finish, has, run, same, start, write

GOLDEN = ROOT / "tests" / "runtime" / "checkpoint_golden_1.def"
JOB = "insert-into_default_catalog.default_database.out"


def folder(path):
    """Epochs 1 (with a data file) and 2 (which refers to it): two operators of two instances with four parts each."""
    os.makedirs(path)
    for name, literals in re.findall(r'GOLDEN\("([^"]*)",([^)]*)\)', GOLDEN.read_text()):
        data = b"".join(ast.literal_eval("b" + literal) for literal in re.findall(r'"[^"]*"', literals))
        Path(path, name).write_bytes(data)
    return path


def csv(*arguments, code=0):
    """As CSV, without the column op."""
    out = run("checkpoint", *arguments, "-o", "csv", "-D", "table.local-time-zone=UTC", code=code).out
    return "".join(line.partition(",")[2] + "\n" for line in out.splitlines())


def test_ls():
    same(csv("ls", folder("state")),
         "job,epoch,kind,taken,size,written,job_name,problem\n"
         f"state,2,periodic,2023-11-14 22:13:20.002,316,158,{JOB},\n"
         f"state,1,periodic,2023-11-14 22:13:20.001,316,316,{JOB},\n")


def test_ls_for_eyes_and_for_programs():
    folder("state")
    out = run("checkpoint", "ls", "state/").out
    has(out, "|   job | epoch |     kind |", "| state |     2 | periodic |")
    lines = run("checkpoint", "ls", "-o", "jsonl", "state").out.splitlines()
    same([column["type"] for column in json.loads(lines[0])["columns"]],
         ["STRING", "BIGINT", "STRING", "TIMESTAMP_LTZ(3)", "BIGINT", "BIGINT", "STRING", "STRING"])
    same(json.loads(lines[1])["row"][:3], ["state", 2, "periodic"])


def test_a_state_directory_is_all_its_jobs():
    for name in ("state/job-10", "state/job-2", "state/other"):
        folder(name)
    os.remove("state/job-10/epoch-000002.manifest")
    os.makedirs("state/job-3")
    same([line.split(",")[:2] for line in csv("ls", "state").splitlines()[1:]],
         [["job-2", "2"], ["job-2", "1"], ["job-10", "1"]])
    same([line.split(",")[:3] for line in csv("show", "state").splitlines()[1:]],
         [["job-2", "2", "1 source"], ["job-2", "2", "3 window aggregate"],
          ["job-10", "1", "1 source"], ["job-10", "1", "3 window aggregate"]])
    same(csv("verify", "state", "2"), "job,epoch,size,verifies,problem\njob-2,2,316,TRUE,\n")


def test_show():
    same(csv("show", folder("state")),
         "job,epoch,operator,signature,instances,parts,size,written\n"
         "state,2,1 source,kafka t,2,8,158,158\n"
         'state,2,3 window aggregate,"TUMBLE 60000, BIGINT NOT NULL -> COUNT",2,8,158,0\n')
    same(csv("show", "state", "1").splitlines()[2], 'state,1,3 window aggregate,"TUMBLE 60000, BIGINT NOT NULL -> COUNT",2,8,158,158')


def test_verify():
    same(csv("verify", folder("state")), "job,epoch,size,verifies,problem\nstate,2,316,TRUE,\nstate,1,316,TRUE,\n")


def test_damage_is_told_with_the_file():
    path = Path(folder("state"), "epoch-000001.data")
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    same(csv("verify", "state", code=1),
         "job,epoch,size,verifies,problem\n"
         "state,2,316,FALSE,state/epoch-000001.data: the checksum of the 40 bytes from 300 on is wrong\n"
         "state,1,316,FALSE,state/epoch-000001.data: the checksum of the 40 bytes from 300 on is wrong\n")
    Path("state/epoch-000002.manifest").write_bytes(b"rubbish")
    same(csv("ls", "state").splitlines()[1], "state,2,,,,,,state/epoch-000002.manifest: it is shorter than any manifest")
    same(run("checkpoint", "show", "state", code=1).err, "error: state/epoch-000002.manifest: it is shorter than any manifest\n")
    same(len(csv("show", "state", "1").splitlines()), 3)


def test_nothing_is_changed():
    path = folder("state")
    Path(path, "epoch-000003.data").write_bytes(b"unfinished")
    Path(path, "epoch-000003.manifest.new").write_bytes(b"unfinished")
    before = {name: os.stat(f"{path}/{name}").st_mtime_ns for name in sorted(os.listdir(path))}
    os.chmod(path, 0o500)
    for verb in ("ls", "show", "verify"):
        csv(verb, path)
    os.chmod(path, 0o700)
    same({name: os.stat(f"{path}/{name}").st_mtime_ns for name in sorted(os.listdir(path))}, before)


STATEFUL = """CREATE TABLE s (i BIGINT, k AS CONCAT('k', CAST(i % 3 AS STRING)), d AS CAST(i AS DECIMAL(10, 2)), ts AS TO_TIMESTAMP_LTZ(i * 1000, 3),
WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen', 'rows-per-second' = '1000', 'fields.i.kind' = 'sequence', 'fields.i.start' = '0',
'fields.i.end' = '1000000');
CREATE TABLE o (k STRING, c BIGINT, m DECIMAL(10, 2)) WITH ('connector' = 'blackhole');
CREATE TABLE w (k STRING, s TIMESTAMP(3), c BIGINT) WITH ('connector' = 'blackhole');
EXECUTE STATEMENT SET BEGIN
INSERT INTO o SELECT k, COUNT(*), MAX(d) FROM s GROUP BY k;
INSERT INTO w SELECT k, window_start, COUNT(*) FROM TABLE(HOP(TABLE s, DESCRIPTOR(ts), INTERVAL '10' MINUTE, INTERVAL '1' DAY))
GROUP BY k, window_start, window_end;
INSERT INTO w SELECT k, SESSION_START(ts, INTERVAL '1' HOUR), COUNT(*) FROM s GROUP BY k, SESSION(ts, INTERVAL '1' HOUR);
END;
"""


def stopped(parallelism):
    """a job that was stopped in the middle: operators by kind, and how many rows its source had given"""
    write("job.sql", STATEFUL)
    process = start("run", "-q", "--state-dir", "state", "-D", f"parallelism.default={parallelism}", "job.sql")
    time.sleep(1.5)
    process.send_signal(signal.SIGTERM)
    assert finish(process).code == 0
    operators = {}
    for line in csv("show", "state").splitlines()[1:]:
        number, _, kind = line.split(",")[2].partition(" ")
        operators.setdefault(kind, number)
    splits = csv("show", "--splits", "state").splitlines()
    same(splits[0], "job,epoch,operator,split,position,watermark,idle,ended")
    read = [line.split(",") for line in splits[1:]]
    return operators, read


def test_positions_of_sources():
    operators, read = stopped(2)
    same(len(read), 2)
    for job, epoch, operator, split, position, watermark, idle, ended in read:
        same([job, epoch, operator, idle, ended], ["job-1", "1", operators["source"] + " source", "FALSE", "FALSE"])
        assert re.fullmatch(r"[01]/2", split) and re.fullmatch(r"\d+ -?\d+", position) and watermark.startswith("1970-01-01"), (split, position, watermark)


def rows_of(number, *options):
    return csv("show", "--rows", number, *options, "state").splitlines()


def test_rows_of_operators():
    for parallelism in (1, 3):
        operators, _ = stopped(parallelism)
        groups = rows_of(operators["group changelog"])
        same(groups[0], "k,COUNT(*),MAX(d)")
        total = {key: (int(count), most) for key, count, most in (line.split(",") for line in groups[1:])}
        same(sorted(total), ["k0", "k1", "k2"])
        if parallelism == 1:  # it has read 0, 1, 2, ...
            rows = sum(count for count, _ in total.values())
            same(max(float(most) for _, most in total.values()), rows - 1.0)
        windows = rows_of(operators["window aggregate"], "--limit", "1000")
        same(windows[0].split(",")[:2], ["k", "COUNT(*)"])
        assert len(windows) > 100, windows
        same(max(int(line.split(",")[1]) for line in windows[1:]), max(count for count, _ in total.values()))
        same(len(rows_of(operators["window aggregate"], "--limit", "7")), 8)
        sessions = rows_of(operators["session aggregate"])
        same(sorted(line.split(",")[:2] for line in sessions[1:]), [[key, str(total[key][0])] for key in sorted(total)])
        types = [column["type"] for column in json.loads(run("checkpoint", "show", "--rows", operators["group changelog"], "-o", "jsonl",
                                                             "state/job-1").out.splitlines()[0])["columns"]]
        same(types, ["STRING", "BIGINT NOT NULL", "DECIMAL(10, 2)"])
        has(run("checkpoint", "show", "--rows", operators["sink"], "state", code=1).err, f"operator {operators['sink']} keeps no rows")
        has(run("checkpoint", "show", "--rows", "99", "state", code=1).err, "epoch 1 has no operator 99")
        shutil.rmtree("state")


def test_rows_need_a_script_that_stands_alone():
    tables, _, inserts = STATEFUL.partition("EXECUTE STATEMENT SET")
    write("tables.sql", tables)
    write("job.sql", "EXECUTE STATEMENT SET" + inserts)
    process = start("run", "-q", "--state-dir", "state", "-i", "tables.sql", "job.sql")
    time.sleep(1)
    process.send_signal(signal.SIGTERM)
    finish(process)
    number = next(line.split(",")[2].split(" ")[0] for line in csv("show", "state").splitlines() if "group changelog" in line)
    has(run("checkpoint", "show", "--rows", number, "state", code=1).err, "the script in the checkpoint cannot be planned: ")


def test_beside_a_running_job():
    write("job.sql", """CREATE TABLE s (i BIGINT, k AS i % 7) WITH ('connector' = 'datagen', 'rows-per-second' = '2000',
        'fields.i.kind' = 'sequence', 'fields.i.start' = '0', 'fields.i.end' = '1000000');
        CREATE TABLE o (k BIGINT, c BIGINT) WITH ('connector' = 'blackhole');
        INSERT INTO o SELECT k, COUNT(*) FROM s GROUP BY k;""")
    process = start("run", "-q", "--state-dir", "state", "-D", "execution.checkpointing.interval=50ms", "job.sql")
    try:
        deadline = time.monotonic() + TIME_MAX
        while not (os.path.isdir("state/job-1") and any(name.endswith("4.manifest") for name in os.listdir("state/job-1"))):
            assert time.monotonic() < deadline and process.poll() is None, f"no fourth checkpoint comes: {process.poll()}"
            time.sleep(0.02)
        for _ in range(10):  # it prunes while we look
            verified = csv("verify", "state").splitlines()[1:]
            assert verified and all(line.split(",")[3] == "TRUE" for line in verified), verified
        has(csv("ls", "state"), ",periodic,", "default_database.o,")
        has(csv("show", "state"), "GroupAggregate", "1 source")
        assert process.poll() is None
    finally:
        process.send_signal(signal.SIGTERM)
        result = finish(process)
    same((result.code, result.err), (0, ""))
    has(csv("ls", "state").splitlines()[1], ",last,")


def test_what_is_not_there():
    os.makedirs("state/job-1")
    same(run("checkpoint", "ls", "none", code=1).err, 'error: there is no folder "none"\n')
    same(run("checkpoint", "ls", "state", code=1).err,
         'error: there are no checkpoints in "state", and none in folders job-1, job-2, ... of it\n')
    shutil.rmtree("state")
    folder("state")
    for verb in ("show", "verify"):
        same(run("checkpoint", verb, "state", "7", code=1).err, 'error: there is no checkpoint of epoch 7 in "state"\n')


def test_usage():
    usage = "\nusage: tidemark checkpoint ls|show|verify [OPTION]... DIR [EPOCH]\n"
    for arguments, message in [
            ([], "what is to be done? ls, show or verify"), (["list", "x"], "'list' is none of ls, show and verify"),
            (["ls"], "ls needs the folder of a job, or a state directory"), (["ls", "x", "1"], "ls takes no epoch: it lists all of them"),
            (["show", "x", "one"], "'one' is no epoch: a number from 1 on is expected"),
            (["show", "x", "0"], "'0' is no epoch: a number from 1 on is expected"),
            (["ls", "--rows", "4", "x"], "--splits and --rows are of show, not of ls")]:
        same(run("checkpoint", *arguments, code=2).err, f"tidemark: {message}{usage}")
    has(run("checkpoint", "show", "x", "1", "2", code=2).err, "verb, folder and epoch are all; found '2' behind them\n")
    has(run("checkpoint", "--help").out, "usage: tidemark checkpoint", "verify   reads every byte", "--output")
