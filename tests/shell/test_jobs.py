"""INSERT jobs of scripts: together, in order with table.dml-sync, reported, stopped by signals."""
import re
import signal
import time

from program import ENDLESS, Terminal, finish, has, run, same, start, write

PRINT = "CREATE TABLE out_{0} (name STRING, n INT) WITH ('connector' = 'print', 'print-identifier' = '{0}');\n"
FEW = """CREATE TABLE few (name STRING, n INT) WITH ('connector' = 'values', 'rows' = 'ann, 1
bob, 2');
"""


def wait_for(path, text):
    for _ in range(300):
        if text in open(path).read():
            return
        time.sleep(0.1)
    raise AssertionError(f"{text!r} does not come: {open(path).read()!r}")


def test_jobs_run_together():
    write("two.sql", ENDLESS + FEW + PRINT.format("a") + PRINT.format("b") +
          "INSERT INTO out_a SELECT name, n FROM endless;\nINSERT INTO out_b SELECT name, n FROM few;\n")
    process = start("run", "two.sql")
    rows = [process.stdout.readline() for _ in range(4)]
    same(sorted(rows), ["a> +I[ann, 1]\n", "a> +I[bob, 2]\n", "b> +I[ann, 1]\n", "b> +I[bob, 2]\n"])
    process.send_signal(signal.SIGINT)
    result = finish(process)
    same(result.code, 130)
    has(result.err, "out_a FINISHED: 2 rows in, 2 rows out, 0 late, 0 bad, ", "out_b FINISHED: 2 rows in, 2 rows out")


def test_report():
    write("one.sql", FEW + PRINT.format("a") + "INSERT INTO out_a SELECT name, n FROM few;\n")
    result = run("run", "one.sql")
    assert re.fullmatch(r"\S+out_a FINISHED: 2 rows in, 2 rows out, 0 late, 0 bad, \d+\.\d+ s\n", result.err), result
    same(run("run", "--quiet", "one.sql").err, "")
    has(run("run", "--verbose", "one.sql").err, "[INFO] Submitting SQL update statement to the cluster...\n", "Job ID: ", "\n  in ")


def test_dml_sync_keeps_the_order():
    write("sync.sql", "SET 'table.dml-sync' = 'true';\n" + FEW + PRINT.format("a") + PRINT.format("b") +
          "INSERT INTO out_a SELECT name, n FROM few;\nINSERT INTO out_b SELECT name, n FROM few;\n")
    result = run("run", "sync.sql")
    same(result.out, "a> +I[ann, 1]\na> +I[bob, 2]\nb> +I[ann, 1]\nb> +I[bob, 2]\n")
    same(result.err.count("FINISHED"), 2)


def stopped_by(number):
    write("query.sql", ENDLESS + "SELECT name, n FROM endless;\nSELECT 1 AS never;\n")
    process = start("run", "query.sql")
    while "bob" not in process.stdout.readline():
        pass
    process.send_signal(number)
    return finish(process)


def test_interrupted_query():
    result = stopped_by(signal.SIGINT)
    same((result.code, result.out), (130, "Query terminated, received a total of 2 rows\n"))


def test_terminated_query():
    same(stopped_by(signal.SIGTERM).code, 143)


def test_interrupted_sync_insert():
    write("sync.sql", "SET 'table.dml-sync' = 'true';\n" + ENDLESS + PRINT.format("a") + "INSERT INTO out_a SELECT name, n FROM endless;\n"
          "SELECT 1 AS never;\n")
    process = start("run", "sync.sql")
    while "bob" not in process.stdout.readline():
        pass
    process.send_signal(signal.SIGINT)
    result = finish(process)
    same((result.code, result.out), (130, ""))


def test_an_ignored_interrupt_still_stops_it():
    """A script that starts it with & has SIGINT ignored for it."""
    import subprocess
    import program
    write("query.sql", ENDLESS + "SELECT name, n FROM endless;\n")
    done = subprocess.run(["sh", "-c", f"{program.TIDEMARK} run query.sql >out & pid=$!; "
                           "until grep -q bob out; do sleep 0.1; done; kill -INT $pid; wait $pid; echo $?"],
                          capture_output=True, text=True, timeout=60, check=True, env=program.environment())
    same(done.stdout, "130\n")


FAILING = """CREATE TABLE texts (s STRING) WITH ('connector' = 'values', 'rows' = 'x');
CREATE TABLE numbers (n INT) WITH ('connector' = 'blackhole');
"""


def test_a_failing_job_stops_the_script():
    write("fail.sql", ENDLESS + FAILING + PRINT.format("a") + "INSERT INTO out_a SELECT name, n FROM endless;\n"
          "INSERT INTO numbers SELECT CAST(s AS INT) FROM texts;\n")
    result = run("run", "fail.sql", code=4)
    has(result.err, "error: ", "'x'", "numbers FAILED: ", "out_a FINISHED: ")


def test_a_failing_job_stops_a_query():
    write("fail.sql", ENDLESS + FAILING + "INSERT INTO numbers SELECT CAST(s AS INT) FROM texts;\nSELECT name FROM endless;\n")
    has(run("run", "fail.sql", code=4).err, "error: ", "numbers FAILED: ")


def test_a_failing_sync_job():
    write("fail.sql", "SET 'table.dml-sync' = 'true';\n" + FAILING + "INSERT INTO numbers SELECT CAST(s AS INT) FROM texts;\n")
    has(run("run", "fail.sql", code=4).err, "error: ", "'x'")


def test_an_error_stops_the_jobs():
    write("error.sql", ENDLESS + PRINT.format("a") + "INSERT INTO out_a SELECT name, n FROM endless;\nSELECT x FROM nowhere;\n")
    has(run("run", "error.sql", code=1).err, "error.sql:5:15: error: ", "out_a FINISHED: ")


def test_progress_on_a_terminal():
    write("query.sql", ENDLESS + "CREATE TABLE hole (name STRING) WITH ('connector' = 'blackhole');\n"
          "INSERT INTO hole SELECT name FROM endless;\n")
    terminal = Terminal("run", "query.sql")
    terminal.expect("⏵ 2 in · 2 out · 0 rows/s · 00:01")
    terminal.type("\x03")
    terminal.expect(r"\r\x1b\[K\S+hole FINISHED: 2 rows in")
    same(terminal.close(), 130)
    assert terminal.seen.rindex("⏵") < terminal.seen.rindex("\x1b[K"), terminal.seen


def test_no_progress():
    write("query.sql", ENDLESS + "CREATE TABLE hole (name STRING) WITH ('connector' = 'blackhole');\n"
          "INSERT INTO hole SELECT name FROM endless;\n")
    terminal = Terminal("run", "--no-progress", "query.sql")
    time.sleep(1.5)
    terminal.type("\x03")
    same(terminal.close(), 130)
    assert "⏵" not in terminal.seen, terminal.seen


def test_the_same_signal_twice_is_one():
    """timeout(1) signals the process, then its group."""
    write("query.sql", ENDLESS + "SELECT name, n FROM endless;\n")
    process = start("run", "query.sql")
    while "bob" not in process.stdout.readline():
        pass
    process.send_signal(signal.SIGINT)
    time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    result = finish(process)
    same((result.code, result.out), (130, "Query terminated, received a total of 2 rows\n"))


def start_unread(*options):
    """A program that nobody reads from: the first signal cannot be obeyed."""
    rows = "\n".join(str(i) for i in range(100000))
    write("many.sql", f"CREATE TABLE t (x INT) WITH ('connector' = 'values', 'rows' = '{rows}');\nSELECT x FROM t;")
    process = start("run", "-o", "csv", *options, "many.sql")
    process.stdout.readline()
    time.sleep(1)  # until the pipe is full
    return process


def test_a_stop_has_a_limit():
    process = start_unread("--stop-timeout", "1")
    process.send_signal(signal.SIGTERM)
    same(process.wait(timeout=10), 143)
    has(finish(process).err, "the jobs have not stopped within 1 s, ending at once")


def test_a_second_signal_ends_it_at_once():
    process = start_unread()
    process.send_signal(signal.SIGINT)
    time.sleep(1)
    same(process.poll(), None)
    process.send_signal(signal.SIGINT)
    same(process.wait(timeout=10), 130)
    finish(process)
