#!/usr/bin/env bash
# The broker itself, seen by kcat: that a failure of another test is not the broker's.
. "$(dirname "$0")/check.sh"

login() { echo "-X sasl.mechanism=$1 -X sasl.username=$KAFKA_USER -X sasl.password=$2"; }

# round_trip WHAT ADDRESS TOPIC OPTIONS...
round_trip() {
    local what=$1 address=$2 topic=$3
    shift 3
    echo "over $topic" | kcat -b "$address" -P -t "$topic" "$@" 2>"$WORK/err"
    check_equal "$what" "over $topic" "$(kcat -b "$address" -C -t "$topic" -o beginning -e -q "$@" 2>&1)"
}

"$(dirname "$0")/kafka.sh" topic "$KAFKA_FOLDER" three-partitions 3 retention.ms=-1
check_contains "a topic has its partitions" 'with 3 partitions' "$(kcat -b "$KAFKA_BOOTSTRAP" -L -t three-partitions)"

round_trip "plain text" "$KAFKA_BOOTSTRAP" plain
round_trip "TLS" "$KAFKA_SSL" ssl -X security.protocol=ssl -X "ssl.ca.location=$KAFKA_CA"
round_trip "TLS with PLAIN" "$KAFKA_SASL_SSL" sasl-ssl-plain \
    -X security.protocol=sasl_ssl -X "ssl.ca.location=$KAFKA_CA" $(login PLAIN "$KAFKA_PASSWORD")
round_trip "TLS with SCRAM" "$KAFKA39_SASL_SSL" sasl-ssl-scram \
    -X security.protocol=sasl_ssl -X "ssl.ca.location=$KAFKA39_CA" $(login SCRAM-SHA-256 "$KAFKA39_PASSWORD")
round_trip "SCRAM without TLS" "$KAFKA39_SASL_PLAINTEXT" sasl-plaintext \
    -X security.protocol=sasl_plaintext $(login SCRAM-SHA-256 "$KAFKA39_PASSWORD")

check_contains "a wrong password is refused" "Authentication failed" \
    "$(kcat -b "$KAFKA_SASL_PLAINTEXT" -L -m 5 -X security.protocol=sasl_plaintext $(login PLAIN wrong) 2>&1)"
check_contains "an unknown authority is refused" "certificate verify failed" \
    "$(kcat -b "$KAFKA_SSL" -L -m 5 -X security.protocol=ssl -X "ssl.ca.location=$KAFKA39_CA" 2>&1)"
