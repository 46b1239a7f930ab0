"""Dead letters from files to files: which row is where, by which reason, and what the counters say."""
import json
import os
from pathlib import Path

from program import has, run, same

LETTERS = """CREATE TABLE letters (source_table STRING, topic STRING, `partition` INT, `offset` BIGINT, raw_key BYTES, raw_value STRING,
  stage STRING, reason STRING, column_name STRING, message STRING) WITH ('connector' = 'filesystem', 'path' = 'letters', 'format' = 'json');
"""


def table(name, columns, lines, more="", policy="'scan.error-policy' = 'dead-letter', 'scan.dead-letter.table' = 'letters'"):
    os.makedirs(name, exist_ok=True)
    Path(name, "data").write_text("".join(line + "\n" for line in lines))
    return f"CREATE TABLE {name} ({columns}) WITH ('connector' = 'filesystem', 'path' = '{name}', 'format' = 'json', {policy}{more});\n"


def out(columns, name="target"):
    return f"CREATE TABLE {name} ({columns}) WITH ('connector' = 'filesystem', 'path' = '{name}', 'format' = 'json');\n"


def rows(folder):
    found = []
    for path in sorted(Path(folder).glob("*")) if Path(folder).exists() else []:
        found += [json.loads(line) for line in path.read_text().splitlines()]
    return found


def letters():
    return sorted((row["offset"], row["raw_value"], row["stage"], row["reason"], row["column_name"]) for row in rows("letters"))


def job(sql, *arguments):
    """Runs the script as one job per statement; what stands on stderr."""
    for folder in ("letters", "target", "other"):
        for path in Path(folder).glob("*") if Path(folder).exists() else []:
            path.unlink()
    return run("run", "-D", "table.dml-sync=true", *arguments, "-e", sql).err


LINES = ['{"id": 1, "n": 5, "s": "10"}', '{"id": 2, "n": "x", "s": "10"}', "no json", '{"id": 3, "n": 7, "s": "abc"}',
         '{"id": 4, "n": 8, "s": "0"}', '{"id": 5, "n": 9, "s": "3"}']


def offset_of(lines, index):
    return sum(len(line) + 1 for line in lines[:index])


def test_reading_and_expressions():
    sql = LETTERS + table("source", "id INT, n INT, s STRING", LINES) + out("id INT, q INT") + \
        "INSERT INTO target SELECT id, 10 / CAST(s AS INT) FROM source WHERE n > 0"
    for more in ([], ["-p", "4"], ["-D", "tidemark.batch-rows=1"], ["-D", "tidemark.batch-rows=3", "-p", "2"]):
        err = job(sql, *more)
        same(sorted((row["id"], row["q"]) for row in rows("target")), [(1, 1), (5, 3)])
        same(letters(), [(offset_of(LINES, 1), LINES[1], "decode", "type", "n"),
                         (offset_of(LINES, 2), LINES[2], "decode", "syntax", None),
                         (offset_of(LINES, 3), LINES[3], "expression", "bad value", "q"),
                         (offset_of(LINES, 4), LINES[4], "expression", "arithmetic", "q")])
        has(err, "4 rows in, 2 rows out, 0 late, 2 bad, 2 failed, 4 dead letters")
    same({row["source_table"] for row in rows("letters")}, {"default_catalog.default_database.source"})
    has("".join(row["message"] for row in rows("letters")), 'Fail to deserialize at field: n. not a value of INT: "x"',
        "cannot cast 'abc' from STRING to INT", "/ by zero")


def test_conditions_and_computed_columns():
    sql = LETTERS + table("source", "id INT, s STRING, c AS CAST(s AS INT)", LINES) + out("id INT, c INT") + \
        "INSERT INTO target SELECT id, c FROM source WHERE 10 / c > 0"
    job(sql)
    same(sorted(row["id"] for row in rows("target")), [1, 2, 5])
    same([(letter[1], letter[3], letter[4]) for letter in letters()],
         [(LINES[2], "syntax", None), (LINES[3], "bad value", "c"), (LINES[4], "arithmetic", None)])


def test_late_rows_and_rows_without_time():
    lines = ['{"id": 1, "ts": "2024-01-01 00:00:01"}', '{"id": 2, "ts": "2024-01-01 00:02:00"}', '{"id": 3, "ts": "2024-01-01 00:00:02"}',
             '{"id": 4}', '{"id": 5, "ts": "9999-01-01 00:00:00"}', '{"id": 6, "ts": "2024-01-01 00:02:01"}']
    source = table("source", "id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts", lines)
    queries = {
        "tumble": "SELECT window_start, COUNT(*) FROM TUMBLE(TABLE source, DESCRIPTOR(ts), INTERVAL '1' MINUTE) GROUP BY window_start, window_end",
        "old session": "SELECT SESSION_START(ts, INTERVAL '10' SECOND), COUNT(*) FROM source GROUP BY SESSION(ts, INTERVAL '10' SECOND)",
        "session": "SELECT window_start, CAST(id AS BIGINT) FROM SESSION(TABLE source PARTITION BY id, DESCRIPTOR(ts), "
                           "INTERVAL '10' SECOND)",
    }
    for name, query in queries.items():
        for more in ([], ["-p", "3"]):
            job(LETTERS + source + out("s TIMESTAMP(3), n BIGINT") + "INSERT INTO target " + query, *more)
            same([(letter[1], letter[2], letter[3]) for letter in letters()],
                 [(lines[2], "late", "late"), (lines[3], "late", "late" if name == "old session" else "no event time")], name)


def test_hop_and_unnest_keep_the_record():
    lines = ['{"id": 1, "a": ["1", "x", "3"]}']
    job(LETTERS + table("source", "id INT, a ARRAY<STRING>", lines) + out("id INT, n INT") +
        "INSERT INTO target SELECT id, CAST(e AS INT) FROM source CROSS JOIN UNNEST(a) AS u (e)")
    same(sorted(row["n"] for row in rows("target")), [1, 3])
    same(letters(), [(0, lines[0], "expression", "bad value", "n")])


def test_null_for_a_column_that_is_not_null():
    lines = ['{"id": 1, "s": "a"}', '{"id": null, "s": null}', '{"id": 3}']
    err = job(LETTERS + table("source", "id INT, s STRING", lines) + out("id INT NOT NULL, s STRING NOT NULL") +
              "INSERT INTO target SELECT * FROM source")
    same([row["id"] for row in rows("target")], [1])
    same([(letter[1], letter[2], letter[3], letter[4]) for letter in letters()],
         [(lines[1], "sink", "null", "id"), (lines[2], "sink", "null", "s")])
    has(err, "2 refused, 2 dead letters")


def test_two_tables_with_one_dead_letter_table_and_two_inserts():
    sql = LETTERS + table("source", "n INT", ['{"n": 1}', "x"]) + table("extra", "n INT", ['{"n": 0}', "y"]) + out("n INT") + \
        out("n INT", "other") + """EXECUTE STATEMENT SET BEGIN
        INSERT INTO target SELECT 10 / n FROM (SELECT n FROM source UNION ALL SELECT n FROM extra);
        INSERT INTO other SELECT n FROM source;
        END"""
    job(sql)
    same(sorted(row["n"] for row in rows("target")), [10])
    same(sorted(row["n"] for row in rows("other")), [1])
    same(sorted((row["source_table"].split(".")[-1], row["raw_value"], row["stage"]) for row in rows("letters")),
         [("extra", "y", "decode"), ("extra", '{"n": 0}', "expression"), ("source", "x", "decode")])


def test_a_limit_ends_the_job_and_its_letters_are_written():
    lines = ["bad"] + ['{"n": %d}' % n for n in range(5000)]
    job(LETTERS + table("source", "n INT", lines, ", 'source.monitor-interval' = '1 s'") + out("n INT") +
        "INSERT INTO target SELECT n FROM source LIMIT 10")
    same(len(rows("target")), 10)
    same([letter[1] for letter in letters()], ["bad"])


def test_a_select_writes_letters_and_a_hint_does_not():
    sql = LETTERS + table("source", "n INT", ['{"n": 1}', "x"])
    job(sql + "SELECT * FROM source")
    same(len(rows("letters")), 1)
    job(sql + "SELECT * FROM source /*+ OPTIONS('scan.error-policy' = 'skip') */")
    same(len(rows("letters")), 0)


def test_explain_shows_the_added_sink():
    out_text = run("run", "-q", "-e", LETTERS + table("source", "n INT", []) + "EXPLAIN SELECT n FROM source").out
    has(out_text, "Sink(table=[default_catalog.default_database.letters], ", "+- Rejects()")


def test_show_jobs_counts():
    text = run("run", "-q", "-o", "csv", "-e", "SHOW JOBS").out
    same(text, "op,job id,job name,status,start time,rows in,rows out,late,bad,failed,refused,from the future,dead letters\n")


MAPS = ['{"k": "a", "v": 1}', '{"k": null, "v": 2}', '{"k": "b", "v": 3}', '{"k": null, "v": 4}', '{"k": "c", "v": 5}']
INTO_MAPS = out("m MAP<STRING, INT>") + "INSERT INTO target SELECT MAP[k, v] FROM source;"


def test_a_row_that_the_format_refuses_is_a_letter():
    report = job(LETTERS + table("source", "k STRING, v INT", MAPS) + INTO_MAPS)
    same(rows("target"), [{"m": {key: value}} for key, value in (("a", 1), ("b", 3), ("c", 5))])
    same(letters(), [(offset_of(MAPS, at), MAPS[at], "sink", "refused", None) for at in (1, 3)])
    has(rows("letters")[0]["message"], "JSON format doesn't support to serialize map data with null keys.")
    has(report, "5 rows in, 3 rows out, 0 late, 0 bad, 2 refused, 2 dead letters")


def test_a_row_that_the_format_refuses_is_dropped_or_ends_the_job():
    has(job(table("source", "k STRING, v INT", MAPS, policy="'scan.error-policy' = 'skip'") + INTO_MAPS), "3 rows out, 0 late, 0 bad, 2 refused")
    sql = table("source", "k STRING, v INT", MAPS, policy="'scan.error-policy' = 'fail'") + INTO_MAPS
    has(run("run", "-e", sql, code=4).err, "-e:3:", "JSON format doesn't support to serialize map data with null keys.", "FAILED")


def test_a_record_that_is_too_large_is_a_letter():
    sizes = [f'{{"n": {n}}}' for n in (10, 2000000, 20)]
    report = job(LETTERS + table("source", "n INT", sizes) + """CREATE TABLE target (x STRING)
        WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'localhost:1', 'format' = 'json');
        INSERT INTO target SELECT REPEAT('x', n) FROM source;""", "--embedded-kafka")
    same(letters(), [(offset_of(sizes, 1), sizes[1], "sink", "refused", None)])
    has(rows("letters")[0]["message"], "a record of 2000008 bytes is larger than properties.message.max.bytes (1000000)")
    has(report, "3 rows in, 2 rows out, 0 late, 0 bad, 1 refused, 1 dead letters")
