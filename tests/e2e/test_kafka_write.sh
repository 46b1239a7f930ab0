#!/usr/bin/env bash
# Writing a real Kafka: where records land, what they carry, and that all of them are there when a job has ended.
. "$(dirname "$0")/check.sh"
here=$(dirname "$0")

# table NAME COLUMNS OPTIONS...
table() {
    local name=$1 columns=$2
    shift 2
    echo "CREATE TABLE $name ($columns) WITH ('connector' = 'kafka', 'properties.bootstrap.servers' = '$KAFKA_BOOTSTRAP', $*);"
}
run() { "$TIDEMARK" run --quiet -e "$1" 2>"$WORK/err" || cat "$WORK/err"; }
# read_topic TOPIC FORMAT
read_topic() { kcat -b "$KAFKA_BOOTSTRAP" -C -t "$1" -o beginning -e -q -f "$2\n"; }

# ---- placement: kcat with murmur2 puts keys where Java clients do

for topic in placed-by-us placed-by-kcat; do
    "$here/kafka.sh" topic "$KAFKA_FOLDER" $topic 7
done
run "$(table t 'k STRING, n INT' "'topic' = 'placed-by-us', 'key.format' = 'raw', 'key.fields' = 'k', 'value.format' = 'json',
    'value.fields-include' = 'EXCEPT_KEY'")
    INSERT INTO t VALUES ('a', 1), ('b', 2), ('foobar', 3), ('ä', 4), ('a rather long key of some kind', 5), ('1', 6), ('2', 7);"
printf '%s\n' 'a|{"n":1}' 'b|{"n":2}' 'foobar|{"n":3}' 'ä|{"n":4}' 'a rather long key of some kind|{"n":5}' '1|{"n":6}' '2|{"n":7}' |
    kcat -b "$KAFKA_BOOTSTRAP" -P -t placed-by-kcat -K'|' -X topic.partitioner=murmur2_random
check_equal "keys and values, each in the partition where Java puts it" "$(read_topic placed-by-kcat '%p %k %s' | sort)" \
    "$(read_topic placed-by-us '%p %k %s' | sort)"

"$here/kafka.sh" topic "$KAFKA_FOLDER" turns 3
run "$(table t 'i INT' "'topic' = 'turns', 'format' = 'json', 'sink.partitioner' = 'round-robin'")
    INSERT INTO t VALUES (1), (2), (3), (4), (5), (6);"
check_equal "round-robin" "2 2 2" "$(read_topic turns %p | sort | uniq -c | awk '{print $1}' | paste -sd' ')"
"$here/kafka.sh" topic "$KAFKA_FOLDER" fixed 3
run "$(table t 'i INT' "'topic' = 'fixed', 'format' = 'json', 'sink.partitioner' = 'fixed'") INSERT INTO t VALUES (1), (2), (3);"
check_equal "fixed" "0 0 0" "$(read_topic fixed %p | paste -sd' ')"

# ---- metadata

run "$(table t "i INT, ts TIMESTAMP_LTZ(3) METADATA FROM 'timestamp', h MAP<STRING, BYTES> METADATA FROM 'headers'" \
    "'topic' = 'carried', 'format' = 'json'")
    INSERT INTO t VALUES (1, TO_TIMESTAMP_LTZ(1700000000123, 3), MAP['a', CAST('x' AS BYTES)]);"
check_equal "timestamp and headers" '1700000000123 a=x {"i":1}' "$(read_topic carried '%T %h %s')"
run "$(table t 'i INT, topic STRING METADATA' "'topic' = 'to-a;to-b', 'format' = 'json'") INSERT INTO t VALUES (1, 'to-a'), (2, 'to-b');"
check_equal "the row says its topic" '{"i":1} {"i":2}' "$(read_topic to-a %s) $(read_topic to-b %s)"
run "$(table t 's STRING' "'topic' = 'nulls', 'format' = 'raw'") INSERT INTO t VALUES ('x'), (CAST(NULL AS STRING)), ('');"
check_equal "a null value is no empty one" "1 -1 0" "$(read_topic nulls %S | paste -sd' ')"

# ---- all of it

run "SET 'table.dml-sync' = 'true';
    CREATE TABLE made (i INT, s STRING) WITH ('connector' = 'datagen', 'rows-per-second' = '10000000', 'number-of-rows' = '200000',
        'fields.i.kind' = 'sequence', 'fields.i.start' = '1', 'fields.i.end' = '200000', 'fields.s.length' = '50');
    $(table t 'i INT, s STRING' "'topic' = 'many', 'format' = 'json', 'properties.queue.buffering.max.messages' = '5000'")
    INSERT INTO t SELECT * FROM made;"
check_equal "every record is there when the job has ended" "200000 20000100000" \
    "$(read_topic many %s | sed 's/{"i":\([0-9]*\),.*/\1/' | awk '{n++; sum += $1} END {printf "%d %.0f\n", n, sum}')"
check_equal "... and read back" "200000,20000100000" "$("$TIDEMARK" run --quiet --output csv -D execution.runtime-mode=batch -e "
    $(table t 'i INT, s STRING' "'topic' = 'many', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset',
    'scan.bounded.mode' = 'latest-offset'") SELECT COUNT(*), SUM(CAST(i AS BIGINT)) FROM t;" | tail -n 1 | cut -d, -f2-)"
run "$(table t 'i INT' "'topic' = 'squeezed', 'format' = 'json', 'properties.compression.type' = 'lz4'") INSERT INTO t VALUES (1), (2);"
check_equal "compressed" '{"i":1} {"i":2}' "$(read_topic squeezed %s | paste -sd' ')"

# ---- trouble

check_exit "no broker" 3 "$TIDEMARK" run --quiet -e "CREATE TABLE t (i INT) WITH ('connector' = 'kafka', 'topic' = 't', 'format' = 'json',
    'properties.bootstrap.servers' = '127.0.0.1:1', 'properties.max.block.ms' = '1500'); INSERT INTO t VALUES (1);"
check_contains "... is given up" "kafka 127.0.0.1:1: no broker answered within 1500 ms" "$(cat "$WORK/err")"
check_exit "exactly-once without a prefix is refused" 1 "$TIDEMARK" run --quiet -e "$(table t 'i INT' "'topic' = 't', 'format' = 'json',
    'sink.delivery-guarantee' = 'exactly-once'") INSERT INTO t VALUES (1);"
check_contains "... as by the dialect" "sink.transactional-id-prefix must be specified when using DeliveryGuarantee.EXACTLY_ONCE." \
    "$(cat "$WORK/err")"
check_exit "exactly-once without a state directory is refused" 1 "$TIDEMARK" run --quiet -e "$(table t 'i INT' "'topic' = 't',
    'format' = 'json', 'sink.delivery-guarantee' = 'exactly-once', 'sink.transactional-id-prefix' = 'p'") INSERT INTO t VALUES (1);"
check_contains "... with the next step" "--state-dir" "$(cat "$WORK/err")"

# ---- a record that only the broker finds too large

"$here/kafka.sh" topic "$KAFKA_FOLDER" narrow 1 max.message.bytes=1000
large="INSERT INTO t VALUES (REPEAT('x', 3000));"
once="'sink.delivery-guarantee' = 'exactly-once', 'sink.transactional-id-prefix' = 'narrow'"
check_exit "it fails the job" 4 "$TIDEMARK" run --quiet -e "$(table t 's STRING' "'topic' = 'narrow', 'format' = 'raw'") $large"
check_contains "... with the option's name" "'max.message.bytes' of the topic" "$(cat "$WORK/err")"
check_exit "... exactly once, too" 4 "$TIDEMARK" run --quiet --state-dir "$WORK/narrow" -D execution.checkpointing.interval=200ms \
    -e "$(table t 's STRING' "'topic' = 'narrow', 'format' = 'raw', $once") $large"
check_contains "... with the option's name" "'max.message.bytes' of the topic" "$(cat "$WORK/err")"
"$here/kafka.sh" topic "$KAFKA_FOLDER" narrow-known 1 max.message.bytes=2000
run "CREATE TABLE made (n INT) WITH ('connector' = 'values', 'rows' = '10
3000
20', 'scan.error-policy' = 'skip');
    $(table t 's STRING' "'topic' = 'narrow-known', 'format' = 'raw', 'properties.max.request.size' = '1500'") INSERT INTO t SELECT REPEAT('x', n) FROM made;"
check_equal "... but not when the client's limit is below the topic's: the others are there" "10 20" "$(read_topic narrow-known %S | paste -sd' ')"
