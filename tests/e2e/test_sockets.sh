#!/usr/bin/env bash
# examples/nginx and examples/wordcount: lines on a socket, results on standard output.
. "$(dirname "$0")/check.sh"
root=$(dirname "$0")/../..

# serve FILE SCRIPT: runs the script until it has printed what it will, stops it with SIGINT; its output is in $WORK/out
serve() {
    local file=$1 script=$2 server port tidemark
    coproc SERVER { python3 "$root/tests/e2e/line_server.py" <"$file"; }
    server=$SERVER_PID
    read -r port <&"${SERVER[0]}"
    PORT=$port "$TIDEMARK" run "$root/examples/$script" >"$WORK/out" 2>"$WORK/err" &
    tidemark=$!
    for _ in $(seq 100); do
        sleep 0.1
        [ "$(wc -l <"$WORK/out")" -ge "$3" ] && break
    done
    kill -INT $tidemark
    wait $tidemark
    code=$?
    kill $server 2>/dev/null
    wait $server 2>/dev/null
}

cat >"$WORK/log" <<'LINES'
10:00:00 10.0.0.1 GET /
10:00:01 10.0.0.2 GET /a
10:00:04 10.0.0.1 GET /b
10:00:05 10.0.0.1 GET /c
10:00:03 10.0.0.9 GET /late
this line has no time
10:00:11 10.0.0.3 GET /d
LINES
serve "$WORK/log" nginx/nginx.sql 3
check_equal "nginx: requests per address" "+I[2024-01-01T10:00, 10.0.0.1, 2]
+I[2024-01-01T10:00, 10.0.0.2, 1]
+I[2024-01-01T10:00:05, 10.0.0.1, 1]" "$(LC_ALL=C sort "$WORK/out")"
check_equal "nginx: SIGINT gives 130" 130 "$code"
check_contains "nginx: late lines are counted" "2 late" "$(cat "$WORK/err")"
check_contains "nginx: per table, with how late they were" " behind the watermark by " "$(cat "$WORK/err")"

printf 'to be or not\nTo be\n' >"$WORK/words"
serve "$WORK/words" wordcount/wordcount.sql 8
check_equal "wordcount: a changelog" "+I[be, 1]
+I[not, 1]
+I[or, 1]
+I[to, 1]
+U[be, 2]
+U[to, 2]
-U[be, 1]
-U[to, 1]" "$(LC_ALL=C sort "$WORK/out")"
