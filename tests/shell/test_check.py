"""`tidemark check`: every statement judged, none run."""
import json

from program import has, run, same, write

SCRIPT = """CREATE TABLE t (
  id INT,
  name STRING
) WITH ('connector' = 'blackhole');

SELECT nme
FROM (VALUES ('a')) AS v(name);

SELEC 1;

EXECUTE STATEMENT SET BEGIN
  INSERT INTO t SELECT 1, 'a';
  INSERT INTO t SELECT 2, 'b';
END;
"""


def lines(result):
    return [json.loads(line) for line in result.out.splitlines()]


def test_good_script():
    write("good.sql", "CREATE VIEW v AS SELECT 1 AS uno;\nSELECT uno FROM v;\n")
    result = run("check", "good.sql")
    same((result.out, result.err), ("", "2 statements, 0 errors\n"))
    same(run("check", "-q", "good.sql").err, "")


def test_errors_do_not_stop_it():
    write("s.sql", SCRIPT)
    result = run("check", "s.sql", code=1)
    has(result.err, "s.sql:6:8: error: ", "  6 | SELECT nme\n    |        ^^^\n", "s.sql:9:1: error: ", "4 statements, 2 errors\n")
    same(result.out, "")


def test_json():
    write("s.sql", SCRIPT)
    result = run("check", "--json", "s.sql", code=1)
    found = lines(result)
    same([(one["index"], one["line"], one["kind"], one["ok"]) for one in found],
         [(1, 1, "CREATE TABLE", True), (2, 6, "SELECT", False), (3, 9, "UNKNOWN", False), (4, 11, "STATEMENT SET", True)])
    same(set(found[0]), {"index", "line", "kind", "ok"})
    same(found[1]["column"], 8)
    has(found[1]["error"], "nme")
    same(result.out.splitlines()[0], '{"index":1,"line":1,"kind":"CREATE TABLE","ok":true}')
    same(result.err, "")


def test_json_of_several_files():
    write("a.sql", "SELECT 1")
    write("b.sql", "SELEC 1")
    same([(one["file"], one["ok"]) for one in lines(run("check", "--json", "a.sql", "b.sql", code=1))],
         [("a.sql", True), ("b.sql", False)])


def test_json_of_an_undefined_variable():
    found = lines(run("check", "--json", "-", stdin="SELECT 1;\nSELECT ${NONE}", code=1))
    same([(one["index"], one["line"], one["column"], one["kind"], one["ok"]) for one in found], [(1, 2, 8, "UNKNOWN", False)])


def test_nothing_is_run():
    write("s.sql", "CREATE TABLE p (id INT) WITH ('connector' = 'print');\nINSERT INTO p SELECT 1;\nSELECT 1;")
    same(run("check", "s.sql").out, "")


def test_language_only():
    sql = "CREATE TABLE e (id INT) WITH ('connector' = 'elasticsearch-7', 'hosts' = 'x', 'index' = 'y');\nINSERT INTO e SELECT 1;"
    run("check", "-e", sql, code=1)
    run("check", "--language-only", "-e", sql)


def test_init_files():
    write("ddl.sql", "CREATE VIEW v AS SELECT 1 AS uno")
    same([one["index"] for one in lines(run("check", "--json", "-i", "ddl.sql", "-e", "SELECT uno FROM v"))], [1])


def test_many_errors_take_time_in_proportion():
    """Each error once read the whole script again: this took minutes."""
    write("bad.sql", "x;\n" * 20000)
    result = run("check", "--json", "bad.sql", code=1)
    same(result.out.count("\n"), 20000)
