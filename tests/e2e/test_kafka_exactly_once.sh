#!/usr/bin/env bash
# Kafka to Kafka, exactly once, by a script that is killed with -9 while rows come: at random times, at each named point of
# an epoch, and with the broker under it. It goes on by itself when it is started again. See also test_kafka_epochs.sh.
. "$(dirname "$0")/check.sh"
. "$(dirname "$0")/judge.sh"
here=$(dirname "$0")
trap '"$here/kafka.sh" stop "$WORK/broker"; [ $check_failed = 0 ] || exit 1' EXIT
"$here/kafka.sh" start "$WORK/broker"
. "$WORK/broker/kafka.env" # a broker of this test's own: it is killed, too
broker=$(cat "$WORK/broker/kafka.pid")
mapfile -d '' -t broker_command <"/proc/$broker/cmdline"
"$here/kafka.sh" topic "$WORK/broker" in 4
"$here/kafka.sh" topic "$WORK/broker" out 4

# send FIRST COUNT PAUSE: a pause of that many seconds after every 40 rows
send() {
    python3 -c "
import sys, time
for n in range($1, $1 + $2):
    sys.stdout.write('k%d-0|{\"k\":\"k%d-0\",\"n\":%d}\n' % (n % 7, n % 7, n))
    if n % 40 == 39 and $3 > 0:
        sys.stdout.flush(); time.sleep($3)" | kcat -b "$KAFKA_BOOTSTRAP" -P -t in -K '|'
}

cat >"$WORK/job.sql" <<END
SET 'execution.checkpointing.interval' = '200 ms';
SET 'parallelism.default' = '2';
CREATE TABLE i (k STRING, n BIGINT) WITH ('connector' = 'kafka', 'topic' = 'in', 'properties.bootstrap.servers' = '$KAFKA_BOOTSTRAP',
    'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
CREATE TABLE o (k STRING, n BIGINT) WITH ('connector' = 'kafka', 'topic' = 'out', 'properties.bootstrap.servers' = '$KAFKA_BOOTSTRAP',
    'sink.delivery-guarantee' = 'exactly-once', 'sink.transactional-id-prefix' = 'sql', 'key.format' = 'raw', 'key.fields' = 'k', 'format' = 'json');
INSERT INTO o SELECT k, n FROM i;
END

# start POINT: "" = let it live
start() {
    TIDE_KILL_AT=$1 "$TIDEMARK" run --no-progress --state-dir "$WORK/state" "$WORK/job.sql" >>"$WORK/job.out" 2>&1 &
    job=$!
}

count() { committed out | wc -l; }
# wait_for_rows COUNT SECONDS
wait_for_rows() {
    local end=$((SECONDS + $2))
    until [ "$(count)" -ge "$1" ] || ((SECONDS > end)); do sleep 0.5; done
}

exec 3>&2 2>/dev/null # the shell's word on each process that was killed
send 0 30000 0.02 &
sender=$!
kills=0
for point in "" "" "" kafka.before_begin kafka.after_begin kafka.after_produce kafka.after_send_offsets kafka.during_commit \
    kafka.after_commit kafka.before_confirm; do
    if [ -n "$point" ]; then
        start $point:3
        for ((i = 0; i < 400; i++)); do
            kill -0 $job || break
            sleep 0.05
        done
    else
        start ""
        sleep 1.$((RANDOM % 10))
    fi
    kill -9 $job
    wait $job
    [ $? != 137 ] || ((kills++))
done
exec 2>&3
check_equal "the job dies ten times" 10 $kills

start ""
wait $sender
wait_for_rows 30000 60
check_equal "each row once" "30000 rows, 0 lost, 0 doubled, 0 out of order" "$(judge out)"

# The broker is killed in the middle; the job waits.
send 30000 30000 0
sleep 0.$((RANDOM % 5))
kill -9 "$broker"
sleep 1
setsid nohup "${broker_command[@]}" >"$WORK/again.out" 2>&1 </dev/null &
echo $! >"$WORK/broker/kafka.pid"
wait_for_rows 60000 90
check_equal "the job is still there when the broker comes back" yes "$(kill -0 $job && echo yes || tail -n 5 "$WORK/job.out")"
check_equal "... each row once" "60000 rows, 0 lost, 0 doubled, 0 out of order" "$(judge out)"

kill -TERM $job
wait $job
check_equal "... also when it is stopped" "60000 rows, 0 lost, 0 doubled, 0 out of order" "$(judge out)"
