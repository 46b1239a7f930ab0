#!/usr/bin/env bash
# What the program returns when a broker refuses it, when a topic is missing, and when a job on a real topic is stopped.
. "$(dirname "$0")/check.sh"

# table NAME TOPIC ADDRESS OPTIONS
table() {
    echo "CREATE TABLE $1 (id BIGINT) WITH ('connector' = 'kafka', 'topic' = '$2', 'format' = 'json',
      'scan.startup.mode' = 'earliest-offset', 'properties.bootstrap.servers' = '$3'$4);"
}

wrong=", 'properties.security.protocol' = 'SASL_PLAINTEXT', 'properties.sasl.mechanism' = 'PLAIN',
  'properties.sasl.jaas.config' = 'org.apache.kafka.common.security.plain.PlainLoginModule required username=\"$KAFKA_USER\" password=\"wrong\";'"
{ table t exits "$KAFKA_SASL_PLAINTEXT" "$wrong"; echo "SELECT id FROM t;"; } >"$WORK/refused.sql"
check_exit "a wrong password ends it with 3" 3 timeout 60 "$TIDEMARK" run "$WORK/refused.sql"
case $(cat "$WORK/err" "$WORK/out") in
*wrong*) fail "the password is not shown" "$(cat "$WORK/err")" ;;
*) ok "the password is not shown" ;;
esac

{ table t no-such-topic "$KAFKA_BOOTSTRAP" ""; echo "SELECT id FROM t;"; } >"$WORK/missing.sql"
check_exit "a missing topic ends it with 4" 4 timeout 60 "$TIDEMARK" run "$WORK/missing.sql"
check_contains "a missing topic is named" "no-such-topic" "$(cat "$WORK/err")"

"$(dirname "$0")/kafka.sh" topic "$KAFKA_FOLDER" exits 1
{ table t exits "$KAFKA_BOOTSTRAP" ""; echo "INSERT INTO t VALUES (1), (2), (3); SELECT id FROM t;"; } >"$WORK/stopped.sql"
"$TIDEMARK" run -o csv "$WORK/stopped.sql" >"$WORK/out" 2>"$WORK/err" &
pid=$!
for _ in $(seq 150); do
    grep -q '^+I,3$' "$WORK/out" && break
    sleep 0.2
done
kill -INT $pid
wait $pid
check_equal "an interrupt ends it with 130" 130 $?
check_equal "its rows are out" "op,id +I,1 +I,2 +I,3" "$(tr '\n' ' ' <"$WORK/out" | sed 's/ $//')"
