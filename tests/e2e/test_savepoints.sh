#!/usr/bin/env bash
# Savepoints of jobs with exactly-once sinks on a real Kafka and MariaDB: stopped with one, begun from one, gone back to one; and a script whose topic
# was edited.
. "$(dirname "$0")/check.sh"
here=$(dirname "$0")
trap '"$here/mysql.sh" stop "$WORK/db"; [ $check_failed = 0 ] || exit 1' EXIT

"$here/mysql.sh" start "$WORK/db" || fail "start" "the database does not start"
. "$WORK/db/mysql.env"
sql() { "$here/mysql.sh" sql "$WORK/db" <<<"$1"; }
# kcat sees the end of a topic in an empty answer: it must not wait for one as long as a job takes to its next epoch.
committed() { kcat -b "$KAFKA_BOOTSTRAP" -C -t "$1" -o beginning -e -q -X isolation.level=read_committed -X fetch.wait.max.ms=10 -f '%s\n'; }

# numbers ROWS PER-SECOND: 1, 2, ... Slow enough to be stopped in the middle; whoever goes on from there may be faster.
numbers() {
    echo "CREATE TABLE numbers (i INT) WITH ('connector' = 'datagen', 'number-of-rows' = '$1', 'rows-per-second' = '$2',
        'fields.i.kind' = 'sequence', 'fields.i.start' = '1', 'fields.i.end' = '$1');"
}
kafka_sink() {
    echo "CREATE TABLE o (i INT) WITH ('connector' = 'kafka', 'properties.bootstrap.servers' = '$KAFKA_BOOTSTRAP', 'topic' = '$1',
        'format' = 'csv', 'sink.delivery-guarantee' = 'exactly-once', 'sink.transactional-id-prefix' = '$2');"
}
database_sink() {
    echo "CREATE TABLE o (i INT) WITH ('connector' = 'jdbc', 'url' = '$1', 'table-name' = 'o', 'username' = '$MYSQL_USER',
        'password' = '$MYSQL_PASSWORD', 'sink.delivery-guarantee' = 'exactly-once');"
}
# job STATE OPTION... : runs $WORK/job.sql
job() {
    local state=$1
    shift
    "$TIDEMARK" run --quiet --state-dir "$state" -D execution.checkpointing.interval=200ms -D table.exec.sink.require-on-conflict=false "$@" \
        "$WORK/job.sql" 2>>"$WORK/err"
}
# wait_for WHAT COMMAND...: until it prints a number above 300
wait_for() {
    local what=$1
    shift
    for _ in $(seq 300); do
        [ "$("$@")" -gt 300 ] && return
        sleep 0.1
    done
    fail "$what" "nothing comes: $(cat "$WORK/err")"
}
# each_once ROWS: of the numbers that are read
each_once() { sort -n | uniq -c | awk -v rows="$1" '$1 != 1 || $2 != NR { bad++ } END { print NR == rows && !bad ? "each once" : NR " numbers, " bad + 0 " wrong" }'; }
# at_least_once ROWS
at_least_once() { sort -nu | awk -v rows="$1" '$1 != NR { bad++ } END { print NR == rows && !bad ? "all there" : NR " numbers, " bad + 0 " wrong" }'; }

# ---- Kafka

"$here/kafka.sh" topic "$KAFKA_FOLDER" saved 1
count_saved() { committed saved | wc -l; }
kafka_job() { echo "$(numbers 12000 "$1") $(kafka_sink saved saved-sink) INSERT INTO o SELECT i FROM numbers;" >"$WORK/job.sql"; }
kafka_job 300
job "$WORK/kafka" &
wait_for "kafka" count_saved
older=$("$TIDEMARK" savepoint "$WORK/kafka" "$WORK/saved")
newer=$("$TIDEMARK" savepoint --stop "$WORK/kafka" "$WORK/saved")
wait $!
check_equal "kafka: a job that is stopped with a savepoint ends well" 0 $?
at_stop=$(count_saved)
check_equal "kafka: what it wrote is committed with the savepoint" "each once" "$(committed saved | each_once "$at_stop")"
kafka_job 100000
check_exit "kafka: a job begins from it" 0 job "$WORK/kafka-2" -D parallelism.default=2 -D "execution.state-recovery.path=$newer"
check_equal "kafka: ... and gives the rest" "each once" "$(committed saved | each_once 12000)"
: >"$WORK/err"
check_exit "kafka: one goes back to an older savepoint" 0 job "$WORK/kafka-3" -D "execution.state-recovery.path=$older"
check_contains "kafka: ... which is said" "goes back from epoch" "$(cat "$WORK/err")"
check_equal "kafka: ... nothing is lost" "all there" "$(committed saved | at_least_once 12000)"
again=$(($(count_saved) - 12000))
check_equal "kafka: ... and only what came behind it comes again" "yes" "$([ $again -gt 0 ] && [ $again -lt $((12000 - 300)) ] && echo yes)"

# ---- a database

sql "CREATE TABLE o (i INT)"
count_rows() { sql 'SELECT COUNT(*) FROM o'; }
database_job() { echo "$(numbers 8000 "$2") $(database_sink "$1") INSERT INTO o SELECT i FROM numbers;" >"$WORK/job.sql"; }
database_job "$MYSQL_URL" 300
job "$WORK/mysql" &
wait_for "mysql" count_rows
older=$("$TIDEMARK" savepoint "$WORK/mysql" "$WORK/saved")
newer=$("$TIDEMARK" savepoint --stop "$WORK/mysql" "$WORK/saved")
wait $!
database_job "$MYSQL_URL" 100000
check_exit "mysql: a job begins from the savepoint that another ended with" 0 job "$WORK/mysql-2" -D "execution.state-recovery.path=$newer"
check_equal "mysql: ... every row is there once" "each once" "$(sql 'SELECT i FROM o' | each_once 8000)"
check_exit "mysql: one goes back to an older savepoint" 0 job "$WORK/mysql-3" -D "execution.state-recovery.path=$older"
check_equal "mysql: ... nothing is lost" "all there" "$(sql 'SELECT i FROM o' | at_least_once 8000)"
sql "CREATE DATABASE elsewhere; GRANT ALL ON elsewhere.* TO '$MYSQL_USER'@'%'; CREATE TABLE elsewhere.o (i INT)" 2>/dev/null ||
    sql "CREATE DATABASE IF NOT EXISTS elsewhere; GRANT ALL ON elsewhere.* TO '$MYSQL_USER'; CREATE TABLE elsewhere.o (i INT)"
database_job "${MYSQL_URL%/*}/elsewhere" 100000
: >"$WORK/err"
check_exit "mysql: a job begins from a savepoint in another database" 0 job "$WORK/mysql-4" -D "execution.state-recovery.path=$newer"
check_contains "mysql: ... the verdict names both" "'url' is ${MYSQL_URL%/*}/elsewhere now and was $MYSQL_URL" "$(cat "$WORK/err")"
check_contains "mysql: ... and where its rows are is said" "what it had written before epoch" "$(cat "$WORK/err")"
check_equal "mysql: ... secrets are not" "0" "$(grep -c "$MYSQL_PASSWORD" "$WORK/err")"
check_equal "mysql: ... with the rows behind the savepoint" "8000" "$(sql 'SELECT MAX(i) FROM elsewhere.o')"

# ---- a topic that was edited

for topic in first second; do
    "$here/kafka.sh" topic "$KAFKA_FOLDER" $topic 1
    seq 3 | sed "s/^/$topic /" | kcat -b "$KAFKA_BOOTSTRAP" -P -t $topic
done
edited() {
    echo "CREATE TABLE s (line STRING) WITH ('connector' = 'kafka', 'properties.bootstrap.servers' = '$KAFKA_BOOTSTRAP', 'topic' = '$1',
        'format' = 'raw', 'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset');
        CREATE TABLE o (line STRING) WITH ('connector' = 'print'); INSERT INTO o SELECT line FROM s;" >"$WORK/job.sql"
}
edited first
check_equal "topic: all of the first" "+I[first 1] +I[first 2] +I[first 3]" "$(job "$WORK/topic" | paste -sd' ')"
edited second
: >"$WORK/err"
check_exit "topic: positions of another topic are not taken silently" 1 job "$WORK/topic"
check_contains "topic: ... the verdict says so" "'topic' is second now and was first" "$(cat "$WORK/err")"
