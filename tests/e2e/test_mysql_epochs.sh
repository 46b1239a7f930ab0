#!/usr/bin/env bash
# Exactly once into a real MariaDB: an older process that is still there, and what is refused. tests/chaos kills the job and the database.
. "$(dirname "$0")/check.sh"
here=$(dirname "$0")
trap '"$here/mysql.sh" stop "$WORK/db"; [ $check_failed = 0 ] || exit 1' EXIT

"$here/mysql.sh" start "$WORK/db" || fail "start" "the database does not start"
. "$WORK/db/mysql.env"
sql() { "$here/mysql.sh" sql "$WORK/db" <<<"$1"; }

# table NAME COLUMNS [OPTIONS]
table() {
    echo "CREATE TABLE $1 ($2) WITH ('connector' = 'jdbc', 'url' = '$MYSQL_URL', 'table-name' = '$1', 'username' = '$MYSQL_USER',
        'password' = '$MYSQL_PASSWORD', 'sink.delivery-guarantee' = 'exactly-once'${3:+, $3});"
}
# made ROWS PER-SECOND
made() {
    echo "CREATE TABLE made (i INT) WITH ('connector' = 'datagen', 'number-of-rows' = '$1', 'rows-per-second' = '$2',
        'fields.i.kind' = 'sequence', 'fields.i.start' = '1', 'fields.i.end' = '$1');"
}
# job STATE SCRIPT
job() {
    "$TIDEMARK" run --quiet --state-dir "$1" -D table.dml-sync=true -D execution.checkpointing.interval=200ms \
        -D table.exec.sink.require-on-conflict=false -e "$2" >>"$WORK/out" 2>>"$WORK/err"
} 2>/dev/null # the shell's "Killed"

# ---- an older process that is still there

sql "CREATE TABLE fenced (i INT)"
script="$(table fenced 'i INT') $(made 100000 2000) INSERT INTO fenced SELECT i FROM made;"
: >"$WORK/err"
job "$WORK/older" "$script" &
older=$!
until [ "$(sql 'SELECT COUNT(*) FROM fenced')" -gt 1000 ]; do sleep 0.1; done
cp -r "$WORK/older" "$WORK/newer"
job "$WORK/newer" "$script" &
newer=$!
wait $older
status=$?
kill $(pgrep -P $newer) 2>/dev/null
wait $newer
check_equal "an older process stops" "yes" "$([ $status != 0 ] && echo yes)"
check_contains "... and says why" "another process or INSERT has taken over" "$(cat "$WORK/err")"
check_equal "... no row is doubled" "same" "$(sql "SELECT IF(COUNT(*) = COUNT(DISTINCT i), 'same', 'doubled') FROM fenced")"

# ---- what is refused

: >"$WORK/err"
check_exit "without checkpoints" 1 "$TIDEMARK" run --quiet -e "$(table added 'i INT') INSERT INTO added VALUES (1);"
check_contains "... is refused with a way out" "give a state directory: --state-dir DIR" "$(cat "$WORK/err")"
sql "CREATE TABLE old_engine (i INT) ENGINE = MyISAM"
job "$WORK/old_engine" "$(table old_engine 'i INT') INSERT INTO old_engine VALUES (1);"
check_equal "a table without transactions is refused" "1" "$?"
check_contains "... by name" "\`old_engine\` is of engine MyISAM, it must be an InnoDB table" "$(cat "$WORK/err")"
sql "CREATE TABLE lost (i INT)"
script="$(table lost 'i INT') $(made 60000 2000) INSERT INTO lost SELECT i FROM made;"
TIDE_KILL_AT=jdbc.after_commit:4 job "$WORK/lost" "$script"
sql "DELETE FROM tidemark_epochs"
: >"$WORK/err"
job "$WORK/lost" "$script"
check_equal "a database that has forgotten its epoch is refused" "4" "$?"
check_contains "... by name" "it has lost rows" "$(cat "$WORK/err")"
