"""The shell, driven through a pseudo-terminal."""
import os
import re
import signal
import stat

from program import ENDLESS, Terminal, has, same, write


def shell(*arguments, **more):
    terminal = Terminal("-D", "sql-client.display.print-time-cost=false", *arguments, **more)
    terminal.prompt()
    return terminal


def leave(terminal):
    terminal.enter("QUIT;")
    same(terminal.close(), 0)


def test_banner_and_leaving():
    terminal = shell()
    assert re.search(r"^Tidemark \d+\.\d+\.\d+, streaming mode, default_catalog\.default_database\. HELP; for help, QUIT; to leave\.\r\n",
                     terminal.seen), terminal.seen
    leave(terminal)
    for word in ("exit", "quit", "EXIT;"):
        terminal = shell()
        terminal.enter(word)
        same(terminal.close(), 0)


def test_control_d_leaves():
    terminal = shell()
    terminal.type("\x04")
    same(terminal.close(), 0)


def test_a_statement_over_lines():
    terminal = shell()
    terminal.enter("SELECT 1 AS uno,")
    terminal.continuation()
    terminal.enter("-- a comment; with a semicolon")
    terminal.continuation()
    terminal.enter("2 AS two;")
    terminal.expect(r"\| \+I \|           1 \|           2 \|\r\n")
    terminal.expect(r"Received a total of 1 row\r\n")
    terminal.prompt()
    leave(terminal)


def test_several_statements_on_a_line():
    terminal = shell()
    terminal.enter("SELECT 41 + 1 AS a; SELECT 'x' AS b;")
    terminal.expect(r" 42 \|")
    terminal.expect(r" x \|")
    leave(terminal)


def test_definitions_succeed_aloud():
    terminal = shell()
    terminal.enter("CREATE VIEW v AS SELECT 1 AS uno;")
    terminal.expect(r"\[INFO\] Execute statement succeeded\.")
    leave(terminal)


def test_errors_keep_the_shell():
    terminal = shell()
    terminal.enter("SELECT nine FROM v9;")
    terminal.expect(r"1:18: \x1b\[1;31merror:\x1b\[0m ")
    terminal.expect(r"\^\^")
    terminal.prompt()
    leave(terminal)


def test_no_color():
    terminal = shell(NO_COLOR="1")
    terminal.enter("SELECT nine FROM v9;")
    terminal.expect(r"1:18: error: ")
    leave(terminal)


def test_control_c_cancels_a_query_and_not_the_shell():
    write("ddl.sql", ENDLESS)
    terminal = shell("-i", "ddl.sql")
    terminal.enter("SELECT name, n FROM endless;")
    terminal.expect(r"bob \|")
    terminal.type("\x03")
    terminal.expect(r"Query terminated, received a total of 2 rows\r\n")
    terminal.prompt()
    terminal.enter("SELECT 7 AS seven;")
    terminal.expect(r" 7 \|")
    leave(terminal)


def test_control_c_cancels_a_sync_insert():
    write("ddl.sql", ENDLESS + "CREATE TABLE p (n INT) WITH ('connector' = 'print'); SET 'table.dml-sync' = 'true';")
    terminal = shell("-i", "ddl.sql")
    terminal.enter("INSERT INTO p SELECT n FROM endless;")
    terminal.expect(r"\+I\[2\]")
    terminal.type("\x03")
    terminal.expect(r"\[INFO\] The job was cancelled\.")
    terminal.prompt()
    leave(terminal)


def test_control_c_drops_the_line():
    terminal = shell()
    terminal.type("SELECT x FROM nowhere")
    terminal.expect("nowhere")
    terminal.type("\x03")
    terminal.expect(r"\^C\r\n")
    terminal.prompt()
    terminal.enter("SELECT 1 AS")
    terminal.continuation()
    terminal.type("\x03")
    terminal.prompt()
    terminal.enter("SELECT 8 AS eight;")
    terminal.expect(r" 8 \|")
    leave(terminal)


def test_jobs_in_the_background():
    write("ddl.sql", ENDLESS + "CREATE TABLE p (n INT) WITH ('connector' = 'print');")
    terminal = shell("-i", "ddl.sql")
    terminal.enter("INSERT INTO p SELECT n FROM endless;")
    terminal.expect(r"\[INFO\] Submitting SQL update statement to the cluster\.\.\.")
    job = terminal.expect(r"Job ID: ([0-9a-f]{32})\r\n").group(1)
    terminal.prompt()
    terminal.enter("SHOW JOBS;")
    terminal.expect(job)
    terminal.expect("RUNNING")
    terminal.prompt()
    terminal.enter("SELECT n FROM endless;")
    terminal.expect(r" 2 \|")
    terminal.type("\x03")
    terminal.expect("Query terminated")
    terminal.prompt()
    terminal.enter("SHOW JOBS;")
    terminal.expect(job)  # Ctrl-C was not for it
    terminal.expect("RUNNING")
    terminal.prompt()
    terminal.enter("QUIT;")
    terminal.expect(r"\[INFO\] Stopping 1 running job\.\.\.")
    terminal.expect(r"p FINISHED: 2 rows in, 2 rows out")
    same(terminal.close(), 0)


def test_a_job_that_fails_is_told_at_the_prompt():
    write("ddl.sql", """CREATE TABLE texts (s STRING) WITH ('connector' = 'values', 'rows' = 'x');
CREATE TABLE numbers (n INT) WITH ('connector' = 'blackhole');""")
    terminal = shell("-i", "ddl.sql")
    terminal.enter("INSERT INTO numbers SELECT CAST(s AS INT) FROM texts;")
    terminal.expect(r"error:")
    terminal.expect(r"numbers FAILED: ")
    terminal.enter("SELECT 9 AS nine;")
    terminal.expect(r" 9 \|")
    leave(terminal)


def test_completion():
    terminal = shell()
    terminal.type("CREATE TABLE orders_of_today (id INT, customer_name STRING) WITH ('conn\t' = 'blackh\t');\r")
    terminal.expect("succeeded")
    terminal.prompt()
    terminal.type("descr\t orders_of\t;\r")
    terminal.expect(r"\| customer_name \|")
    terminal.prompt()
    terminal.type("EXPLAIN INSERT INTO orders_of_today\r")
    terminal.continuation()
    terminal.type("SEL\t customer_n\t\t FROM x;\r")  # a column of a table of the lines before
    terminal.expect("error:")
    terminal.expect(r"SELECT customer_name FROM x;")
    terminal.prompt()
    terminal.type("SET 'sql-client.execution.res\t' = 'changelog'; SET;\r")
    terminal.expect(r"\| +sql-client\.execution\.result-mode \| +changelog \|")
    leave(terminal)


def test_completion_lists_candidates():
    terminal = shell()
    terminal.type("SELECT current_\t")
    terminal.expect(r"\r\ncurrent_\w+ {2,}current_\w+")
    terminal.type("\x03")
    leave(terminal)


def test_tab_indents_where_no_word_begins():
    terminal = shell()
    terminal.type("SELECT\r")
    terminal.continuation()
    terminal.type("\t1 + ;\r")
    terminal.expect(r"2 \|   1 \+ ;")
    leave(terminal)


def paste(text):
    return "\033[200~" + text.replace("\n", "\r") + "\033[201~"


def test_paste():
    terminal = shell()
    terminal.expect("\x1b\\[\\?2004h") if "\x1b[?2004h" not in terminal.seen else None
    terminal.type(paste("SELECT 1 AS a,\n\t'tab and 中文' AS b;\nSELECT 2 AS c;\n"))
    terminal.expect("SELECT 2 AS c;")
    assert "Received" not in terminal.seen, terminal.seen  # nothing is run before Enter
    terminal.type("\r")
    terminal.expect("tab and 中文 \\|")
    terminal.expect(r" 2 \|")
    terminal.prompt()
    leave(terminal)


def test_a_large_paste():
    terminal = shell()
    terminal.type(paste("SELECT CHAR_LENGTH('" + "0123456789" * 3000 + "') AS n;"))
    terminal.type("\r")
    terminal.expect(r" 30000 \|")
    leave(terminal)


def test_history_lives_on():
    terminal = shell()
    terminal.enter("SELECT 1 AS first,")
    terminal.continuation()
    terminal.enter("2 AS line;")
    terminal.expect("Received")
    terminal.prompt()
    leave(terminal)
    path = os.path.join(os.getcwd(), ".local/state/tidemark/history")
    same(stat.S_IMODE(os.stat(path).st_mode), 0o600)
    same(open(path).read().count("line;"), 1)
    terminal = shell()
    terminal.type("\x1b[A\x1b[A")  # QUIT; is the last one
    terminal.expect("SELECT 1 AS first,\r\n2 AS line;")
    terminal.type("\r")
    terminal.expect(r"\|           1 \|           2 \|")
    terminal.prompt()
    terminal.type("\x12first")  # Ctrl-R
    terminal.expect("SELECT 1 AS first")
    terminal.type("\r")
    terminal.expect(r"\|           1 \|           2 \|")
    leave(terminal)


def test_history_elsewhere():
    terminal = shell("--history", "here")
    terminal.enter("SELECT 5 AS five;")
    terminal.expect(r" 5 \|")
    leave(terminal)
    has(open("here").read(), "five")
    assert not os.path.exists(".local")


def test_result_mode():
    terminal = shell()
    terminal.enter("SET 'execution.runtime-mode' = 'batch'; SELECT 1 AS uno;")
    terminal.expect("1 row in set")
    terminal.prompt()
    terminal.enter("SET 'sql-client.execution.result-mode' = 'changelog'; SELECT 1 AS uno;")
    terminal.expect(r"\| \+I \|           1 \|")
    terminal.prompt()
    terminal.enter("RESET; SELECT 1 AS uno;")
    terminal.expect("Received a total of 1 row")
    leave(terminal)


def test_data_cannot_drive_the_terminal():
    terminal = shell()
    terminal.enter("SELECT U&'x\\001b[2Jy' AS evil;")
    terminal.expect(r"x\?\[2Jy")
    leave(terminal)


def test_help_and_clear():
    terminal = shell()
    terminal.enter("HELP;")
    terminal.expect("Statements end with ;")
    terminal.prompt()
    terminal.enter("CLEAR;")
    terminal.expect("\x1b\\[H\x1b\\[2J")
    leave(terminal)


def test_terminated():
    terminal = shell()
    os.kill(terminal.process, signal.SIGTERM)
    same(terminal.close(), 143)


def test_the_terminal_goes_away():
    terminal = shell()
    os.kill(terminal.process, signal.SIGHUP)
    same(terminal.close(), 129)
