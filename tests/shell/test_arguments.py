"""The command line: help, versions, what is refused and what is meant instead."""
import re

from program import has, run, same


def test_version():
    assert re.fullmatch(r"tidemark \d+\.\d+\.\d+\n", run("--version").out)


def test_help_of_the_program():
    out = run("--help").out
    has(out, "usage: tidemark [OPTION]...", "tidemark run FILE...", "-e, --execute SQL", "Exit codes: 0 ok")


def test_help_of_a_command():
    out = run("check", "--help").out
    has(out, "usage: tidemark check", "--json", "--language-only")
    assert "--embedded-kafka" not in out
    same(run("help", "check").out, out)


def test_unknown_option():
    result = run("run", "--outptu", "csv", code=2)
    same(result.err, "tidemark: unknown option '--outptu'; did you mean --output?\n"
                     "usage: tidemark run [OPTION]... [FILE | -]...\n`tidemark run --help` says more\n")
    same(result.out, "")


def test_unknown_command():
    has(run("chekc", "x.sql", code=2).err, "unknown command 'chekc'; did you mean check?")
    has(run("-o", "csv", "run", "x.sql", code=2).err, "the command comes first: tidemark run [OPTION]...")
    has(run("job.sql", code=2).err, "unknown command 'job.sql'; to run a script: tidemark run job.sql")


def test_unknown_output_format():
    has(run("-o", "cvs", "-e", "SELECT 1", code=2).err, "unknown output format 'cvs'; did you mean csv?\n",
        "there are tableau, changelog, csv, jsonl\n")


def test_missing_values():
    has(run("run", "-e", code=2).err, "-e expects SQL\n")
    has(run("run", code=2).err, "nothing to run: give a FILE, - for standard input, or -e SQL\n")
    has(run("-D", "novalue", "-e", "SELECT 1", code=2).err, "-D expects name=value, found 'novalue'\n")
    has(run("-p", "many", "-e", "SELECT 1", code=2).err, "-p expects a number from 1 to 128, found 'many'\n")
    has(run("doc", code=2).err, "which page? functions or options\n")


def test_txn():
    needs = "txn needs to know what to do (abort), --bootstrap-server and --prefix\n"
    has(run("txn", "--prefix", "p", "--bootstrap-server", "127.0.0.1:1", code=2).err, needs)
    has(run("txn", "abort", "--prefix", "p", code=2).err, needs)
    has(run("txn", "list", code=2).err, "txn can only abort; found 'list'\n")
    has(run("txn", "abort", "--count", "0", code=2).err, "--count expects a number from 1 to 10000, found '0'\n")
    has(run("txn", "abort", "--prefix", "p", "--bootstrap-server", "127.0.0.1:1", "--property", "max.block.ms=300", code=3).err,
        "kafka 127.0.0.1:1: no broker answered within 300 ms: ", "hint: start the broker")
    has(run("txn", "abort", "--prefix", "p", "--bootstrap-server", "127.0.0.1:1", "--property", "debug=all", code=1).err,
        "'properties.debug' is refused: its output may hold secrets")


def test_a_switch_takes_no_value():
    has(run("check", "--json=yes", "x.sql", code=2).err, "--json takes no value\n")


def test_option_of_another_command():
    has(run("run", "--json", "x.sql", code=2).err, "unknown option '--json'")


def test_a_file_that_is_not_there():
    same(run("run", "none.sql", code=2).err, "tidemark: cannot read none.sql: No such file or directory\n")


def test_pages():
    has(run("doc", "options").out, "# Options", "parallelism.default")
    has(run("doc", "functions").out, "# Functions")
    has(run("doc", "novel", code=2).err, "there is no page 'novel'")


def test_a_bad_setting():
    has(run("-D", "parallelism.default=many", "-e", "SELECT 1", code=2).err, "parallelism.default")
