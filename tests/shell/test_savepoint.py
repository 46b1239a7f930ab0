"""Savepoints: of running jobs, of stopped ones, and beginning from them."""
import os
import re
import shutil
import signal
import time
from pathlib import Path

from program import TIME_MAX, Terminal, finish, has, run, same, start, write

# Windows of 50 rows, printed as they close: which rows were read, and how often, can be seen from them.
COUNTED = """CREATE TABLE s (i BIGINT, ts AS TO_TIMESTAMP_LTZ(i * 100, 3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'datagen', 'rows-per-second' = '500', 'fields.i.kind' = 'sequence', 'fields.i.start' = '0', 'fields.i.end' = '{end}');
CREATE TABLE o (w TIMESTAMP(3), c BIGINT) WITH ('connector' = 'print');
INSERT INTO o SELECT window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '5' SECOND))
GROUP BY window_start, window_end;
"""
STATE = ["run", "--state-dir", "state", "job.sql"]


def job(end=1999):
    return write("job.sql", COUNTED.format(end=end))


def windows(*texts):
    """window start -> counts that were printed for it"""
    found = {}
    for line in "".join(texts).splitlines():
        start_of, count = line.removeprefix("+I[").removesuffix("]").split(", ")
        found.setdefault(start_of, []).append(int(count))
    return found


def wait_for_rows(process, count):
    return "".join(process.stdout.readline() for _ in range(count))


def only(folder):
    (name,) = os.listdir(folder)
    return f"{folder}/{name}"


def each_once(count, *texts):
    found = windows(*texts)
    same({start_of: counts for start_of, counts in found.items() if counts != [50]}, {}, "windows")
    same(len(found), count, "number of windows")


def begin_from(path, *options, state="other", script="job.sql", code=0):
    return run("run", "--state-dir", state, "-D", f"execution.state-recovery.path={path}", *options, script, code=code)


# ---- a running job is asked -------------------------------------------------------------------------------------------


def test_a_running_job_saves_and_goes_on():
    job()
    process = start(*STATE)
    seen = wait_for_rows(process, 3)
    asked = run("savepoint", "state", "saved")
    path = asked.out.strip()
    same(path, os.path.realpath(only("saved")))
    assert re.fullmatch(r".*/savepoint-[0-9a-f]{6}-[0-9a-f]{12}", path), path
    same(asked.err, "")
    has(run("checkpoint", "ls", "-o", "csv", path).out, ",savepoint,")
    first = finish(process)
    same(first.code, 0)
    each_once(40, seen, first.out)
    before = {name: Path(path, name).read_bytes() for name in os.listdir(path)}
    second = begin_from(path)
    has(second.err, f"other/job-1: beginning from savepoint 1 in {path}\n")
    found = windows(second.out)
    assert 30 < len(found) < 40 and max(found) == "1970-01-01T00:03:15", found
    same({counts[0] for counts in found.values()}, {50})
    same({name: Path(path, name).read_bytes() for name in os.listdir(path)}, before, "the savepoint")


def test_a_job_is_stopped_with_a_savepoint():
    job()
    process = start(*STATE)
    seen = wait_for_rows(process, 3)
    path = run("savepoint", "--stop", "state", "saved").out.strip()
    first = finish(process)
    same(first.code, 0)
    has(first.err, "FINISHED")
    each_once(40, seen, first.out, begin_from(path, "-D", "parallelism.default=3").out)


def test_a_drained_job_gives_its_open_window():
    job(end=100000)
    process = start(*STATE)
    seen = wait_for_rows(process, 3)
    path = run("savepoint", "--drain", "state", "saved").out.strip()
    first = finish(process)
    found = windows(seen, first.out)
    assert 0 < found[max(found)][0] <= 50, found
    has(first.err, f"{sum(counts[0] for counts in found.values())} rows in")
    same(begin_from(path).out, "")


def test_one_of_several_jobs_is_asked():
    write("job.sql", COUNTED.format(end=100000) +
          "CREATE TABLE p (i BIGINT) WITH ('connector' = 'blackhole'); INSERT INTO p SELECT i FROM s;")
    process = start(*STATE)
    wait_for_rows(process, 2)
    same(len(run("savepoint", "state", "all").out.splitlines()), 2)
    second = run("savepoint", "state/job-2", "saved").out.strip()
    has(run("checkpoint", "ls", "-o", "csv", second).out, "default_database.p")
    run("savepoint", "--stop", "state", "stopped")
    same(len(os.listdir("stopped")), 2)
    same(finish(process).code, 0)


def test_the_target_is_a_setting_of_the_job():
    job(end=100000)
    process = start("run", "-q", "--state-dir", "state", "-D", "execution.checkpointing.savepoint-dir=file:" + os.path.abspath("saved"), "job.sql")
    wait_for_rows(process, 1)
    same(run("savepoint", "state").out.strip(), os.path.realpath(only("saved")))
    run("savepoint", "--stop", "state")
    finish(process)


def test_a_target_that_is_missing_or_bad_harms_nothing():
    job(end=100000)
    process = start(*STATE)
    wait_for_rows(process, 1)
    has(run("savepoint", "state", code=1).err, "error: where is the savepoint to go? execution.checkpointing.savepoint-dir is not set\n",
        "hint: SET 'execution.checkpointing.savepoint-dir' = '/path', or name a folder")
    Path("file").write_text("")
    has(run("savepoint", "--stop", "state", "file", code=1).err, 'cannot create directory "')
    wait_for_rows(process, 1)
    process.send_signal(signal.SIGTERM)
    same(finish(process).code, 0)


def test_savepoints_of_a_setting_in_the_script_and_under_a_supervisor():
    write("job.sql", "SET 'execution.checkpointing.dir' = 'state'; SET 'table.dml-sync' = 'true';" + COUNTED.format(end=100000))
    process = start("run", "-q", "--supervise", "job.sql")
    wait_for_rows(process, 1)
    run("savepoint", "--stop", "state", "saved")
    same(finish(process).code, 0)
    same(len(os.listdir("saved")), 1)


def test_a_second_process_leaves_the_first_reachable():
    job(end=100000)
    process = start(*STATE)
    wait_for_rows(process, 1)
    has(run(*STATE, code=1).err, "state/job-1")
    run("savepoint", "state", "saved")
    process.kill()
    finish(process)
    assert os.path.exists("state/control.sock")
    process = start(*STATE)
    wait_for_rows(process, 1)
    run("savepoint", "--stop", "state", "saved")
    finish(process)
    same(os.path.exists("state/control.sock"), False)


# ---- no job runs ------------------------------------------------------------------------------------------------------


def test_without_a_job_the_newest_checkpoint_is_copied():
    job()
    process = start(*STATE)
    seen = wait_for_rows(process, 3)
    process.send_signal(signal.SIGTERM)
    seen += finish(process).out
    copied = run("savepoint", "state", "saved")
    same(copied.err, "tidemark: no job runs in job-1: this is its newest checkpoint, epoch 1\n")
    same(os.path.realpath(only("saved")), copied.out.strip())
    has(run("savepoint", "--stop", "state", "saved", code=1).err, "no job runs in state: there is nothing to stop")
    has(run("savepoint", "nowhere", "saved", code=1).err, "there is no folder nowhere")
    has(run("savepoint", "state", code=1).err, "where is the savepoint to go?")
    os.mkdir("empty")
    has(run("savepoint", "empty", "saved", code=1).err, 'there are no checkpoints in "empty"')
    shutil.rmtree("state")
    each_once(40, seen, begin_from(only("saved")).out)


# ---- STOP JOB ---------------------------------------------------------------------------------------------------------


def test_stop_job_with_savepoint():
    job(end=100000)
    terminal = Terminal("--state-dir", "state")
    terminal.prompt()
    for statement in Path("job.sql").read_text().split(";\n"):
        if statement.strip():
            terminal.enter(" ".join(statement.split()) + ";")
            terminal.prompt()
    terminal.enter("SHOW JOBS;")
    name = terminal.expect(r"\| ([0-9a-f]{32}) \|").group(1)
    terminal.prompt()
    terminal.enter(f"STOP JOB '{name}' WITH SAVEPOINT;")
    terminal.expect(r"execution.checkpointing.savepoint-dir is not set")
    terminal.prompt()
    terminal.enter("SET 'execution.checkpointing.savepoint-dir' = 'saved';")
    terminal.prompt()
    terminal.enter(f"STOP JOB '{name}' WITH SAVEPOINT WITH DRAIN;")
    path = terminal.expect(r"\|\s+savepoint path \|\r\n[+-]+\r\n\|\s+(saved/savepoint-" + name[:6] + r"-[0-9a-f]{12}) \|").group(1)
    terminal.expect(r"FINISHED")
    terminal.prompt()
    terminal.enter("QUIT;")
    same(terminal.close(), 0)
    has(run("checkpoint", "verify", "-o", "csv", path).out, ",TRUE,")


def test_a_job_without_state_has_no_savepoint():
    job(end=100000)
    terminal = Terminal("-D", "execution.checkpointing.savepoint-dir=saved")
    terminal.prompt()
    for statement in Path("job.sql").read_text().split(";\n"):
        if statement.strip():
            terminal.enter(" ".join(statement.split()) + ";")
            terminal.prompt()
    terminal.enter("SHOW JOBS;")
    name = terminal.expect(r"\| ([0-9a-f]{32}) \|").group(1)
    terminal.prompt()
    terminal.enter(f"STOP JOB '{name}' WITH SAVEPOINT;")
    terminal.expect(r"the job keeps no state, so that there is nothing to save")
    terminal.expect(r"--state-dir DIR")
    terminal.prompt()
    terminal.enter(f"STOP JOB '{name}';")
    terminal.expect(r"FINISHED")
    terminal.enter("QUIT;")
    same(terminal.close(), 0)


# ---- beginning from one -----------------------------------------------------------------------------------------------


def saved(count=3):
    """a savepoint of a job that was stopped with it, and what the job had printed"""
    job()
    process = start("run", "-q", "--state-dir", "first", "job.sql")
    seen = wait_for_rows(process, count)
    path = run("savepoint", "--stop", "first", "saved").out.strip()
    return path, seen + finish(process).out


def test_own_checkpoints_win_over_the_path():
    path, seen = saved()
    process = start("run", "-q", "--state-dir", "state", "-D", f"execution.state-recovery.path=file://{path}", "job.sql")
    seen += wait_for_rows(process, 3)
    process.send_signal(signal.SIGTERM)
    seen += finish(process).out
    last = begin_from(path, state="state")
    has(last.err, "state/job-1: going on from checkpoint 2 of its own, not from execution.state-recovery.path\n")
    each_once(40, seen, last.out)


def test_what_the_path_may_be():
    path, seen = saved()
    manifest = f"{path}/epoch-000001.manifest"
    for number, name in enumerate([path + "/", manifest, "first/job-1", "file:" + os.path.abspath("first/job-1/epoch-000001.manifest")]):
        each_once(40, seen, begin_from(name, state=f"other-{number}").out)


def test_a_path_that_is_none_is_told():
    path, _ = saved()
    for name in ("nowhere", "first", path + "/epoch-000007.manifest", "job.sql"):
        has(begin_from(name, code=1).err, "execution.state-recovery.path: there is no ")
    has(begin_from("s3://bucket/x", code=1).err, "execution.state-recovery.path is 's3://bucket/x', expected a local folder")
    manifest = Path(path, "epoch-000001.manifest")
    data = bytearray(manifest.read_bytes())
    data[-1] ^= 1
    manifest.write_bytes(data)
    has(begin_from(path, code=4).err, "execution.state-recovery.path: none of the 1 checkpoints in ")


def test_a_path_needs_a_state_directory():
    path, _ = saved()
    result = run("run", "-D", f"execution.state-recovery.path={path}", "job.sql", code=1)
    has(result.err, "execution.state-recovery.path is set, but the job has no state directory of its own", "--state-dir DIR")


def test_claim_modes():
    path, seen = saved()
    has(begin_from(path, "-D", "execution.state-recovery.claim-mode=LEGACY", code=2).err, "LEGACY", "NO_CLAIM")
    claimed = begin_from(path, "-D", "execution.state-recovery.claim-mode=CLAIM", "-D", "execution.checkpointing.interval=100ms")
    each_once(40, seen, claimed.out)
    same(os.path.exists(path), False, "the claimed savepoint")
    has(run("checkpoint", "verify", "-o", "csv", "other").out, ",TRUE,")


def test_one_checkpoint_kept_is_two():
    """the dialect's default is 1; two are kept here"""
    job()
    run("run", "-q", "--state-dir", "state", "-D", "execution.checkpointing.num-retained=1", "-D", "execution.checkpointing.interval=50ms", "job.sql")
    same(len([name for name in os.listdir("state/job-1") if name.endswith(".manifest")]), 2)


# ---- exactly once: a sink that commits epochs --------------------------------------------------------------------------

FILES = """CREATE TABLE s (i BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '2000', 'fields.i.kind' = 'sequence', 'fields.i.start' = '0',
'fields.i.end' = '9999');
CREATE TABLE o (i BIGINT) WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = 'csv', 'sink.rolling-policy.file-size' = '1kb');
INSERT INTO o SELECT i FROM s;
"""


def visible():
    """all numbers in the files that a reader sees"""
    numbers = []
    for path in Path("out").glob("**/*"):
        if path.is_file() and path.name[0] not in "._":
            numbers += [int(line) for line in path.read_text().splitlines()]
    return sorted(numbers)


def wait_for_files():
    deadline = time.monotonic() + TIME_MAX
    while not os.path.isdir("out") or not visible():
        assert time.monotonic() < deadline, "nothing becomes visible"
        time.sleep(0.05)


def test_files_are_committed_with_the_savepoint_and_written_once():
    write("job.sql", FILES)
    process = start("run", "-q", "--state-dir", "state", "-D", "execution.checkpointing.interval=100ms", "job.sql")
    wait_for_files()
    path = run("savepoint", "--stop", "state", "saved").out.strip()
    same(finish(process).code, 0)
    seen = visible()
    same(seen, list(range(len(seen))), "what is committed with the savepoint")
    begin_from(path, "-D", "parallelism.default=2")
    same(visible(), list(range(10000)))


def test_an_older_savepoint_brings_what_came_behind_it_again():
    """files that were shown stay: going back is on purpose, and nothing is lost"""
    write("job.sql", FILES)
    process = start("run", "-q", "--state-dir", "state", "-D", "execution.checkpointing.interval=100ms", "job.sql")
    wait_for_files()
    path = run("savepoint", "state", "saved").out.strip()
    finish(process)
    same(visible(), list(range(10000)))
    begin_from(path)
    found = visible()
    same(sorted(set(found)), list(range(10000)))
    assert len(found) < 20000, "what the savepoint holds is not written again"
    # the job that was gone back from cannot go on: the other one has written since
    has(begin_from(path, state="state", code=4).err, "of its own, not from execution.state-recovery.path", "later than checkpoint")
