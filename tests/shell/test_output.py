"""Every format, byte for byte. The tableaux are what the SQL client of Flink 2.3 prints for the same statements."""
import json

from program import NO_TIME, has, run, same

CHANGES = """CREATE TABLE changes (name STRING, n INT) WITH ('connector' = 'values', 'changelog-mode' = 'all', 'rows' = '+I a, 1
+I b, NULL
-U a, 1
+U a, 2
-D b, NULL');
SELECT name, n FROM changes;
"""

CELLS = ("SELECT 1 AS id, CAST(2 AS BIGINT) AS cnt, 'hello' AS name, CAST(NULL AS STRING) AS n, TRUE AS b, DATE '2020-01-02' AS d,"
         " TIMESTAMP '2020-01-02 03:04:05.678' AS ts, CAST(1.5 AS DECIMAL(10, 2)) AS de, 1.0E0 AS dbl")


def test_tableau_of_a_stream():
    same(run(*NO_TIME, "-e", CHANGES).out, """\
+----+--------------------------------+-------------+
| op |                           name |           n |
+----+--------------------------------+-------------+
| +I |                              a |           1 |
| +I |                              b |      <NULL> |
| -U |                              a |           1 |
| +U |                              a |           2 |
| -D |                              b |      <NULL> |
+----+--------------------------------+-------------+
Received a total of 5 rows
""")


def test_tableau_widths_by_type():
    same(run(*NO_TIME, "-e", CELLS).out, """\
+----+-------------+----------------------+--------------------------------+--------------------------------+--------+------------+\
-------------------------+--------------+--------------------------------+
| op |          id |                  cnt |                           name |                              n |      b |          d |\
                      ts |           de |                            dbl |
+----+-------------+----------------------+--------------------------------+--------------------------------+--------+------------+\
-------------------------+--------------+--------------------------------+
| +I |           1 |                    2 |                          hello |                         <NULL> |   TRUE | 2020-01-02 |\
 2020-01-02 03:04:05.678 |         1.50 |                            1.0 |
+----+-------------+----------------------+--------------------------------+--------------------------------+--------+------------+\
-------------------------+--------------+--------------------------------+
Received a total of 1 row
""")


LONG = ("SELECT 'a very long string that is longer than thirty characters' AS s, 1 AS a_rather_long_column_name_for_int, "
        "'中文字符中文字符中文字符中文字符中文字符' AS w")


def test_tableau_cuts_and_wide_characters():
    same(run(*NO_TIME, "-e", LONG).out, """\
+----+--------------------------------+-----------------------------------+--------------------------------+
| op |                              s | a_rather_long_column_name_for_int |                              w |
+----+--------------------------------+-----------------------------------+--------------------------------+
| +I | a very long string that is ... |                                 1 |  中文字符中文字符中文字符中... |
+----+--------------------------------+-----------------------------------+--------------------------------+
Received a total of 1 row
""")


def test_tableau_of_a_batch():
    settings = [*NO_TIME, "-D", "execution.runtime-mode=batch", "-D", "table.display.max-column-width=12"]
    same(run(*settings, "-e", LONG).out, """\
+--------------+--------------+--------------+
|            s | a_rather_... |            w |
+--------------+--------------+--------------+
| a very lo... |            1 |  中文字符... |
+--------------+--------------+--------------+
1 row in set
""")


def test_tableau_of_a_batch_without_cuts():
    same(run(*NO_TIME, "-e", "SET 'execution.runtime-mode' = 'batch'; " + CELLS).out, """\
+----+-----+-------+--------+------+------------+-------------------------+------+-----+
| id | cnt |  name |      n |    b |          d |                      ts |   de | dbl |
+----+-----+-------+--------+------+------------+-------------------------+------+-----+
|  1 |   2 | hello | <NULL> | TRUE | 2020-01-02 | 2020-01-02 03:04:05.678 | 1.50 | 1.0 |
+----+-----+-------+--------+------+------------+-------------------------+------+-----+
1 row in set
""")


EMPTY = """CREATE TABLE nothing (x INT) WITH ('connector' = 'values', 'rows' = '');
SELECT x FROM nothing;
"""


def test_tableau_without_rows():
    same(run(*NO_TIME, "-e", EMPTY).out, """\
+----+-------------+
| op |           x |
+----+-------------+
Received a total of 0 row
""")
    same(run(*NO_TIME, "-D", "execution.runtime-mode=batch", "-e", EMPTY).out, "Empty set\n")


def test_time_in_the_footer():
    import re
    out = run("-e", "SELECT 1 AS uno").out
    assert re.search(r"\nReceived a total of 1 row \(\d+\.\d\d seconds\)\n$", out), out


def test_changelog_has_op_in_batch_mode():
    same(run(*NO_TIME, "-o", "changelog", "-D", "execution.runtime-mode=batch", "-e", "SELECT 1 AS uno").out, """\
+----+-------------+
| op |         uno |
+----+-------------+
| +I |           1 |
+----+-------------+
Received a total of 1 row
""")


def test_result_mode_changelog():
    out = run(*NO_TIME, "-D", "execution.runtime-mode=batch", "-e",
              "SET 'sql-client.execution.result-mode' = 'changelog'; SELECT 1 AS uno").out
    has(out, "| op |         uno |\n")


def test_csv():
    same(run("--output", "csv", "-e", CHANGES).out, "op,name,n\n+I,a,1\n+I,b,\n-U,a,1\n+U,a,2\n-D,b,\n")


def test_csv_quotes():
    same(run("-ocsv", "-e", """SELECT '' AS e, 'x,"y' AS `a,b`, CAST(NULL AS STRING) AS n, 'two
lines' AS l, TRUE AS t""").out, 'op,e,"a,b",n,l,t\n+I,"","x,""y",,"two\nlines",TRUE\n')


def test_jsonl():
    out = run("--output=jsonl", "-e", CHANGES).out
    same(out, """\
{"columns":[{"name":"name","type":"STRING"},{"name":"n","type":"INT"}]}
{"op":"+I","row":["a",1]}
{"op":"+I","row":["b",null]}
{"op":"-U","row":["a",1]}
{"op":"+U","row":["a",2]}
{"op":"-D","row":["b",null]}
""")


def test_jsonl_values():
    out = run("-o", "jsonl", "-e", """SELECT 'q"\\ 中' AS s, CAST(1.50 AS DECIMAL(10, 2)) AS d, 1.0E10 AS f, TRUE AS b,
        CAST('NaN' AS DOUBLE) AS nan, DATE '2020-01-02' AS da, INTERVAL '1' DAY AS i, CAST(9007199254740993 AS BIGINT) AS l""").out
    columns, row = [json.loads(line) for line in out.splitlines()]
    same([c["name"] for c in columns["columns"]], ["s", "d", "f", "b", "nan", "da", "i", "l"])
    same(row, {"op": "+I", "row": ['q"\\ 中', 1.5, 1.0e10, True, "NaN", "2020-01-02", "+1 00:00:00.000", 9007199254740993]})
    has(out, '"q\\"\\\\ 中",1.50,')


def test_jsonl_nested_values():
    out = run("-o", "jsonl", "-e", "SELECT ARRAY[1, 2] AS a, MAP['k', TRUE] AS m, ROW(1, 'x', ARRAY[DATE '2020-01-02']) AS r").out
    same(json.loads(out.splitlines()[1])["row"], [[1, 2], {"k": True}, {"EXPR$0": 1, "EXPR$1": "x", "EXPR$2": ["2020-01-02"]}])


def test_jsonl_of_listings():
    out = run("-o", "jsonl", "-e", "CREATE VIEW v AS SELECT 1 AS uno; SHOW VIEWS; EXPLAIN SELECT 1").out
    for line in out.splitlines():
        json.loads(line)


def test_listing():
    same(run("-e", "CREATE VIEW a_view AS SELECT 1 AS uno; CREATE VIEW b AS SELECT 2 AS two; SHOW VIEWS").out, """\
+-----------+
| view name |
+-----------+
|    a_view |
|         b |
+-----------+
2 rows in set
""")
    same(run("-e", "SHOW VIEWS").out, "Empty set\n")


def test_explain_is_plain_text():
    out = run("-e", "EXPLAIN SELECT 1 AS uno").out
    assert out.startswith("== "), out
    assert "|" not in out.splitlines()[0] and "row in set" not in out, out


def test_show_create_is_plain_text():
    out = run("-e", "CREATE TABLE t (id INT) WITH ('connector' = 'blackhole'); SHOW CREATE TABLE t").out
    assert out.startswith("CREATE TABLE `default_catalog`.`default_database`.`t` (\n"), out


def test_several_queries():
    same(run("-o", "csv", "-e", "SELECT 1 AS a; SELECT 2 AS b", "-e", "SELECT 3 AS c").out, "op,a\n+I,1\nop,b\n+I,2\nop,c\n+I,3\n")


def test_tableau_of_a_query_that_fails_before_its_first_row():
    result = run("-e", "CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'nowhere', 'format' = 'csv'); SELECT a FROM t", code=4)
    same(result.out, "")
