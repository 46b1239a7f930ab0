"""Functions in C: the example as its page says it is built, and what is refused, by the full text."""
import os
import subprocess
from pathlib import Path

from program import NO_TIME, ROOT, has, run, same, write

CSV = ["-q", "-o", "csv", *NO_TIME]


def build(name, source, folder="functions"):
    os.makedirs(folder, exist_ok=True)
    os.chmod(folder, 0o755)
    library = f"{folder}/{name}.so"
    flags = ["-Wall", "-Wextra", "-Werror", "-O2", "-shared", "-fPIC", "-I", ROOT / "include"]
    subprocess.run(["cc", *flags, "-o", library, source, "-lm"], check=True)
    return library


def example():
    return build("functions", ROOT / "examples" / "function" / "functions.c")


def library(name, rows, version="TIDE_FUNCTION_VERSION"):
    """A library of one function that gives what it is told to give."""
    write(f"{name}.c", f"""#include <tidemark_function.h>
#include <stddef.h>
static void call(tide_function_call *call, const tide_column *args, int64_t rows, tide_output *out)
{{
    (void)call, (void)args;
    for (int64_t row = 0; row < rows; row++)
        {rows[1]}
}}
static const tide_function rows[] = {{ {{ "{rows[0]}", NULL, call, NULL, NULL, 0 }}, TIDE_FUNCTION_END }};
const tide_function_library_v1 tide_function_library = {{ {version}, rows }};
""")
    return build(name, f"{name}.c")


def rows_of(*arguments):
    """Its rows and headers as CSV, without the column op."""
    out = run("run", *CSV, "--function-dir", "functions", *arguments).out
    return "".join(line.partition(",")[2] + "\n" for line in out.splitlines())


def refused(sql, *arguments, folder="functions", code=1):
    """The error line and the hint of the last statement."""
    lines = run("run", "-q", "--function-dir", folder, *arguments, "-e", sql, code=code).err.splitlines()
    return "\n".join(line.split(": error: ")[-1].strip() for line in lines if ": error: " in line or "hint: " in line)


def create(name, what):
    return f"CREATE FUNCTION {name} AS '{what}' LANGUAGE C"


def test_the_example():
    example()
    same(rows_of(str(ROOT / "examples" / "function" / "function.sql")),
         "who,km_to_berlin,who_later\nAK,930,Ada King\nCG,261,Carl Gauss\n,5971,\n")


def test_null_and_constants():
    example()
    rows = rows_of("-e", f"""{create('or_text', 'functions.so')};
        {create('km', 'functions:distance_km')};
        {create('initials', 'functions')};
        SELECT or_text(x), or_text(CAST(NULL AS STRING)), initials(x), initials('9'), km(0, 0, n, 0) IS NULL
        FROM (VALUES ('bob', 1), (CAST(NULL AS STRING), 2), ('ünal', CAST(NULL AS INT))) t(x, n)""")
    same(rows, "EXPR$0,EXPR$1,EXPR$2,EXPR$3,EXPR$4\nbob,nothing,B,,FALSE\nnothing,nothing,,,FALSE\nünal,nothing,,,TRUE\n")


def test_constants_are_folded_but_for_what_is_not_deterministic():
    example()
    plan = run("run", "-q", "--function-dir", "functions", "-e", f"""{create('initials', 'functions')};
        {create('spend_ms', 'functions')};
        EXPLAIN SELECT initials('Ada King'), spend_ms('x', 1) FROM (VALUES 1, 2) t(x)""").out
    has(plan, "'AK'", "SPEND_MS('x', 1)")


def test_conditions_guard_a_call():
    example()
    rows = rows_of("-e", f"""{create('km', 'functions:distance_km')};
        SELECT CASE WHEN x < 90 THEN km(x, 0, x, 0) END FROM (VALUES 3, 99) t(x)""")
    same(rows, "EXPR$0\n0.0\n\n")


def test_an_error_by_row():
    example()
    same(refused(f"{create('km', 'functions:distance_km')}; SELECT km(x, 0, 0, 0) FROM (VALUES 3, 99) t(x)", code=None),
         "function km: a latitude lies between -90 and 90")


def test_parallel_with_a_drop():
    example()
    rows = rows_of("-p", "4", "-e", f"""{create('initials', 'functions')};
        CREATE TABLE names (name STRING) WITH ('connector' = 'datagen', 'number-of-rows' = '20000', 'fields.name.length' = '3');
        CREATE TABLE nowhere (a STRING) WITH ('connector' = 'blackhole');
        INSERT INTO nowhere SELECT initials(name) FROM names;
        DROP FUNCTION initials;
        SELECT COUNT(DISTINCT 1) FROM names""")
    same(rows.splitlines()[-1], "1")


def test_show_describe_drop():
    example()
    result = rows_of("-e", f"""SHOW USER FUNCTIONS; {create('initials', 'functions')};
        CREATE FUNCTION IF NOT EXISTS initials AS 'none' LANGUAGE C; SHOW USER FUNCTIONS; DESCRIBE FUNCTION initials;
        DROP FUNCTION initials; SHOW USER FUNCTIONS; DROP FUNCTION IF EXISTS initials""")
    same(result, "function name\nfunction name\ninitials\nsignature,description\n"
                 "initials(string) -> string?,The first letters of the words.\nlibrary,functions\nfunction name\n")
    same(refused("DROP FUNCTION initials"), "no function `initials`")
    same(refused(f"{create('initials', 'functions')}; {create('initials', 'functions')}"),
         "function `initials` exists already")
    same(refused(f"{create('initials', 'functions')}; DROP FUNCTION initials; SELECT initials('x')"),
         "there is no function initials")


def test_a_temporary_system_function_hides_a_built_in_one():
    example()
    out = rows_of("-e", """
        CREATE TEMPORARY SYSTEM FUNCTION reverse AS 'functions:initials' LANGUAGE C; SELECT REVERSE('ada king');
        DROP TEMPORARY SYSTEM FUNCTION reverse; SELECT REVERSE('ada king');
        CREATE FUNCTION reverse AS 'functions:initials' LANGUAGE C; SELECT REVERSE('ada king')""")
    same(out, "EXPR$0\nAK\nEXPR$0\ngnik ada\nEXPR$0\ngnik ada\n")


def test_calls_that_do_not_fit():
    example()
    with_initials = create("initials", "functions")
    same(refused(f"{with_initials}; SELECT initials(3)"), "initials does not take (INT NOT NULL)\nhint: it takes initials(string)")
    same(refused(f"{with_initials}; SELECT initials(DISTINCT 'x')"), "DISTINCT belongs to an aggregate function, and initials is none")
    same(refused(f"{with_initials}; SELECT * FROM TABLE(initials('x'))"),
         "initials is a scalar function: it gives a value, and cannot be called here")


def test_off_without_a_directory():
    lines = run("run", "-q", "-e", create("f", "functions"), code=1).err
    has(lines, "functions in C are off: no function directory was given",
        "hint: start with --function-dir DIR (tidemark.function-dir in C)")


def test_only_plain_names_of_the_directory():
    example()
    for name in ("../functions/functions", "/etc/passwd", ".hidden", "a/b"):
        same(refused(create("f", name)),
             f'"{name}.so" is no name of a file in the function directory: a plain name without "/" is expected')
    folder = os.path.realpath("functions")
    same(refused(create("f", "none")), f'cannot load from "{folder}/none.so": No such file or directory')
    os.symlink("functions.so", "functions/link.so")
    same(refused(create("f", "link")), f'"{folder}/link.so" is no regular file')


def test_owner_and_mode():
    path = os.path.realpath(example())
    os.chmod(path, 0o646)
    same(refused(create("initials", "functions")), f'"{path}" can be written by everybody: libraries are not loaded from it')
    if os.geteuid() == 0:
        os.chmod(path, 0o644)
        os.chown(path, 12345, 12345)
        same(refused(create("initials", "functions")),
             f'"{path}" belongs to another user: libraries are loaded only from this user and root')
    os.chmod("functions", 0o757)
    has(run("run", "-q", "--function-dir", "functions", "-e", "SELECT 1", code=None).err, "function directory: ",
        "can be written by everybody: libraries are not loaded from it")
    has(run("run", "-q", "--function-dir", "nowhere", "-e", "SELECT 1", code=None).err,
        'function directory: cannot load from "nowhere": No such file or directory')


def test_what_is_no_library():
    example()
    Path("functions/text.so").write_text("not a library")
    has(refused(create("f", "text")), "cannot load \"", "text.so: file too short")
    write("plain.c", "int plain;\n")
    build("plain", "plain.c")
    same(refused(create("f", "plain")), "plain.so is no library of functions: it has no tide_function_library")
    library("later", ("f() -> int", "((int32_t *)out->data)[row] = 1;"), version="7")
    same(refused(create("f", "later")), "later.so is built for version 7 of tidemark_function.h; this program has 1")
    same(refused(create("f", "functions:none")), "functions.so has no function none\nhint: it has: distance_km, initials, "
                                                 "spend_ms, or_text; choose one with AS 'functions.so:name'")
    same(refused(create("`a b`", "functions:initials")), "the name of a function in C is made of letters, digits and _")
    same(refused(create("f", "functions:initials") + " USING JAR 'x.jar'"), "LANGUAGE C takes neither USING nor WITH")


def test_bad_signatures():
    hint = ('\nhint: "name(type, type) -> type" of boolean, tinyint, smallint, int, bigint, float, double, string, bytes, '
            "date, time")
    for number, (signature, reason) in enumerate([
            ("f", "is not one"), ("f(", "is not one"), ("f)(", "is not one"), ("(int) -> int", "is not one"), ("f(int) int", "is not one"),
            ("f(decimal) -> int", "has a parameter of a type that functions in C do not take"),
            ("f(int[) -> int", "has a parameter of a type that functions in C do not take"),
            ("f(int) -> array", "has a result of a type that functions in C do not give"),
            ("f(int) -> int!", "has a result of a type that functions in C do not give"),
            ("f(" + ", ".join(["int"] * 13) + ") -> int", "has more than 12 parameters")]):
        library(f"bad{number}", (signature, "((int32_t *)out->data)[row] = 1;"))
        same(refused(create("f", f"bad{number}")), f'bad{number}.so: the signature "{signature}" {reason}{hint}')


def test_bad_results():
    for number, (signature, body, reason) in enumerate([
            ("f() -> string", '((tide_text *)out->data)[row] = (tide_text){ "\\xff", 1 };', "the result is not valid UTF-8"),
            ("f() -> string", "((tide_text *)out->data)[row] = (tide_text){ NULL, 3 };",
             "the result is no text: its pointer is NULL or its size is not one"),
            ("f() -> date", "((int32_t *)out->data)[row] = 1 << 30;", "the result is no DATE of the years 1 to 9999"),
            ("f() -> time", "((int32_t *)out->data)[row] = -1;", "the result is no TIME of a day"),
            ("f() -> int", "out->valid[row] = 0;", 'the result is NULL, and its signature does not say so with "?"')]):
        library(f"result{number}", (signature, body))
        same(refused(f"{create('f', f'result{number}')}; SELECT f()", code=None), f"function f: {reason}")


def test_check_loads_them_too_and_language_only_does_not():
    example()
    write("job.sql", f"{create('initials', 'functions')};\nSELECT initials('x');\n")
    run("check", "--function-dir", "functions", "job.sql")
    run("check", "--language-only", "job.sql")
    has(run("check", "job.sql", code=1).err, "functions in C are off")
