#!/usr/bin/env bash
# Rows that a real MariaDB refuses: found out before they are sent, by the table's columns, and by nothing but what the server refuses, too. In
# dead letters, dropped or the end of the job, as the policy of the table that is read says; exactly once, too.
. "$(dirname "$0")/check.sh"
here=$(dirname "$0")
trap '"$here/mysql.sh" stop "$WORK/db"; [ $check_failed = 0 ] || exit 1' EXIT

# The server is not strict: our sessions are.
"$here/mysql.sh" start "$WORK/db" --sql-mode= || fail "start" "the database does not start"
. "$WORK/db/mysql.env"
sql() { "$here/mysql.sh" sql "$WORK/db" <<<"SET NAMES utf8mb4; $1"; }

# table NAME COLUMNS [OPTIONS]
table() {
    echo "CREATE TABLE $1 ($2) WITH ('connector' = 'jdbc', 'url' = '$MYSQL_URL', 'table-name' = '$1', 'username' = '$MYSQL_USER',
        'password' = '$MYSQL_PASSWORD'${3:+, $3});"
}
# source_table COLUMNS POLICY: lines of JSON in $WORK/in
source_table() {
    local letters=
    [ "$2" != dead-letter ] || letters=", 'scan.dead-letter.table' = 'letters'"
    echo "CREATE TABLE source ($1) WITH ('connector' = 'filesystem', 'path' = '$WORK/in', 'format' = 'json', 'scan.error-policy' = '$2'$letters);
        CREATE TABLE letters (raw_value STRING, stage STRING, reason STRING, column_name STRING, message STRING)
        WITH ('connector' = 'filesystem', 'path' = '$WORK/letters', 'format' = 'json');"
}
run() { "$TIDEMARK" run -D table.dml-sync=true -D table.exec.sink.require-on-conflict=false "${@:2}" -e "$1" >"$WORK/out" 2>"$WORK/err"; }
letters() { cat "$WORK"/letters/* 2>/dev/null; }
lines() { mkdir -p "$WORK/in" && rm -rf "$WORK/letters" && cat >"$WORK/in/lines"; }

# ---- the same rows as the server takes, of every type and at every limit

# judge TYPE-IN-THE-DATABASE TYPE-HERE LITERAL...: each of them by us and by a strict session of the server's own client
judge() {
    local type=$1 declared=$2 literal id=0
    shift 2
    sql "DROP TABLE IF EXISTS judged, wanted; CREATE TABLE judged (id INT, v $type); CREATE TABLE wanted LIKE judged"
    printf '%s\n' "$@" | python3 -c 'import json, sys
for number, line in enumerate(sys.stdin):
    line = line.rstrip("\n")
    print(json.dumps({"id": number, "v": line[1:-1].replace(chr(39) * 2, chr(39)) if line.startswith(chr(39)) else line}))' | lines
    run "$(table judged "id INT, v $declared") $(source_table 'id INT, v STRING' dead-letter)
        INSERT INTO judged SELECT id, CAST(v AS $declared) FROM source" || cat "$WORK/err"
    {
        echo "SET NAMES utf8mb4; SET sql_mode = 'STRICT_TRANS_TABLES';"
        for literal; do echo "INSERT INTO wanted VALUES ($((id++)), $literal);"; done
    } | mariadb --no-defaults --socket="$WORK/db/s.sock" --user=root --force shop 2>"$WORK/refused"
    check_equal "$declared into $type" "$(sql 'SELECT * FROM wanted ORDER BY id')" "$(sql 'SELECT * FROM judged ORDER BY id')"
    check_equal "... a letter for each of the rest" "$(grep -c '^ERROR' "$WORK/refused")" "$(letters | grep -c '"reason":"refused","column_name":"v"')"
}

for bits in tinyint:128 smallint:32768 mediumint:8388608 int:2147483648; do
    limit=${bits#*:}
    judge "${bits%:*}" BIGINT $((limit - 1)) $((limit)) -$((limit)) -$((limit + 1)) 0
    judge "${bits%:*} unsigned" BIGINT $((2 * limit - 1)) $((2 * limit)) 0 -1
    judge "${bits%:*}" DOUBLE "$((limit - 1)).4" "$((limit - 1)).6" "-$limit.4" "-$limit.6" 0.5 -0.5 1.0E300
done
judge 'bigint' 'DECIMAL(30, 2)' 9223372036854775807.49 9223372036854775807.50 -9223372036854775808.49 -9223372036854775808.50
judge 'bigint unsigned' 'DECIMAL(30, 2)' 18446744073709551615.49 18446744073709551615.50 -0.01 0.49
judge 'bigint unsigned' BIGINT 9223372036854775807 -1
judge 'bigint' DOUBLE 9.2233720368547748E18 9.223372036854775807E18 -9.223372036854775808E18
judge 'tinyint unsigned' DOUBLE -0.001 -0.5 -1.0 255.4 255.5
judge 'bit(3)' INT 7 8 -1
judge 'decimal(5,2)' BIGINT 999 1000 -1000
judge 'decimal(5,2)' 'DECIMAL(20, 4)' 999.9949 999.9950 -999.9950 0.0049
judge 'decimal(5,2)' 'DECIMAL(9, 1)' 999.9 1000.0
judge 'decimal(5,2) unsigned' 'DECIMAL(9, 3)' -0.001 999.994 999.995
judge 'decimal(5,2)' DOUBLE 999.994 999.995 -999.995 999.99 1.0E10
judge 'decimal(5,2)' FLOAT 999.994 999.995
judge 'decimal(60,30)' 'DECIMAL(38, 0)' 999999999999999999999999999999 1000000000000000000000000000000 -1000000000000000000000000000000
judge 'decimal(60,30)' DOUBLE 1.0E30 9.99E29 -1.0E31
judge 'decimal(65,10)' 'DECIMAL(38, 0)' 99999999999999999999999999999999999999
judge 'float' DOUBLE 3.4028234E38 3.5E38 -3.5E38
judge 'float unsigned' DOUBLE 1.5 -0.1
judge 'double unsigned' INT 1 -1
judge 'varchar(3)' STRING "'abc'" "'abcd'" "'abc  '" "'ab  c'" "'é😀x'" "'é😀xy'" "''" "'it''s'"
judge 'char(3)' STRING "'abc '" "'abcd'"
judge 'tinytext' STRING "'$(printf 'x%.0s' {1..255})'" "'$(printf 'x%.0s' {1..256})'" "'$(printf 'é%.0s' {1..127})'" "'$(printf 'é%.0s' {1..128})'"
judge 'tinytext character set latin1' STRING "'$(printf 'é%.0s' {1..255})'" "'$(printf 'é%.0s' {1..256})'"
judge 'varchar(3) character set latin1' STRING "'é'" "'€'" "'Ž'" "'ł'" "'😀'" "'日'"
judge 'varchar(3) character set utf8mb3' STRING "'日本語'" "'😀'"
judge 'varchar(3) character set ascii' STRING "'abc'" "'é'"
judge 'varchar(3) character set ucs2' STRING "'ł'" "'😀'" "'łłłł'"
judge 'varbinary(3)' STRING "'abc'" "'abc '"
judge "enum('x','it''s','Ab')" STRING "'x'" "'X '" "'it''s'" "'z'" "''" "'1'" "'aB'"
judge 'date' STRING "'2024-02-29'" "'2023-02-29'" "'2024-13-01'" "'2024-2-3'" "'abc'" "''" "'2024-01-05 10:00:00'" "'20240105'"
judge 'datetime' STRING "'2024-02-29 10:00:00'" "'2024-02-30 10:00:00'" "'soon'"
judge 'timestamp null' 'TIMESTAMP(3)' "'1960-01-01 00:00:00'" "'1980-01-01 00:00:00.5'" "'9999-12-31 00:00:00'"
judge 'timestamp null' DATE "'1960-01-01'" "'1980-01-01'" "'9999-12-31'"
judge 'int' STRING "'12'" "' 12 '" "'1e2'" "'abc'" "'12abc'" "''" "'-5.5'" "'3000000000'"
judge 'decimal(5,2)' STRING "'999.99'" "'1000'" "'x'"

# ---- NULL

sql "CREATE TABLE filled (id INT AUTO_INCREMENT PRIMARY KEY, n INT NOT NULL DEFAULT 7, s VARCHAR(9))"
lines <<<'{"n": 1, "s": "a"}
{"n": null, "s": "b"}
{"n": 3, "s": "c"}'
run "$(table filled 'id INT, n INT, s STRING') $(source_table 'n INT, s STRING' dead-letter)
    INSERT INTO filled SELECT CAST(NULL AS INT), n, s FROM source"
check_equal "a NULL where none may be is refused, one that the server fills is not" $'1\t1\ta\n2\t3\tc' "$(sql 'SELECT * FROM filled ORDER BY id')"
check_contains "... with column and row" "column 'n': a NULL for int(11) NOT NULL; the row is (NULL,NULL,'b')" "$(letters)"
sql "CREATE TABLE triggered (n INT NOT NULL); CREATE TRIGGER fills BEFORE INSERT ON triggered FOR EACH ROW SET NEW.n = IFNULL(NEW.n, 5)"
run "$(table triggered 'n INT') INSERT INTO triggered VALUES (CAST(NULL AS INT))"
check_equal "a trigger may fill it" "5" "$(sql 'SELECT * FROM triggered')"

# ---- by policy

sql "CREATE TABLE short (i INT PRIMARY KEY, s VARCHAR(3)); INSERT INTO short VALUES (2, 'old'), (3, 'old')"
lines <<<'{"i": 1, "s": "a"}
{"i": 2, "s": "abcd"}
{"i": 3, "s": "c"}'
run "$(table short 'i INT, s STRING, PRIMARY KEY (i) NOT ENFORCED') $(source_table 'i INT, s STRING' fail) INSERT INTO short SELECT * FROM source"
check_equal "without a policy the job fails" "4" "$?"
check_contains "... with column, reason and key" "column 's': too long for varchar(3); the row's key is 2" "$(cat "$WORK/err")"
check_contains "... and what can be done" "'scan.error-policy' = 'dead-letter' or 'skip'" "$(cat "$WORK/err")"
run "$(table short 'i INT, s STRING, PRIMARY KEY (i) NOT ENFORCED') $(source_table 'i INT, s STRING' skip) INSERT INTO short SELECT * FROM source"
check_contains "skip counts it" "3 rows in, 2 rows out, 0 late, 0 bad, 1 refused" "$(cat "$WORK/err")"
check_equal "... the others are there, of its key what was there" $'1\ta\n2\told\n3\tc' "$(sql 'SELECT * FROM short ORDER BY i')"

# ---- what only the server can tell

sql "CREATE TABLE parents (i INT PRIMARY KEY); INSERT INTO parents VALUES (1);
    CREATE TABLE children (i INT PRIMARY KEY, p INT, u INT UNIQUE, CHECK (u < 100), FOREIGN KEY (p) REFERENCES parents (i))"
# only_server WHAT ROW PART-OF-THE-ERROR
only_server() {
    lines <<<"$2"
    run "$(table children 'i INT, p INT, u INT') $(source_table 'i INT, p INT, u INT' dead-letter) INSERT INTO children SELECT * FROM source"
    check_equal "$1 fails the job, whatever the policy" "4" "$?"
    check_contains "... with the server's reason and the row" "$3" "$(cat "$WORK/err")"
    check_contains "... and what can be done" "only the server knows" "$(cat "$WORK/err")"
}
only_server "a FOREIGN KEY" '{"i": 1, "p": 2, "u": 1}' "(1452); the row is (1,2,1)"
only_server "a CHECK" '{"i": 1, "p": 1, "u": 100}' "(4025); the row is (1,1,100)"
sql "INSERT INTO children VALUES (9, 1, 9)"
only_server "a second UNIQUE" '{"i": 1, "p": 1, "u": 9}' "(1062); the row is (1,1,9)"
run "$(table children 'i INT, nowhere INT') INSERT INTO children VALUES (1, 1)"
check_contains "a column that is not there is found out before the first row" "the table in the database has no column 'nowhere'" "$(cat "$WORK/err")"

# ---- exactly once, killed again and again

sql "CREATE TABLE once (i INT, s VARCHAR(5)); CREATE TABLE once_letters (raw_value TEXT, column_name VARCHAR(9))"
python3 -c 'for i in range(60000): print("{\"i\": %d, \"s\": \"%s\"}" % (i, "x" * (3 + (i % 1000 == 7) * 5)))' | lines
once="'sink.delivery-guarantee' = 'exactly-once'"
{
    echo "SET 'execution.checkpointing.interval' = '50 ms';"
    table once 'i INT, s STRING' "$once"
    table once_letters 'raw_value STRING, column_name STRING' "$once"
    source_table 'i INT, s STRING' dead-letter | sed '/CREATE TABLE letters/,$d' | sed "s/'letters'/'once_letters'/"
    echo "INSERT INTO once SELECT * FROM source;"
} >"$WORK/once.sql"
for step in jdbc.before_commit jdbc.after_commit; do
    TIDE_KILL_AT=$step "$TIDEMARK" run --quiet -D tidemark.batch-rows=64 --state-dir "$WORK/state" "$WORK/once.sql"
    check_equal "killed at $step" "137" "$?"
done 2>"$WORK/err"
check_exit "after that it goes on to its end" 0 "$TIDEMARK" run --quiet -D tidemark.batch-rows=64 --state-dir "$WORK/state" "$WORK/once.sql"
check_equal "every row is there once" $'59940\t59940' "$(sql 'SELECT COUNT(*), COUNT(DISTINCT i) FROM once')"
check_equal "... and every letter" $'60\t60\ts' "$(sql 'SELECT COUNT(*), COUNT(DISTINCT raw_value), MIN(column_name) FROM once_letters')"
