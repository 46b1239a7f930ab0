#!/usr/bin/env bash
# mysql.sh: a real MariaDB for tests: on a free loopback port, in a folder of its own, under the user who runs it.
#
#   mysql.sh start FOLDER [OPTION...]   a server with a database, a user and TLS; waits until it answers. In a folder that
#                                       has been started before: with its data, on the port it had. Options go to mariadbd
#   mysql.sh stop FOLDER
#   mysql.sh kill FOLDER                kill -9
#   mysql.sh sql FOLDER                 runs standard input as root, in the database; a row per line, tabs between
#
# `start` writes FOLDER/mysql.env, to be sourced:
#   MYSQL_HOST, MYSQL_PORT       127.0.0.1 and the port
#   MYSQL_URL                    jdbc:mysql://127.0.0.1:PORT/shop
#   MYSQL_USER, MYSQL_PASSWORD   may do everything in the database shop
#   MYSQL_CA                     the certificate authority that signed the server's certificate (for 127.0.0.1, localhost)
set -euo pipefail

user=ann password=ann-secret

die() {
    echo "mysql.sh: $*" >&2
    exit 1
}

client() { mariadb --no-defaults --socket="$folder/s.sock" --user=root --batch --skip-column-names "$@"; }

free_port() {
    python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

make_certificates() (
    cd "$folder"
    openssl req -x509 -newkey rsa:2048 -nodes -days 7 -subj /CN=tidemark-test-ca -keyout ca.key -out ca.crt
    openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr
    openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 7 -out server.crt \
        -extfile <(echo "subjectAltName=DNS:localhost,IP:127.0.0.1")
) >"$folder/certificates.out" 2>&1

# Everything that only the first start of a folder does.
install() {
    mkdir -p "$folder/tmp"
    make_certificates || die "no certificates: $(tail -n 3 "$folder/certificates.out")"
    mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$folder/data" --skip-test-db \
        --auth-root-authentication-method=normal >"$folder/install.out" 2>&1 ||
        die "cannot install a database: $(tail -n 3 "$folder/install.out")"
    free_port >"$folder/port"
}

is_alive() { [ -f "$folder/pid" ] && kill -0 "$(cat "$folder/pid")" 2>/dev/null; }

wait_until_ready() {
    local end=$((SECONDS + 60))
    until client -e 'SELECT 1' >/dev/null 2>&1; do
        is_alive || die "the server ended: $(tail -n 5 "$folder/server.out")"
        ((SECONDS < end)) || die "the server is not ready after 60 s; see $folder/server.out"
        sleep 0.1
    done
}

start() {
    local port
    ! is_alive || die "a server is running in $folder already"
    mkdir -p "$folder"
    folder=$(cd "$folder" && pwd)
    [ -f "$folder/port" ] || install
    port=$(cat "$folder/port")
    setsid nohup mariadbd --no-defaults --user="$(id -un)" --datadir="$folder/data" --tmpdir="$folder/tmp" \
        --socket="$folder/s.sock" --pid-file="$folder/server.pid" --port="$port" --bind-address=127.0.0.1 \
        --ssl-ca="$folder/ca.crt" --ssl-cert="$folder/server.crt" --ssl-key="$folder/server.key" \
        --innodb-buffer-pool-size=32M --innodb-log-file-size=16M --innodb-flush-log-at-trx-commit=2 \
        --performance-schema=OFF --skip-name-resolve --character-set-server=utf8mb4 "$@" \
        >>"$folder/server.out" 2>&1 </dev/null &
    echo $! >"$folder/pid"
    wait_until_ready
    client -e "CREATE DATABASE IF NOT EXISTS shop; CREATE USER IF NOT EXISTS '$user'@'%' IDENTIFIED BY '$password';
        GRANT ALL ON shop.* TO '$user'@'%';"
    printf '%s\n' MYSQL_HOST=127.0.0.1 "MYSQL_PORT=$port" "MYSQL_URL=jdbc:mysql://127.0.0.1:$port/shop" \
        "MYSQL_USER=$user" "MYSQL_PASSWORD=$password" "MYSQL_CA='$folder/ca.crt'" >"$folder/mysql.env"
}

stop() {
    local i
    is_alive || return 0
    kill "$(cat "$folder/pid")"
    for ((i = 0; i < 150; i++)); do
        is_alive || break
        sleep 0.1
    done
    ! is_alive || kill -9 "$(cat "$folder/pid")"
    rm -f "$folder/pid"
}

# A killed process may stay visible for a while: what counts is that it no longer answers.
kill_hard() {
    kill -9 "$(cat "$folder/pid")"
    rm -f "$folder/pid"
    while client -e 'SELECT 1' >/dev/null 2>&1; do sleep 0.1; done
}

folder=${2:-}
case "${1:-} $#" in
"start "*) [ -n "$folder" ] || die "usage: mysql.sh start FOLDER [OPTION...]"
    shift 2
    start "$@" ;;
"stop 2") stop ;;
"kill 2") kill_hard ;;
"sql 2") client shop ;;
*) sed -n '2,15s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
