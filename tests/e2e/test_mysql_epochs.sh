#!/usr/bin/env bash
# Exactly once into a real MariaDB: a job that is killed at each step of a commit, or whose database is, and goes on by itself; an older
# process that is still there; and what is refused.
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

# ---- killed, and started again until it ends

all=$'6000\t6000\t18003000'
for point in jdbc.before_commit jdbc.after_commit; do
    sql "DROP TABLE IF EXISTS added; CREATE TABLE added (i INT)"
    script="$(table added 'i INT') $(made 6000 3000) INSERT INTO added SELECT i FROM made;"
    kills=0
    for ((try = 0; try < 12; try++)); do
        if ((try < 6)); then
            TIDE_KILL_AT=$point:$((1 + try % 3)) job "$WORK/$point" "$script"
        else
            job "$WORK/$point" "$script"
        fi
        status=$?
        [ $status != 0 ] || break
        [ $status != 137 ] || kills=$((kills + 1))
    done
    check_equal "killed at $point: the job ends" "0" "$status"
    check_equal "... after some kills" "yes" "$( ((kills >= 3)) && echo yes || echo "$kills")"
    check_equal "... and every row is there once, without a key" "$all" "$(sql 'SELECT COUNT(*), COUNT(DISTINCT i), SUM(i) FROM added')"
done

# killed_at_random STATE SCRIPT: eight times, then until it ends
killed_at_random() {
    local try pid
    for ((try = 0; try < 20; try++)); do
        job "$1" "$2" &
        pid=$!
        if ((try < 8)); then
            sleep 0.$((3 + RANDOM % 6))
            kill -9 $(pgrep -P $pid)
        fi
        wait $pid && return
    done
} 2>/dev/null
sql "CREATE TABLE latest (k INT PRIMARY KEY, n INT)"
killed_at_random "$WORK/latest" "$(table latest 'k INT, n INT, PRIMARY KEY (k) NOT ENFORCED') $(made 6000 3000)
    INSERT INTO latest SELECT MOD(i, 1000), i FROM made;"
check_equal "killed at any time, with a key: the last row of each" $'1000\t5001\t6000\t5500500' "$(sql 'SELECT COUNT(*), MIN(n), MAX(n), SUM(n) FROM latest')"
sql "CREATE TABLE shared (i INT)"
killed_at_random "$WORK/shared" "$(table shared 'i INT' "'sink.parallelism' = '2'") $(made 6000 3000) INSERT INTO shared SELECT i FROM made;"
check_equal "... by two tasks" "$all" "$(sql 'SELECT COUNT(*), COUNT(DISTINCT i), SUM(i) FROM shared')"

# ---- the database is killed under a job

sql "CREATE TABLE outlived (i INT)"
job "$WORK/outlived" "$(table outlived 'i INT') $(made 6000 1500) INSERT INTO outlived SELECT i FROM made;" &
pid=$!
until [ "$(sql 'SELECT COUNT(*) FROM outlived')" -gt 500 ]; do sleep 0.1; done
"$here/mysql.sh" kill "$WORK/db"
sleep 1
"$here/mysql.sh" start "$WORK/db"
wait $pid
check_equal "a database that is killed under a job" "0 $all" "$? $(sql 'SELECT COUNT(*), COUNT(DISTINCT i), SUM(i) FROM outlived')"

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
