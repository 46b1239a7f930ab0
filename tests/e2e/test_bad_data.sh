#!/usr/bin/env bash
# 100,000 records of which 1 % is bad in 20 ways: the job goes on, every good row is right, every bad record is in the dead-letter topic once, with
# its place, its bytes and the reason. And records of the year 9999 do not move the watermark.
. "$(dirname "$0")/check.sh"
here=$(dirname "$0")

# topic NAME PARTITIONS
topic() { "$here/kafka.sh" topic "$KAFKA_FOLDER" "$1" "$2" retention.ms=-1; }
read_topic() { kcat -b "$KAFKA_BOOTSTRAP" -C -t "$1" -o beginning -e -q; }
kafka="'connector' = 'kafka', 'properties.bootstrap.servers' = '$KAFKA_BOOTSTRAP', 'format' = 'json'"
bounded="'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset'"

# script POLICY TARGET: the job
script() {
    cat <<SQL
CREATE TABLE poison (id BIGINT, n INT, price DECIMAL(10, 2), \`at\` TIMESTAMP(3), name STRING, tag STRING)
WITH ($kafka, 'topic' = 'poison', $bounded, 'scan.error-policy' = '$1', 'scan.dead-letter.table' = 'letters');
CREATE TABLE letters (topic STRING, \`partition\` INT, \`offset\` BIGINT, raw_value BYTES, stage STRING, reason STRING, column_name STRING,
message STRING) WITH ($kafka, 'topic' = 'letters');
CREATE TABLE target (id BIGINT, ratio INT, tag INT, name STRING NOT NULL, price DECIMAL(10, 2), \`at\` TIMESTAMP(3)) WITH ($2);
INSERT INTO target SELECT id, 100 / n AS ratio, CAST(tag AS INT) AS tag, name, price, \`at\` FROM poison;
SQL
}

topic poison 4
topic letters 1
topic target 4
python3 "$here/poison.py" make "$WORK" 100000 4
for i in 0 1 2 3; do kcat -b "$KAFKA_BOOTSTRAP" -P -t poison -p $i -l "$WORK/p$i"; done

script dead-letter "$kafka, 'topic' = 'target'" >"$WORK/job.sql"
check_exit "the job runs to its end" 0 "$TIDEMARK" run -p 2 "$WORK/job.sql"
check_contains "it counts what is bad" "850 bad, 100 failed, 50 refused, 1000 dead letters" "$(cat "$WORK/err")"
read_topic target >"$WORK/good"
read_topic letters >"$WORK/letters"
check_equal "every good row is right, every bad one a letter" "
99000 good rows, 1000 letters of 20 kinds, 0 wrong" "$(python3 "$here/poison.py" check "$WORK" "$WORK/good" "$WORK/letters")"

# ---- the same exactly once, killed again and again: letters are in the epochs of the output

topic once-target 1
topic once-letters 1
once="'sink.delivery-guarantee' = 'exactly-once', 'sink.transactional-id-prefix'"
{
    echo "SET 'execution.checkpointing.interval' = '100 ms';"
    script dead-letter "$kafka, 'topic' = 'once-target', $once = 'target'" |
        sed "s/'topic' = 'letters'/'topic' = 'once-letters', $once = 'letters'/"
} >"$WORK/once.sql"
once_job=("$TIDEMARK" run --quiet -D tidemark.batch-rows=64 --state-dir "$WORK/state" "$WORK/once.sql")
for tenths in 3 5 7 9 9; do
    "${once_job[@]}" 2>/dev/null &
    job=$!
    sleep 0.$tenths
    kill -9 $job 2>/dev/null
    wait $job 2>/dev/null
done
check_exit "after five kills it goes on to its end" 0 "${once_job[@]}"
committed() { kcat -b "$KAFKA_BOOTSTRAP" -C -t "$1" -o beginning -e -q -X isolation.level=read_committed; }
committed once-target >"$WORK/once-good"
committed once-letters >"$WORK/once-letters"
check_equal "every row and every letter is there once" "
99000 good rows, 1000 letters of 20 kinds, 0 wrong" "$(python3 "$here/poison.py" check "$WORK" "$WORK/once-good" "$WORK/once-letters")"

script fail "'connector' = 'blackhole'" >"$WORK/fail.sql"
check_exit "without a policy the job fails" 4 "$TIDEMARK" run "$WORK/fail.sql"
check_contains "... and says where, and what could be done" \
    "give the table 'scan.error-policy' = 'skip', 'null' (what ignore-parse-errors does) or 'dead-letter'" "$(cat "$WORK/err")"

# ---- one record of the year 9999 in each partition

topic future 4
for i in 0 1 2 3; do
    {
        echo '{"id": -1, "ts": "9999-12-31 00:00:00"}'
        for minute in 0 1 2 3 4; do
            for n in 1 2 3 4 5; do echo "{\"id\": $n, \"ts\": \"2024-01-01 00:0$minute:0$n\"}"; done
        done
    } | kcat -b "$KAFKA_BOOTSTRAP" -P -t future -p $i
done
"$TIDEMARK" run --output csv -D tidemark.batch-rows=3 -e "CREATE TABLE future (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH
($kafka, 'topic' = 'future', $bounded);
SELECT window_start, COUNT(*) FROM TUMBLE(TABLE future, DESCRIPTOR(ts), INTERVAL '1' MINUTE) GROUP BY window_start, window_end" \
    >"$WORK/out" 2>"$WORK/err"
check_equal "no row is lost to records of the year 9999" "+I,2024-01-01 00:00:00.000,20
+I,2024-01-01 00:01:00.000,20
+I,2024-01-01 00:02:00.000,20
+I,2024-01-01 00:03:00.000,20
+I,2024-01-01 00:04:00.000,20
+I,9999-12-31 00:00:00.000,4" "$(tail -n +2 "$WORK/out" | sort)"
check_contains "they are counted" "0 late, 0 bad, 4 from the future" "$(cat "$WORK/err")"
