"""Scripts that were edited, and what becomes of the state that the script before has left: the verdict, and the rows."""
import os
import re
import signal
from pathlib import Path

from program import finish, has, run, same, start, write

TABLE = """CREATE TABLE s (i BIGINT, k AS CAST(i % 2 AS STRING), ts AS TO_TIMESTAMP_LTZ(i * 100, 3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'datagen', 'rows-per-second' = '500', 'fields.i.kind' = 'sequence', 'fields.i.start' = '0', 'fields.i.end' = '1499');
CREATE TABLE o (k STRING, w TIMESTAMP(3), c BIGINT) WITH ('connector' = 'print');
CREATE TABLE p (k STRING, m BIGINT) WITH ('connector' = 'blackhole');
"""
WINDOWS = """INSERT INTO o SELECT k, window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '5' SECOND))
GROUP BY k, window_start, window_end;
"""
TOTALS = "INSERT INTO p SELECT k, MAX(i) FROM s GROUP BY k;\n"


def script(*inserts, table=TABLE):
    return write("job.sql", table + "EXECUTE STATEMENT SET BEGIN\n" + "".join(inserts) + "END;\n")


def first_run(*inserts, rows=6, options=()):
    """runs the script until it has printed some rows, and stops it: what it printed"""
    script(*inserts)
    process = start("run", "-q", "--state-dir", "state", *options, "job.sql")
    seen = "".join(process.stdout.readline() for _ in range(rows))
    process.send_signal(signal.SIGTERM)
    return seen + finish(process).out


def next_run(*options, code=0, state="state"):
    return run("run", "-q", "--state-dir", state, *options, "job.sql", code=code)


def setting(name, value):
    return ["-D", f"execution.state-recovery.{name}={value}"]


def verdict(result):
    """(word, kind of node, reason) for each line"""
    lines = re.findall(r"^  (keep|migrate|new|drop|refuse) +(\w+)\((.*)$", result.err, re.M)
    return [(word, kind, rest.rpartition("): ")[2] if "): " in rest else "") for word, kind, rest in lines]


def words(result):
    return [(word, kind) for word, kind, _ in verdict(result)]


def counts(*texts):
    """(key, window) -> counts that were printed"""
    found = {}
    for line in "".join(texts).splitlines():
        key, window, count = line.removeprefix("+I[").removesuffix("]").split(", ")
        found.setdefault((key, window), []).append(int(count))
    return found


def whole(*texts):
    """every window of both keys came once, with all its rows"""
    found = counts(*texts)
    same(len(found), 60)
    same({key: count for key, count in found.items() if count != [25]}, {})


# ---- goes on by itself -------------------------------------------------------------------------------------------------


def test_comments_and_layout_are_nothing():
    seen = first_run(WINDOWS)
    script("-- now with a comment\n" + WINDOWS.replace(" FROM", "\n  FROM"))
    second = next_run()
    has(second.err, 'what becomes of the state in epoch 1 of job "insert-into_default_catalog.default_database.o":')
    same(verdict(second), [("keep", "TableSource", ""), ("keep", "WindowAggregate", ""), ("keep", "Sink", "")])
    whole(seen, second.out)


def test_the_same_script_has_no_verdict():
    seen = first_run(WINDOWS)
    second = next_run()
    same(verdict(second), [])
    whole(seen, second.out)


def test_an_insert_a_filter_and_a_projection_more_keep_the_rest():
    """the plan is numbered anew: nodes are known by what they mean"""
    seen = first_run(WINDOWS)
    script(TOTALS, "INSERT INTO p SELECT k, i * 2 FROM s WHERE i > 700;\n",
           WINDOWS.replace("TABLE(TUMBLE(TABLE s,", "TABLE(TUMBLE(TABLE v,").replace("SELECT k, window", "SELECT CONCAT(k, '') AS key, window"),
           table=TABLE + "CREATE VIEW v AS SELECT i AS number, k, ts FROM s;\n")
    second = next_run()
    found = words(second)
    same([word for word in found if word[0] == "keep"], [("keep", "TableSource"), ("keep", "WindowAggregate"), ("keep", "Sink")])
    same(sorted(word for word in found if word[0] != "keep"), [("new", "GroupAggregate"), ("new", "Sink"), ("new", "Sink")])
    whole(seen, second.out)


def test_what_was_edited_once_is_the_script_from_then_on():
    seen = first_run(WINDOWS)
    script(TOTALS, WINDOWS)
    process = start("run", "-q", "--state-dir", "state", "job.sql")
    seen += "".join(process.stdout.readline() for _ in range(6))
    process.send_signal(signal.SIGTERM)
    seen += finish(process).out
    third = next_run()
    same(verdict(third), [])
    whole(seen, third.out)


def test_an_edited_script_at_another_parallelism():
    seen = first_run(WINDOWS, options=["-D", "parallelism.default=3"])
    script(TOTALS, WINDOWS)
    second = next_run("-D", "parallelism.default=2")
    has("".join(f"{word} {kind}\n" for word, kind in words(second)), "keep WindowAggregate\n", "new GroupAggregate\n")
    whole(seen, second.out)


def test_a_sink_that_keeps_nothing_may_go():
    seen = first_run(WINDOWS, "INSERT INTO p SELECT k, i FROM s;\n")
    script(WINDOWS)
    second = next_run()
    has("".join(f"{word} {kind}\n" for word, kind in words(second)), "drop Sink\n", "keep WindowAggregate\n")
    whole(seen, second.out)


# ---- asks first --------------------------------------------------------------------------------------------------------


def test_another_input_migrates_and_must_be_allowed():
    seen = first_run(WINDOWS)
    script(WINDOWS.replace("GROUP BY", "WHERE i < 1000 GROUP BY"))
    refused = next_run(code=1)
    same(verdict(refused), [("keep", "TableSource", ""), ("migrate", "WindowAggregate", "input is s where (s.i < 1000) now and was s"),
                            ("keep", "Sink", "")])
    has(refused.err, "epoch 1 cannot be restored: WindowAggregate(", "'execution.state-recovery.edited-script' = 'MIGRATE' goes on with it")
    second = next_run(*setting("edited-script", "MIGRATE"))
    found = counts(seen, second.out)
    same(len(found), 40)
    same({count[0] for count in found.values()}, {25})


def test_another_window_is_refused():
    first_run(WINDOWS)
    script(WINDOWS.replace("'5' SECOND", "'10' SECOND"))
    for options in ([], setting("edited-script", "MIGRATE"), setting("ignore-unclaimed-state", "true")):
        refused = next_run(*options, code=1)
        has(refused.err, "window is TUMBLE of 10000 ms", "now and was TUMBLE of 5000 ms", "'execution.state-recovery.edited-script' = 'FORCE'")
        same(words(refused)[1], ("refuse", "WindowAggregate"))
        same(refused.out, "")
    forced = next_run(*setting("edited-script", "FORCE"))
    has(forced.err, "; forced: its state is left behind")
    found = counts(forced.out)
    same({count[0] for count in list(found.values())[2:]}, {50})


def test_keys_and_calls_that_differ_are_named():
    first_run(TOTALS, WINDOWS)
    changes = {
        "key 1 is CAST((s.i % 3) AS STRING) STRING now and was CAST((s.i % 2) AS STRING) STRING": (TABLE.replace("i % 2", "i % 3"), TOTALS),
        "call 1 is MIN(i) BIGINT of s.i BIGINT now and was MAX(i) BIGINT of s.i BIGINT": (TABLE, TOTALS.replace("MAX", "MIN")),
        "call 1 is MAX(i) INT of s.i INT now and was MAX(i) BIGINT of s.i BIGINT": (TABLE.replace("(i BIGINT", "(i INT"), TOTALS),
        "key 2 is (s.i / 10) BIGINT now and was not there": (TABLE, TOTALS.replace("GROUP BY k", "GROUP BY k, i / 10")),
    }
    for reason, (table, totals) in changes.items():
        script(totals, WINDOWS, table=table)
        refused = next_run(code=1)
        has(refused.err, reason)
        has("".join(f"{word} {kind}\n" for word, kind in words(refused)), "refuse GroupAggregate\n")


def test_state_that_nobody_claims():
    seen = first_run(TOTALS, WINDOWS)
    script(WINDOWS)
    refused = next_run(code=1)
    has(refused.err, "GroupAggregate(", "the job does not have it any more", "'execution.state-recovery.ignore-unclaimed-state' = 'true'")
    has("".join(f"{word} {kind}\n" for word, kind in words(refused)), "refuse GroupAggregate\n")
    second = next_run(*setting("ignore-unclaimed-state", "true"))
    has("".join(f"{word} {kind}\n" for word, kind in words(second)), "drop GroupAggregate\n", "keep WindowAggregate\n")
    whole(seen, second.out)


def test_options_of_a_source_are_part_of_it():
    first_run(WINDOWS)
    script(WINDOWS, table=TABLE.replace("'fields.i.end' = '1499'", "'fields.i.end' = '999'"))
    refused = next_run(code=1)
    same(verdict(refused)[0], ("migrate", "TableSource", "'fields.i.end' is 999 now and was 1499"))
    next_run(*setting("edited-script", "MIGRATE"))


def test_another_connector_is_refused():
    write("in.csv", "".join(f"{i}\n" for i in range(100)))
    files = """CREATE TABLE s (i BIGINT) WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');
CREATE TABLE o (i BIGINT) WITH ('connector' = 'print'); INSERT INTO o SELECT i FROM s;"""
    write("job.sql", files)
    run("run", "-q", "--state-dir", "state", "job.sql")
    write("job.sql", files.replace("'filesystem', 'path' = 'in.csv', 'format' = 'csv'",
                                   "'datagen', 'fields.i.kind' = 'sequence', 'fields.i.start' = '0', 'fields.i.end' = '9'"))
    refused = next_run(code=1)
    same(verdict(refused)[0][:2], ("refuse", "TableSource"))
    has(verdict(refused)[0][2], "connector is datagen now and was filesystem")


# ---- savepoints --------------------------------------------------------------------------------------------------------


def test_a_savepoint_always_has_its_verdict_and_may_migrate():
    script(WINDOWS)
    process = start("run", "-q", "--state-dir", "state", "job.sql")
    seen = "".join(process.stdout.readline() for _ in range(6))
    path = run("savepoint", "--stop", "state", "saved").out.strip()
    seen += finish(process).out
    again = next_run(*setting("path", path), state="second")
    same(words(again), [("keep", "TableSource"), ("keep", "WindowAggregate"), ("keep", "Sink")])
    whole(seen, again.out)
    script(WINDOWS.replace("GROUP BY", "WHERE i < 1000 GROUP BY"))
    migrated = next_run(*setting("path", path), state="third")
    has("".join(f"{word} {kind}\n" for word, kind in words(migrated)), "migrate WindowAggregate\n")
    same(len(counts(seen, migrated.out)), 40)
    has(next_run(*setting("path", path), *setting("edited-script", "KEEP"), state="fourth", code=1).err, "cannot be restored: WindowAggregate(")
    script(WINDOWS.replace("'5' SECOND", "'10' SECOND"))
    has(next_run(*setting("path", path), state="fifth", code=1).err, "window is TUMBLE of 10000 ms")


FILES = """CREATE TABLE s (i BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '2000', 'fields.i.kind' = 'sequence', 'fields.i.start' = '0',
'fields.i.end' = '5999');
CREATE TABLE o (i BIGINT) WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = 'csv', 'sink.rolling-policy.file-size' = '1kb');
CREATE TABLE p (i BIGINT) WITH ('connector' = 'filesystem', 'path' = 'more', 'format' = 'csv');
"""


def numbers_in(folder):
    found = []
    for path in Path(folder).glob("**/*"):
        if path.is_file() and path.name[0] not in "._":
            found += [int(line) for line in path.read_text().splitlines()]
    return sorted(found)


def test_an_exactly_once_sink_stays_the_same_sink():
    """its number moves with the plan; its files do not"""
    for parallelism in ("1", "2"):
        os.makedirs(parallelism)
        os.chdir(parallelism)
        write("job.sql", FILES + "EXECUTE STATEMENT SET BEGIN INSERT INTO o SELECT i FROM s; END;")
        process = start("run", "-q", "--state-dir", "state", "-D", "execution.checkpointing.interval=100ms", "job.sql")
        while not os.path.isdir("out") or not numbers_in("out"):
            assert process.poll() is None
        process.kill()
        finish(process)
        write("job.sql", FILES + "EXECUTE STATEMENT SET BEGIN INSERT INTO p SELECT i FROM s WHERE i >= 0; INSERT INTO o SELECT i FROM s; END;")
        second = next_run("-D", f"parallelism.default={parallelism}")
        same(sorted(words(second)), [("keep", "Sink"), ("keep", "TableSource"), ("new", "Sink")])
        same(numbers_in("out"), list(range(6000)))
        more = numbers_in("more")
        same(more, list(range(more[0], 6000)))
        os.chdir("..")
