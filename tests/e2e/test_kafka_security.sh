#!/usr/bin/env bash
# TLS and SASL against a real Kafka, as a Java client would be configured; and that no secret is ever shown.
. "$(dirname "$0")/check.sh"

jaas() { echo "org.apache.kafka.common.security.$1LoginModule required username=\"$2\" password=\"$3\";"; }

# table SERVERS TOPIC OPTIONS
table() {
    echo "CREATE TABLE t (i INT) WITH ('connector' = 'kafka', 'topic' = '$2', 'properties.bootstrap.servers' = '$1', 'format' = 'json',
        'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset', $3);"
}
# round_trip WHAT SERVERS TOPIC OPTIONS
round_trip() {
    check_equal "$1" "+I,7" "$("$TIDEMARK" run --quiet --output csv -D table.dml-sync=true -e "$(table "$2" "security-$3" "$4")
        INSERT INTO t VALUES (7); SELECT * FROM t;" 2>&1 | tail -n 1)"
}

tls="'properties.ssl.truststore.type' = 'PEM', 'properties.ssl.truststore.location'"
plain="'properties.sasl.mechanism' = 'PLAIN', 'properties.sasl.jaas.config' = '$(jaas plain.Plain "$KAFKA_USER" "$KAFKA_PASSWORD")'"
scram="'properties.sasl.mechanism' = 'SCRAM-SHA-256', 'properties.sasl.jaas.config' = '$(jaas scram.Scram "$KAFKA39_USER" "$KAFKA39_PASSWORD")'"

round_trip "TLS" "$KAFKA_SSL" tls "'properties.security.protocol' = 'SSL', $tls = '$KAFKA_CA'"
round_trip "TLS, the certificate in the text" "$KAFKA_SSL" tls-inline \
    "'properties.security.protocol' = 'SSL', 'properties.ssl.truststore.certificates' = '$(cat "$KAFKA_CA")'"
round_trip "PLAIN over TLS" "$KAFKA_SASL_SSL" plain-tls "'properties.security.protocol' = 'SASL_SSL', $tls = '$KAFKA_CA', $plain"
round_trip "PLAIN" "$KAFKA_SASL_PLAINTEXT" plain "'properties.security.protocol' = 'SASL_PLAINTEXT', $plain"
round_trip "SCRAM over TLS" "$KAFKA39_SASL_SSL" scram-tls "'properties.security.protocol' = 'SASL_SSL', $tls = '$KAFKA39_CA', $scram"
round_trip "SCRAM" "$KAFKA39_SASL_PLAINTEXT" scram "'properties.security.protocol' = 'SASL_PLAINTEXT', $scram"
round_trip "user and password by themselves" "$KAFKA_SASL_PLAINTEXT" plain-names "'properties.security.protocol' = 'SASL_PLAINTEXT',
    'properties.sasl.mechanism' = 'PLAIN', 'properties.sasl.username' = '$KAFKA_USER', 'properties.sasl.password' = '$KAFKA_PASSWORD'"

# ---- what is refused

wrong="'properties.security.protocol' = 'SASL_PLAINTEXT', 'properties.sasl.mechanism' = 'PLAIN',
    'properties.sasl.jaas.config' = '$(jaas plain.Plain "$KAFKA_USER" not-the-password)'"
started=$SECONDS
check_exit "a wrong password ends the job" 3 "$TIDEMARK" run -e "$(table "$KAFKA_SASL_PLAINTEXT" plain "$wrong") SELECT * FROM t;"
check_contains "... and is named" "Authentication failed" "$(cat "$WORK/err")"
check_equal "... at once" "yes" "$( ((SECONDS - started < 10)) && echo yes)"
check_exit "... when writing, too" 3 "$TIDEMARK" run -e "$(table "$KAFKA_SASL_PLAINTEXT" plain "$wrong") INSERT INTO t VALUES (1);"
check_exit "an unknown authority" 3 "$TIDEMARK" run -e "$(table "$KAFKA_SSL" tls \
    "'properties.security.protocol' = 'SSL', $tls = '$KAFKA39_CA'") SELECT * FROM t;"
check_contains "... is named" "certificate verify failed" "$(cat "$WORK/err")"
check_exit "a Java key store" 1 "$TIDEMARK" run -e "$(table "$KAFKA_SSL" tls "'properties.security.protocol' = 'SSL',
    'properties.ssl.truststore.location' = '/some/store.jks'") SELECT * FROM t;"
check_contains "... comes with a way out" "keytool -exportcert" "$(cat "$WORK/err")"

# ---- what is shown

"$TIDEMARK" run -v -e "$(table "$KAFKA_SASL_PLAINTEXT" plain "$wrong")
    SHOW CREATE TABLE t; EXPLAIN SELECT * FROM t; SELECT * FROM t;" >"$WORK/shown" 2>&1
check_contains "the definition is shown" "properties.sasl.jaas.config" "$(cat "$WORK/shown")"
check_equal "the password is not" "" "$(grep -F not-the-password "$WORK/shown")"
