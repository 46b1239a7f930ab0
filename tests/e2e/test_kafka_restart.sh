#!/usr/bin/env bash
# A broker that is killed and comes back under a running job: the job says so, waits, and loses nothing.
. "$(dirname "$0")/check.sh"
here=$(dirname "$0")
trap '"$here/kafka.sh" stop "$WORK/broker"; [ $check_failed = 0 ] || exit 1' EXIT

"$here/kafka.sh" start "$WORK/broker"
. "$WORK/broker/kafka.env" # a broker of this test's own

send() { printf '{"i":%d}\n' "$@" | kcat -b "$KAFKA_BOOTSTRAP" -P -t live; }
written() { kcat -b "$KAFKA_BOOTSTRAP" -C -t out -o beginning -e -q 2>/dev/null | sort | paste -sd' '; }
# wait_for SECONDS COMMAND...
wait_for() {
    local end=$((SECONDS + $1))
    shift
    until "$@" || ((SECONDS > end)); do sleep 0.2; done
}

send 1 2 3
"$TIDEMARK" run --no-progress -e "
    CREATE TABLE t (i INT) WITH ('connector' = 'kafka', 'topic' = 'live', 'properties.bootstrap.servers' = '$KAFKA_BOOTSTRAP',
        'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
    CREATE TABLE o (i INT) WITH ('connector' = 'kafka', 'topic' = 'out', 'properties.bootstrap.servers' = '$KAFKA_BOOTSTRAP',
        'format' = 'json');
    INSERT INTO o SELECT i FROM t;" >"$WORK/out" 2>"$WORK/err" &
job=$!
has_three() { [ "$(written)" = '{"i":1} {"i":2} {"i":3}' ]; }
wait_for 20 has_three

"$here/kafka.sh" kill "$WORK/broker"
is_told() { grep -q "kafka $KAFKA_BOOTSTRAP: .*Connection refused, trying again" "$WORK/err"; }
wait_for 20 is_told
check_contains "a broker that is gone is told" "Connection refused, trying again" "$(cat "$WORK/err")"
check_equal "the job waits" "yes" "$(kill -0 $job && echo yes)"

"$here/kafka.sh" start "$WORK/broker"
send 4 5
has_five() { [ "$(written)" = '{"i":1} {"i":2} {"i":3} {"i":4} {"i":5}' ]; }
wait_for 30 has_five
check_equal "it goes on where it was, each row once" '{"i":1} {"i":2} {"i":3} {"i":4} {"i":5}' "$(written)"
check_contains "... and says so" "answers again" "$(cat "$WORK/err")"

kill -INT $job
wait $job
check_equal "it ends when it is interrupted" 130 $?
