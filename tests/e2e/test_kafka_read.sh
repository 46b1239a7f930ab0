#!/usr/bin/env bash
# Reading a real Kafka: where reading starts and ends, topics and partitions, keys, metadata, and what goes wrong.
. "$(dirname "$0")/check.sh"
here=$(dirname "$0")

# table NAME COLUMNS OPTIONS...: a CREATE TABLE; options in SQL
table() {
    local name=$1 columns=$2
    shift 2
    echo "CREATE TABLE $name ($columns) WITH ('connector' = 'kafka', 'properties.bootstrap.servers' = '$KAFKA_BOOTSTRAP',"
    echo "'format' = 'json', $*);"
}
query() { "$TIDEMARK" run --quiet --output csv -e "$1" 2>"$WORK/err" | tail -n +2; }
# numbers OPTIONS...: what the topic numbers gives
numbers() { query "$(table t 'i INT' "'topic' = 'numbers', $*") SELECT i FROM t;" | sort -t, -k2n | cut -d, -f2 | paste -sd' '; }
send() { kcat -b "$KAFKA_BOOTSTRAP" -P -t "$1" -p "$2"; }
earliest="'scan.startup.mode' = 'earliest-offset'"
to_latest="'scan.bounded.mode' = 'latest-offset'"

# ---- offsets

"$here/kafka.sh" topic "$KAFKA_FOLDER" numbers 2
printf '{"i":%d}\n' 1 2 3 | send numbers 0
printf '{"i":%d}\n' 11 12 | send numbers 1
sleep 0.05
between=$(date +%s%3N)
sleep 0.05
printf '{"i":%d}\n' 4 5 | send numbers 0

check_equal "from the beginning to the end" "1 2 3 4 5 11 12" "$(numbers "$earliest, $to_latest")"
check_equal "from a timestamp" "4 5" \
    "$(numbers "'scan.startup.mode' = 'timestamp', 'scan.startup.timestamp-millis' = '$between', $to_latest")"
check_equal "up to a timestamp" "1 2 3 11 12" \
    "$(numbers "$earliest, 'scan.bounded.mode' = 'timestamp', 'scan.bounded.timestamp-millis' = '$between'")"
check_equal "from offsets" "3 4 5 12" "$(numbers "'scan.startup.mode' = 'specific-offsets',
    'scan.startup.specific-offsets' = 'partition:0,offset:2;partition:1,offset:1', $to_latest")"
check_equal "up to offsets; a partition that is not named has none" "1 2" "$(numbers "$earliest,
    'scan.bounded.mode' = 'specific-offsets', 'scan.bounded.specific-offsets' = 'partition:0,offset:2'")"
check_equal "at any parallelism" "1 2 3 4 5 11 12" \
    "$("$TIDEMARK" run --quiet -p 4 --output csv -e "$(table t 'i INT' "'topic' = 'numbers', $earliest, $to_latest") SELECT i FROM t;" |
        tail -n +2 | cut -d, -f2 | sort -n | paste -sd' ')"

# ---- groups

group="'properties.group.id' = 'reader', $to_latest"
check_equal "a group without offsets and without a policy gives nothing" "" "$(numbers "$group")"
check_contains "... and says why" "Undefined offset with no reset policy for partitions: [numbers-" "$(cat "$WORK/err")"
check_equal "... with a policy" "1 2 3 4 5 11 12" "$(numbers "$group, 'properties.auto.offset.reset' = 'earliest'")"
kcat -b "$KAFKA_BOOTSTRAP" -G reader -o beginning -c 7 -q -X auto.offset.reset=earliest numbers >/dev/null 2>&1
printf '{"i":6}\n' | send numbers 0
check_equal "a group goes on where another client has committed" "6" "$(numbers "$group")"
check_equal "up to what a group has committed" "1 2 3 4 5 11 12" \
    "$(numbers "$earliest, 'properties.group.id' = 'reader', 'scan.bounded.mode' = 'group-offsets'")"

# ---- transactions leave markers behind their records, at which no record stands

"$here/kafka.sh" topic "$KAFKA_FOLDER" marked 1
kcat -b "$KAFKA_BOOTSTRAP" -P -t marked -X transactional.id=t1 <<<'{"i":1}' >/dev/null 2>&1
check_equal "a bounded table ends behind a transaction's marker" "1" \
    "$(query "$(table t 'i INT' "'topic' = 'marked', $earliest, $to_latest") SELECT i FROM t;" | cut -d, -f2)"

# ---- topics

"$here/kafka.sh" topic "$KAFKA_FOLDER" logs-a 1
"$here/kafka.sh" topic "$KAFKA_FOLDER" logs-b 1
echo '{"i":1}' | send logs-a 0
echo '{"i":2}' | send logs-b 0
rows() { query "$(table t 'i INT, topic STRING METADATA VIRTUAL' "$*, $earliest, $to_latest") SELECT i, topic FROM t;" | sort | paste -sd' '; }
check_equal "a list of topics" "+I,1,logs-a +I,2,logs-b" "$(rows "'topic' = 'logs-a;logs-b'")"
check_equal "a pattern of topics" "+I,1,logs-a +I,2,logs-b" "$(rows "'topic-pattern' = 'logs-[a-z]'")"

"$TIDEMARK" run --quiet --output csv -e "$(table t 'i INT' "'topic-pattern' = 'found-.*', 'scan.startup.mode' = 'latest-offset',
    'scan.topic-partition-discovery.interval' = '200 ms'") SELECT i FROM t LIMIT 1;" >"$WORK/found" 2>&1 &
reader=$!
sleep 1
echo '{"i":42}' | kcat -b "$KAFKA_BOOTSTRAP" -P -t found-later
wait $reader
check_contains "a topic that comes later is found and read from its beginning" "+I,42" "$(cat "$WORK/found")"

# ---- keys, metadata, null values

"$here/kafka.sh" topic "$KAFKA_FOLDER" people 1
printf '%s\n' '{"id":1}|{"name":"ann"}' '|{"name":"nobody"}' '{"id":2}|' '{"id":3}|[{"name":"x"},{"name":"y"}]' |
    kcat -b "$KAFKA_BOOTSTRAP" -P -t people -K'|' -Z
check_equal "keys" "1 ann;3 x;3 y" "$(query "CREATE TABLE t (k_id INT, name STRING) WITH ('connector' = 'kafka', 'topic' = 'people',
    'properties.bootstrap.servers' = '$KAFKA_BOOTSTRAP', 'key.format' = 'json', 'key.fields' = 'k_id', 'key.fields-prefix' = 'k_',
    'value.format' = 'json', 'value.fields-include' = 'EXCEPT_KEY', $earliest, $to_latest); SELECT * FROM t;" |
    cut -d, -f2- | tr ',' ' ' | paste -sd';')"
echo '{"i":7}' | kcat -b "$KAFKA_BOOTSTRAP" -P -t headed -H a=x -H b=y
sleep 0.2
check_equal "metadata" '"{a=x, b=y}",0,0,CreateTime' \
    "$(query "$(table t "i INT, h MAP<STRING, BYTES> METADATA FROM 'headers', p INT METADATA FROM 'partition',
        o BIGINT METADATA FROM 'offset', tt STRING METADATA FROM 'timestamp-type'" "'topic' = 'headed', $earliest, $to_latest")
        SELECT CAST(CAST(h AS MAP<STRING, STRING>) AS STRING), p, o, tt FROM t;" | cut -d, -f2-)"

# ---- a slow reader of large records: a fetcher that has read enough ahead must not sleep (a second each time, 20 and more in all)

"$here/kafka.sh" topic "$KAFKA_FOLDER" large 1
for _ in $(seq 6000); do printf '{"s":"%010000d"}\n' 0; done | kcat -b "$KAFKA_BOOTSTRAP" -P -t large -X linger.ms=20
started=$(date +%s%3N)
check_equal "all large records" "6000" "$(query "SET 'execution.runtime-mode' = 'batch';
    $(table t 's STRING' "'topic' = 'large', $earliest, $to_latest, 'properties.queued.max.messages.kbytes' = '1024'")
    SELECT COUNT(SHA512(s) || SHA256(s) || MD5(s)) FROM t;" | cut -d, -f2)"
took=$(($(date +%s%3N) - started))
check_equal "... without a fetcher asleep (it took $took ms)" yes "$( ((took < 12000)) && echo yes)"

# ---- trouble

check_exit "a missing topic" 4 "$TIDEMARK" run --quiet -e "$(table t 'i INT' "'topic' = 'nowhere', $earliest") SELECT * FROM t;"
check_contains "... is named" "topic 'nowhere' does not exist on kafka $KAFKA_BOOTSTRAP" "$(cat "$WORK/err")"
check_exit "no broker" 3 "$TIDEMARK" run --quiet -e "CREATE TABLE t (i INT) WITH ('connector' = 'kafka', 'topic' = 't', 'format' = 'json',
    'properties.bootstrap.servers' = '127.0.0.1:1', 'properties.default.api.timeout.ms' = '1500', $earliest); SELECT * FROM t;"
check_contains "... is told at once" "Connection refused, trying again" "$(cat "$WORK/err")"
check_contains "... and given up" "kafka 127.0.0.1:1: no broker answered within 1500 ms" "$(cat "$WORK/err")"
echo 'no json' | send logs-a 0
check_exit "a bad record" 4 "$TIDEMARK" run --quiet -e "$(table t 'i INT' "'topic' = 'logs-a', $earliest, $to_latest") SELECT * FROM t;"
check_contains "... is named" "topic 'logs-a', partition 0, offset 1: " "$(cat "$WORK/err")"
