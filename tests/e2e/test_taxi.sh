#!/usr/bin/env bash
# examples/taxi on a real Kafka: trips in, statistics out; compared with taxi_expected.py.
. "$(dirname "$0")/check.sh"
here=$(dirname "$0")
root=$here/../..

read_topic() { kcat -b "$KAFKA_BOOTSTRAP" -C -t "$1" -o beginning -e -q | LC_ALL=C sort; }

"$root/build/examples/taxi_generate" 6000 7 >"$WORK/trips"
"$here/kafka.sh" topic "$KAFKA_FOLDER" taxi-raw-data 1 retention.ms=-1
kcat -b "$KAFKA_BOOTSTRAP" -P -t taxi-raw-data -p 0 "$WORK/trips" -l

check_exit "the script runs to its end" 0 env KAFKA="$KAFKA_BOOTSTRAP" BOUNDED=latest-offset \
    "$TIDEMARK" run -D table.local-time-zone=UTC "$root/examples/taxi/taxi.sql"
check_equal "5 minutes" "$(python3 "$here/taxi_expected.py" "$WORK/trips" 5min)" "$(read_topic area-stats)"
check_equal "the hour every 5 minutes" "$(python3 "$here/taxi_expected.py" "$WORK/trips" hourly)" "$(read_topic area-stats-hourly)"
check_contains "the report counts late rows" "late" "$(cat "$WORK/err")"
check_contains "the report counts bad rows" "bad" "$(cat "$WORK/err")"

# ---- memory is bounded while a backlog is read: 800,000 trips are about 120 MB in the topic

"$root/build/examples/taxi_generate" 800000 7 >"$WORK/backlog"
"$here/kafka.sh" topic "$KAFKA_FOLDER" taxi-backlog 1 retention.ms=-1
kcat -b "$KAFKA_BOOTSTRAP" -P -t taxi-backlog -p 0 -X linger.ms=20 -l "$WORK/backlog"
sed 's/taxi-raw-data/taxi-backlog/; s/area-stats/backlog-&/' "$root/examples/taxi/taxi.sql" >"$WORK/backlog.sql"
KAFKA="$KAFKA_BOOTSTRAP" BOUNDED=latest-offset "$TIDEMARK" run "$WORK/backlog.sql" 2>"$WORK/err" &
pid=$!
most_kb=0
while kb=$(awk '$1 == "VmHWM:" {print $2}' "/proc/$pid/status" 2>/dev/null) && [ -n "$kb" ]; do
    most_kb=$kb
    sleep 0.02
done
wait $pid
check_equal "catching up on a backlog ends well" 0 $?
check_equal "... of $(wc -l <"$WORK/backlog") trips in less than 100 MB (it took $((most_kb / 1024)))" yes \
    "$( ((most_kb > 5000 && most_kb < 100000)) && echo yes)"
