#!/usr/bin/env bash
# kafka.sh: a real Apache Kafka for tests: one KRaft node on free loopback ports, in a folder of its own.
#
#   kafka.sh install                  the packages, and the jars, by Maven, into ${TIDEMARK_CACHE:-~/.cache/tidemark}/kafka; once
#   kafka.sh start FOLDER [KEY=VALUE...]   a broker without security, with these properties besides; waits until it answers. In a
#                                     folder that has been started before: with its data and listeners, on the ports it had
#   kafka.sh start-secure FOLDER      with TLS and SASL listeners besides
#   kafka.sh stop FOLDER
#   kafka.sh kill FOLDER              kill -9
#   kafka.sh topic FOLDER NAME PARTITIONS [KEY=VALUE...]
#
# `start` writes FOLDER/kafka.env, to be sourced:
#   KAFKA_BOOTSTRAP        127.0.0.1:PORT, plain text
#   and after start-secure:
#   KAFKA_SSL              TLS alone
#   KAFKA_SASL_SSL         TLS with PLAIN or SCRAM-SHA-256
#   KAFKA_SASL_PLAINTEXT   the same without TLS
#   KAFKA_CA               the certificate authority that signed the broker's certificate (for 127.0.0.1 and localhost)
#   KAFKA_USER, KAFKA_PASSWORD   good for both mechanisms
#
# KAFKA_VERSION chooses another release. SCRAM needs one before 4.0 as long as librdkafka is older than 2.6.1, which
# sends its nonce twice; 4.0 and later refuse that ("invalid credentials").
set -euo pipefail

version=${KAFKA_VERSION:-4.3.1}
cache=${TIDEMARK_CACHE:-$HOME/.cache/tidemark}/kafka
jars=$cache/lib-$version
user=alice password=alice-secret

die() {
    echo "kafka.sh: $*" >&2
    exit 1
}

# ---- install

write_pom() {
    local artifact
    echo '<project><modelVersion>4.0.0</modelVersion><groupId>t</groupId><artifactId>t</artifactId><version>1</version>'
    echo '<packaging>pom</packaging><dependencies>'
    for artifact in org.apache.kafka:kafka_2.13:$version org.apache.kafka:kafka-tools:$version \
        org.apache.logging.log4j:log4j-slf4j-impl:2.25.4; do
        IFS=: read -r group name number <<<"$artifact"
        echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$number</version></dependency>"
    done
    echo '</dependencies></project>'
}

# Copied beside and renamed, so that a folder with that name is complete.
install_jars() {
    mkdir -p "$cache"
    exec 9>"$cache/lock"
    flock 9
    [ ! -d "$jars" ] || return 0
    rm -rf "$jars.part"
    write_pom >"$cache/pom-$version.xml"
    mvn -q -B -Dstyle.color=never -f "$cache/pom-$version.xml" \
        org.apache.maven.plugins:maven-dependency-plugin:3.6.0:copy-dependencies -DoutputDirectory="$jars.part"
    mv "$jars.part" "$jars"
}

# ---- start and stop

java_run() {
    java "-Dlog4j2.configurationFile=$folder/log4j2.properties" -cp "$jars/*" "$@"
}

free_ports() {
    python3 -c 'import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in sockets])' "$1"
}

write_log4j() {
    printf '%s\n' 'rootLogger.level = WARN' 'rootLogger.appenderRef.o.ref = o' 'appender.o.name = o' \
        'appender.o.type = CONSOLE' 'appender.o.layout.type = PatternLayout' \
        'appender.o.layout.pattern = %d{HH:mm:ss.SSS} %-5p %c{1} - %m%n'
}

# write_properties PLAIN CONTROLLER [SSL SASL_SSL SASL_PLAINTEXT]
write_properties() {
    local listeners=PLAINTEXT://127.0.0.1:$1,CONTROLLER://127.0.0.1:$2
    [ $# -lt 3 ] || listeners+=,SSL://127.0.0.1:$3,SASL_SSL://127.0.0.1:$4,SASL_PLAINTEXT://127.0.0.1:$5
    cat <<END
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$2
listeners=$listeners
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL,SASL_PLAINTEXT:SASL_PLAINTEXT
log.dirs=$folder/data
num.partitions=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
transaction.abort.timed.out.transaction.cleanup.interval.ms=200
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
log.retention.hours=-1
END
    [ $# -ge 3 ] || return 0
    local modules=org.apache.kafka.common.security listener
    echo "sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256"
    echo "ssl.keystore.type=PEM"
    echo "ssl.keystore.location=$folder/broker.pem"
    for listener in sasl_ssl sasl_plaintext; do
        echo "listener.name.$listener.plain.sasl.jaas.config=$modules.plain.PlainLoginModule required user_$user=\"$password\";"
        echo "listener.name.$listener.scram-sha-256.sasl.jaas.config=$modules.scram.ScramLoginModule required;"
    done
}

# A certificate authority and a broker certificate that it signed, both for a few days.
make_certificates() (
    cd "$folder"
    openssl req -x509 -newkey rsa:2048 -nodes -days 7 -subj /CN=tidemark-test-ca -keyout ca.key -out ca.crt
    openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout broker.key -out broker.csr
    openssl x509 -req -in broker.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 7 -out broker.crt \
        -extfile <(echo "subjectAltName=DNS:localhost,IP:127.0.0.1")
    cat broker.key broker.crt ca.crt >broker.pem
) >"$folder/certificates.out" 2>&1

is_alive() { [ -f "$folder/kafka.pid" ] && kill -0 "$(cat "$folder/kafka.pid")" 2>/dev/null; }

wait_until_ready() {
    local end=$((SECONDS + 90))
    until kcat -b "$1" -L -m 2 >/dev/null 2>&1; do
        is_alive || die "the broker ended: $(tail -n 5 "$folder/kafka.out")"
        ((SECONDS < end)) || die "the broker is not ready after 90 s; see $folder/kafka.out"
        sleep 0.2
    done
}

# set_up IS-SECURE [KEY=VALUE...]: everything that only the first start of a folder does
set_up() {
    local is_secure=$1 ports scram=()
    shift
    read -ra ports <<<"$(free_ports $((is_secure ? 5 : 2)))"
    write_log4j >"$folder/log4j2.properties"
    { write_properties "${ports[@]}"; [ $# = 0 ] || printf '%s\n' "$@"; } >"$folder/server.properties"
    if ((is_secure)); then
        make_certificates || die "no certificates: $(tail -n 3 "$folder/certificates.out")"
        scram=(--add-scram "SCRAM-SHA-256=[name=$user,password=$password]")
    fi
    java_run kafka.tools.StorageTool format -t MkU3OEVBNTcwNTJENDM2Qg -c "$folder/server.properties" "${scram[@]}" \
        >"$folder/format.out" 2>&1 || die "cannot format the storage: $(tail -n 3 "$folder/format.out")"
    {
        echo "KAFKA_BOOTSTRAP=127.0.0.1:${ports[0]}"
        ((!is_secure)) || printf '%s\n' "KAFKA_SSL=127.0.0.1:${ports[2]}" "KAFKA_SASL_SSL=127.0.0.1:${ports[3]}" \
            "KAFKA_SASL_PLAINTEXT=127.0.0.1:${ports[4]}" "KAFKA_CA='$folder/ca.crt'" \
            "KAFKA_USER=$user" "KAFKA_PASSWORD=$password"
    } >"$folder/kafka.env"
}

# start IS-SECURE [KEY=VALUE...]
start() {
    ! is_alive || die "a broker is running in $folder already"
    install_jars
    mkdir -p "$folder"
    folder=$(cd "$folder" && pwd)
    [ -f "$folder/kafka.env" ] || set_up "$@"
    setsid nohup java -Xms256m -Xmx512m -XX:+UseSerialGC "-Dlog4j2.configurationFile=$folder/log4j2.properties" \
        -cp "$jars/*" kafka.Kafka "$folder/server.properties" >>"$folder/kafka.out" 2>&1 </dev/null 9>&- &
    echo $! >"$folder/kafka.pid"
    . "$folder/kafka.env"
    wait_until_ready "$KAFKA_BOOTSTRAP"
}

stop() {
    local i
    is_alive || return 0
    kill "$(cat "$folder/kafka.pid")"
    for ((i = 0; i < 150; i++)); do
        is_alive || break
        sleep 0.1
    done
    ! is_alive || kill -9 "$(cat "$folder/kafka.pid")"
    rm -f "$folder/kafka.pid"
}

# A killed process may stay visible for a while: what counts is that it no longer answers.
kill_hard() {
    . "$folder/kafka.env"
    kill -9 "$(cat "$folder/kafka.pid")"
    rm -f "$folder/kafka.pid"
    while (exec 3<>"/dev/tcp/${KAFKA_BOOTSTRAP/://}") 2>/dev/null; do sleep 0.05; done
}

# topic NAME PARTITIONS [KEY=VALUE...]
topic() {
    local name=$1 partitions=$2 setting settings=()
    shift 2
    for setting; do
        settings+=(--config "$setting")
    done
    . "$folder/kafka.env"
    java_run org.apache.kafka.tools.TopicCommand --bootstrap-server "$KAFKA_BOOTSTRAP" --create --topic "$name" \
        --partitions "$partitions" "${settings[@]}" >"$folder/topic.out" 2>&1 ||
        die "cannot create topic $name: $(tail -n 3 "$folder/topic.out")"
}

folder=${2:-}
case "${1:-} $#" in
"install 1")
    "$(dirname "$0")/../../scripts/packages" test
    install_jars
    ;;
"start "*) [ -n "$folder" ] || die "usage: kafka.sh start FOLDER [KEY=VALUE...]"
    shift 2
    start 0 "$@" ;;
"start-secure 2") start 1 ;;
"stop 2") stop ;;
"kill 2") kill_hard ;;
"topic "*) [ $# -ge 4 ] || die "usage: kafka.sh topic FOLDER NAME PARTITIONS [KEY=VALUE...]"
    shift 2
    topic "$@" ;;
*) sed -n '2,22s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
