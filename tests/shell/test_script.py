"""`tidemark run`: where statements come from, in which order, and how it ends."""
import re

from program import TIDEMARK, NO_TIME, environment, has, run, same, write


def test_files_in_order():
    write("a.sql", "CREATE VIEW v AS SELECT 1 AS uno;\n")
    write("b.sql", "SELECT uno FROM v")
    same(run("run", "-o", "csv", "a.sql", "b.sql").out, "op,uno\n+I,1\n")
    same(run("run", "-o", "csv", "-f", "a.sql", "--file=b.sql").out, "op,uno\n+I,1\n")
    same(run("-o", "csv", "-f", "a.sql", "-e", "SELECT uno + 1 AS two FROM v").out, "op,two\n+I,2\n")
    same(run("run", "-o", "csv", "-i", "a.sql", "b.sql").out, "op,uno\n+I,1\n")


def test_standard_input():
    same(run("run", "-o", "csv", "-", stdin="SELECT 1 AS uno;").out, "op,uno\n+I,1\n")
    same(run("-o", "csv", stdin="SELECT 1 AS uno;").out, "op,uno\n+I,1\n")
    same(run(stdin="").out, "")


def test_byte_order_mark():
    write("bom.sql", "\ufeffSELECT 1 AS uno")
    same(run("run", "-o", "csv", "bom.sql").out, "op,uno\n+I,1\n")


def test_nothing_but_results_on_stdout():
    result = run("-o", "csv", "-v", "-e", "CREATE VIEW v AS SELECT 1 AS uno; SELECT uno FROM v")
    same(result.out, "op,uno\n+I,1\n")
    has(result.err, "[INFO] Execute statement succeeded.\n")
    same(run("-o", "csv", "-e", "CREATE VIEW v AS SELECT 1 AS uno").err, "")


def test_stops_at_the_first_error():
    write("bad.sql", "SELECT 1 AS uno;\n\nSELECT nine FROM v9;\nSELECT 2 AS two;\n")
    result = run("run", "-o", "csv", "bad.sql", code=1)
    same(result.out, "op,uno\n+I,1\n")
    has(result.err, "bad.sql:3:18: error: ", "  3 | SELECT nine FROM v9;\n    |                  ^^\n")


def test_errors_name_their_source():
    assert run("-e", "SELEC 1", code=1).err.startswith("-e:1:1: error: ")
    assert run("-e", "SELECT 1 / 0", code=1).err.startswith("-e:1:8: error: Division by zero")
    assert run("run", "-", stdin="SELEC 1", code=1).err.startswith("<stdin>:1:1: error: ")


def test_settings():
    out = run("-D", "table.local-time-zone=Asia/Shanghai", "-Dpipeline.name=x", "-p", "2", "-o", "csv", "-e", "SET").out
    has(out, "+I,table.local-time-zone,Asia/Shanghai\n", "+I,pipeline.name,x\n", "+I,parallelism.default,2\n")


def test_variables():
    script = write("v.sql", "SELECT '${NAME}' AS a, '${OTHER:-none}' AS b, '$${NAME}' AS c")
    same(run("run", "-o", "csv", "--var", "NAME=x", script).out, "op,a,b,c\n+I,x,none,${NAME}\n")
    same(run("run", "-o", "csv", script, NAME="env", OTHER="too").out, "op,a,b,c\n+I,env,too,${NAME}\n")
    same(run("run", "-o", "csv", "--var", "NAME=x", script, NAME="env").out, "op,a,b,c\n+I,x,none,${NAME}\n")
    error = run("run", script, code=1).err
    has(error, "v.sql:1:9: error: the variable NAME is not defined", "hint: ")


def test_variables_of_e_need_var():
    same(run("-o", "csv", "-e", "SELECT '${HOME}' AS a").out, "op,a\n+I,${HOME}\n")
    same(run("-o", "csv", "--var", "X=1", "-e", "SELECT ${X} AS a").out, "op,a\n+I,1\n")


def test_quit_ends_a_script():
    same(run("-o", "csv", "-e", "SELECT 1 AS uno; QUIT; SELECT 2 AS two").out, "op,uno\n+I,1\n")


def test_a_failing_query():
    write("f.sql", """CREATE TABLE t (s STRING) WITH ('connector' = 'values', 'rows' = '1
x');
SELECT CAST(s AS INT) AS n FROM t;
SELECT 2 AS two;
""")
    result = run("run", *NO_TIME, "f.sql", code=4)
    has(result.err, "error: ", "'x'")
    assert "two" not in result.out and "Received" not in result.out, result


def test_nobody_reads():
    import subprocess
    rows = "\n".join(str(i) for i in range(100000))  # far more than a pipe holds
    write("many.sql", f"CREATE TABLE t (x INT) WITH ('connector' = 'values', 'rows' = '{rows}');\nSELECT x FROM t; SELECT x FROM t;")
    with subprocess.Popen([TIDEMARK, "run", "-o", "csv", "many.sql"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=environment()) as process:
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
        process.wait(timeout=60)
    assert process.returncode == 141, (process.returncode, errors)
    same(errors, "")


def test_help_and_clear_in_a_script():
    has(run("-e", "HELP; CLEAR").out, "Statements end with ;")
    assert "\033" not in run("-e", "CLEAR").out


def test_no_escape_sequences_without_a_terminal():
    result = run("-v", "-e", "CREATE VIEW v AS SELECT 1 AS uno; SELEC", code=1)
    assert not re.search("\033", result.out + result.err), result


def test_create_table_as_fills_columns_by_name():
    values = " AS SELECT * FROM (VALUES (1, 2)) AS t(a, b)"
    with_print = " WITH ('connector' = 'print')"
    same(run("-e", f"CREATE TABLE c (b BIGINT, a BIGINT){with_print}{values}").out, "+I[1, 2]\n")
    same(run("-e", f"CREATE TABLE c (b, a){with_print}{values}").out, "+I[2, 1]\n")
    same(run("-e", f"CREATE TABLE c (y DOUBLE, b STRING METADATA VIRTUAL, z AS a + 1, b2 INT){with_print}" + values.replace("(a, b)", "(a, b2)")).out,
         "+I[null, 1, 2]\n")


def test_create_table_as_in_a_statement_set():
    made = "CREATE TABLE c WITH ('connector' = 'print') AS SELECT 1 AS a"
    same(sorted(run("-e", f"BEGIN STATEMENT SET; {made}; INSERT INTO c SELECT 2; END").out.split()), ["+I[1]", "+I[2]"])
    result = run("run", "-o", "csv", "-", stdin=f"EXPLAIN STATEMENT SET BEGIN {made}; INSERT INTO c SELECT 2; END; SHOW TABLES")
    assert result.out.endswith("op,table name\n"), result.out
    # one that fails takes all tables of the set with it
    write("set.sql", f"BEGIN STATEMENT SET; {made}; INSERT INTO c SELECT 'x', 2; END")
    has(run("run", "set.sql", code=1).err, "set.sql:1:", "Different number of columns")
