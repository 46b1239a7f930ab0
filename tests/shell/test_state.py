"""Jobs with a state directory: stopped and killed, they go on where they were."""
import os
import signal
import time
from pathlib import Path

from program import finish, has, run, same, start, write

COUNTED = """CREATE TABLE s (i BIGINT, ts AS TO_TIMESTAMP_LTZ(i * 100, 3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'datagen', 'rows-per-second' = '{rate}', 'fields.i.kind' = 'sequence', 'fields.i.start' = '0', 'fields.i.end' = '{end}');
CREATE TABLE o (w TIMESTAMP(3), c BIGINT) WITH ('connector' = 'print');
INSERT INTO o SELECT window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '5' SECOND))
GROUP BY window_start, window_end;
"""


def job(rate=500, end=2999):
    return write("job.sql", COUNTED.format(rate=rate, end=end))


def windows(*texts):
    """window start -> counts that were printed for it"""
    found = {}
    for line in "".join(texts).splitlines():
        start_of, count = line.removeprefix("+I[").removesuffix("]").split(", ")
        found.setdefault(start_of, []).append(int(count))
    return found


def wait_for_rows(process, count):
    return "".join(process.stdout.readline() for _ in range(count))


def test_a_stopped_job_goes_on():
    job()
    process = start("run", "-q", "--state-dir", "state", "job.sql")
    seen = wait_for_rows(process, 5)
    process.send_signal(signal.SIGTERM)
    first = finish(process)
    second = run("run", "--state-dir", "state", "job.sql")
    has(second.err, "state/job-1: going on from checkpoint ", "FINISHED")
    found = windows(seen, first.out, second.out)
    same(len(found), 60)
    same({start_of: counts for start_of, counts in found.items() if counts != [50]}, {})


def test_a_finished_job_has_nothing_to_do():
    job(rate=100000)
    same(len(windows(run("run", "-q", "--state-dir", "state", "job.sql").out)), 60)
    again = run("run", "-q", "--state-dir", "state", "job.sql")
    same(again.out, "")


def test_a_killed_job_goes_on_from_its_newest_checkpoint():
    """print is at-least-once: what came behind the checkpoint comes again, nothing is missing, and every count is whole"""
    job(end=1999)
    options = ["run", "--state-dir", "state", "-D", "execution.checkpointing.interval=100ms", "-D", "parallelism.default=2", "job.sql"]
    texts = []
    for _ in range(3):
        process = start(*options)
        texts.append(wait_for_rows(process, 4))
        process.kill()
        texts.append(finish(process).out)
    last = run(*options)
    has(last.err, "going on from checkpoint ")
    found = windows(*[text[:text.rfind("\n") + 1] for text in texts], last.out)
    same(len(found), 40)
    same({start_of: counts for start_of, counts in found.items() if set(counts) != {50}}, {})


FILES = """CREATE TABLE s (i BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '{rate}', 'fields.i.kind' = 'sequence', 'fields.i.start' = '0',
'fields.i.end' = '{end}');
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


def files_job(parallelism, interval="100ms"):
    return ["run", "-q", "--state-dir", "state", "-D", f"execution.checkpointing.interval={interval}", "-D", f"parallelism.default={parallelism}",
            "job.sql"]


def end_of_files(end):
    run(*files_job(2))
    same(visible(), list(range(end + 1)))
    names = [path.name for path in Path("out").iterdir()]
    same(len({name.split("-")[1] for name in names if name.endswith(".epoch")}), 1, "jobs with a checkpoint")
    same([name for name in names if name.endswith(".inprogress")], [])


def test_what_a_job_leaves_that_dies_before_its_first_checkpoint_is_cleared():
    write("job.sql", FILES.format(rate=2000, end=5999))
    for _ in range(2):
        process = start(*files_job(2, interval="1h"))
        while not list(Path("out").glob(".*.inprogress")):
            time.sleep(0.02)
        process.kill()
        finish(process)
    end_of_files(5999)


TWO_INTO_ONE = """CREATE TABLE s (i BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '2000', 'fields.i.kind' = 'sequence', 'fields.i.start' = '0',
'fields.i.end' = '2999');
CREATE TABLE o (i BIGINT, k BIGINT) PARTITIONED BY (k)
WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = 'csv', 'sink.partition-commit.policy.kind' = 'success-file');
BEGIN STATEMENT SET;
INSERT INTO o SELECT i, i / 1000 FROM s;
INSERT INTO o SELECT i, 7 FROM s;
END;
"""


def test_two_sinks_share_a_partitioned_directory_over_a_stop_and_a_kill():
    write("job.sql", TWO_INTO_ONE)
    for end in (signal.SIGTERM, signal.SIGKILL):
        process = start(*files_job(2))
        time.sleep(0.6)
        process.send_signal(end)
        finish(process)
    run(*files_job(3))
    same(visible(), sorted(list(range(3000)) * 2))
    same(sorted(path.parent.name for path in Path("out").glob("*/_SUCCESS")), ["k=0", "k=1", "k=2", "k=7"])


def test_another_script_is_refused_by_name():
    job(rate=100000, end=99)
    run("run", "-q", "--state-dir", "state", "job.sql")
    write("job.sql", COUNTED.format(rate=100000, end=99).replace("'5' SECOND", "'7' SECOND"))
    result = run("run", "--state-dir", "state", "job.sql", code=1)
    has(result.err, "cannot be restored: WindowAggregate(", "window is TUMBLE of 7000 ms", "and was TUMBLE of 5000 ms",
        "use another state directory, or the script as it was")


def test_a_reader_that_goes_away_ends_the_job():
    job(end=100000)
    process = start("run", "--no-progress", "--state-dir", "state", "job.sql")
    wait_for_rows(process, 1)
    process.stdout.close()
    err = process.stderr.read()
    process.wait(30)
    assert "Broken pipe" in err and "starting again" not in err, err


def test_one_process_at_a_time():
    job(end=100000)
    process = start("run", "-q", "--state-dir", "state", "job.sql")
    wait_for_rows(process, 1)
    result = run("run", "--state-dir", "state", "job.sql", code=1)
    process.kill()
    finish(process)
    has(result.err, "state/job-1")


def test_a_folder_of_elsewhere_is_refused():
    job()
    result = run("run", "--state-dir", "s3://bucket/x", "job.sql", code=1)
    has(result.err, "execution.checkpointing.dir is 's3://bucket/x', expected a local folder")


def worker_of(parent):
    for _ in range(100):
        children = open(f"/proc/{parent.pid}/task/{parent.pid}/children").read().split()
        if children:
            return int(children[0])
        time.sleep(0.05)
    raise AssertionError("there is no worker")


def test_a_supervised_job_survives_its_worker():
    job(end=1999)
    process = start("run", "-q", "--supervise", "--state-dir", "state", "-D", "execution.checkpointing.interval=50ms", "job.sql")
    text = wait_for_rows(process, 4)
    first = worker_of(process)
    os.kill(first, signal.SIGKILL)
    text += wait_for_rows(process, 4)
    assert worker_of(process) != first
    result = finish(process)
    same(result.code, 0)
    has(result.err, "tidemark: the worker was killed by signal 9 (Killed); starting again in 0 ms")
    found = windows(text, result.out)
    same(len(found), 40)
    same({start_of: counts for start_of, counts in found.items() if set(counts) != {50}}, {})


def test_a_supervised_job_is_stopped_with_its_parent():
    job(end=100000)
    process = start("run", "-q", "--supervise", "--state-dir", "state", "job.sql")
    wait_for_rows(process, 1)
    process.send_signal(signal.SIGTERM)
    same(finish(process).code, 0)
    assert any(name.startswith("epoch-") for name in os.listdir("state/job-1"))


def test_a_supervised_mistake_is_not_tried_again():
    result = run("run", "--supervise", "-e", "SELECT nothing", code=1)
    assert "starting again" not in result.err, result
    has(run("run", "--supervise", "-", code=2).err, "--supervise cannot read standard input a second time")


def test_a_report_says_how_many_rows_are_final():
    job(rate=100000, end=599)
    has(run("run", "-v", "--state-dir", "state", "job.sql").err, "out default_catalog.default_database.o: 12 rows, ", ", 12 of them final (epoch 1)")
    write("fails.sql", COUNTED.format(rate=2000, end=9999).split("CREATE TABLE o")[0] + """CREATE TABLE o (i BIGINT) WITH ('connector' = 'print');
    INSERT INTO o SELECT 1 / (1000 - i) FROM s;""")
    failed = run("run", "--state-dir", "other", "-D", "restart-strategy.type=none", "fails.sql", code=4)
    has(failed.err, "out default_catalog.default_database.o: ", ", 0 of them final (epoch 0)")


FAULTS = "SET 'tidemark.test.fault.mean-records' = '400'; SET 'tidemark.test.fault.place' = '{place}'; SET 'tidemark.test.fault.seed' = '7';\n" \
    "SET 'restart-strategy.type' = 'fixed-delay'; SET 'restart-strategy.fixed-delay.attempts' = '1000'; " \
    "SET 'restart-strategy.fixed-delay.delay' = '10 ms';\n"


def test_files_hold_every_row_once_whatever_faults_there_are_on_purpose():
    for place in ("before", "after"):
        write("job.sql", FAULTS.format(place=place) + FILES.format(rate=2000, end=2999))
        done = run("run", "--state-dir", "state", "-D", "execution.checkpointing.interval=50ms", "job.sql")
        faults = done.err.count(f": a fault on purpose {place} record ")
        same(faults > 2, True, f"{faults} faults {place} a record")
        same(visible(), list(range(3000)))
        for folder in ("state", "out"):
            os.rename(folder, f"{folder}.{place}")


def test_a_fault_ends_a_job_that_does_not_start_again():
    write("job.sql", FAULTS.format(place="before") + FILES.format(rate=2000, end=2999))
    done = run("run", "job.sql", code=4)
    has(done.err, "a fault on purpose before record ", "of task 0 (tidemark.test.fault.mean-records is 400)")
    refused = run("run", "-D", "tidemark.test.fault.mean-records=-1", "-e", "SELECT 1", code=1)
    has(refused.err, "tidemark.test.fault.mean-records is -1, expected 0 or more")


def test_a_job_goes_on_without_faults_from_a_checkpoint_with_them():
    write("job.sql", FILES.format(rate=2000, end=2999))
    options = ["run", "--state-dir", "state", "-D", "execution.checkpointing.interval=20ms"]
    faults = ["-D", "tidemark.test.fault.mean-records=1500", "-D", "tidemark.test.fault.seed=1", "-D", "restart-strategy.type=none"]
    has(run(*options, *faults, "job.sql", code=4).err, "a fault on purpose before record ")
    has(run(*options, "job.sql").err, "going on from checkpoint ")
    same(visible(), list(range(3000)))
