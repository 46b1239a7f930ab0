#!/usr/bin/env bash
# TLS and logins: rows out to and back from a real broker over each kind of listener; secrets are not printed.
. "$(dirname "$0")/check.sh"

password_line="org.apache.kafka.common.security.plain.PlainLoginModule required username=\"$KAFKA_USER\" password=\"$KAFKA_PASSWORD\";"
scram_line="org.apache.kafka.common.security.scram.ScramLoginModule required username=\"$KAFKA39_USER\" password=\"$KAFKA39_PASSWORD\";"

# round_trip WHAT SERVERS TOPIC PROPERTIES: writes three rows, reads them back
round_trip() {
    local what=$1 servers=$2 topic=$3 properties=$4
    cat >"$WORK/job.sql" <<SQL
SET 'table.dml-sync' = 'true';
CREATE TABLE t (id INT, name STRING) WITH (
  'connector' = 'kafka', 'topic' = '$topic', 'properties.bootstrap.servers' = '$servers',
  'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset', 'format' = 'json'$properties
);
INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c');
SELECT * FROM t;
SHOW CREATE TABLE t;
SQL
    check_exit "$what: runs" 0 timeout 60 "$TIDEMARK" run -o csv "$WORK/job.sql"
    check_equal "$what: rows" "+I,1,a
+I,2,b
+I,3,c" "$(grep '^+I,[0-9]' "$WORK/out" | LC_ALL=C sort)"
    if grep -qF -e "$KAFKA_PASSWORD" -e "$KAFKA39_PASSWORD" "$WORK/out" "$WORK/err"; then
        fail "$what: the password is not printed" "it is"
    else
        ok "$what: the password is not printed"
    fi
}

round_trip "TLS" "$KAFKA_SSL" tide-ssl ",
  'properties.security.protocol' = 'SSL', 'properties.ssl.truststore.location' = '$KAFKA_CA', 'properties.ssl.truststore.type' = 'PEM'"
round_trip "PLAIN" "$KAFKA_SASL_PLAINTEXT" tide-plain ",
  'properties.security.protocol' = 'SASL_PLAINTEXT', 'properties.sasl.mechanism' = 'PLAIN', 'properties.sasl.jaas.config' = '$password_line'"
round_trip "TLS with PLAIN" "$KAFKA_SASL_SSL" tide-ssl-plain ",
  'properties.security.protocol' = 'SASL_SSL', 'properties.ssl.truststore.location' = '$KAFKA_CA', 'properties.ssl.truststore.type' = 'PEM',
  'properties.sasl.mechanism' = 'PLAIN', 'properties.sasl.jaas.config' = '$password_line'"
round_trip "TLS with SCRAM" "$KAFKA39_SASL_SSL" tide-ssl-scram ",
  'properties.security.protocol' = 'SASL_SSL', 'properties.ssl.truststore.location' = '$KAFKA39_CA', 'properties.ssl.truststore.type' = 'PEM',
  'properties.sasl.mechanism' = 'SCRAM-SHA-256', 'properties.sasl.jaas.config' = '$scram_line'"

cat >"$WORK/unknown.sql" <<SQL
CREATE TABLE t (id INT) WITH (
  'connector' = 'kafka', 'topic' = 'tide-ssl', 'properties.bootstrap.servers' = '$KAFKA_SSL', 'scan.startup.mode' = 'earliest-offset',
  'format' = 'json', 'properties.security.protocol' = 'SSL', 'properties.ssl.truststore.location' = '$KAFKA39_CA', 'properties.ssl.truststore.type' = 'PEM'
);
SELECT * FROM t;
SQL
check_exit "an unknown authority is refused" 3 timeout 60 "$TIDEMARK" run "$WORK/unknown.sql"

cat >"$WORK/denied.sql" <<SQL
CREATE TABLE t (id INT) WITH (
  'connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = '$KAFKA_BOOTSTRAP', 'scan.startup.mode' = 'earliest-offset',
  'format' = 'json', 'properties.plugin.library.paths' = '/tmp/x.so'
);
SELECT * FROM t;
SQL
check_exit "a property that loads code is refused" 1 timeout 60 "$TIDEMARK" run "$WORK/denied.sql"
