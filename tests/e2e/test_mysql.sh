#!/usr/bin/env bash
# Tables of a real MariaDB: written, read, refused; a server that is killed and comes back; and that no secret is ever shown.
. "$(dirname "$0")/check.sh"
here=$(dirname "$0")
trap '"$here/mysql.sh" stop "$WORK/db"; [ $check_failed = 0 ] || exit 1' EXIT

"$here/mysql.sh" start "$WORK/db" || fail "start" "the database does not start"
. "$WORK/db/mysql.env"
sql() { "$here/mysql.sh" sql "$WORK/db" <<<"$1"; }

# table NAME COLUMNS [OPTIONS] [URL PROPERTIES]
table() {
    echo "CREATE TABLE $1 ($2) WITH ('connector' = 'jdbc', 'url' = '$MYSQL_URL${4:-}', 'table-name' = '$1',
        'username' = '$MYSQL_USER', 'password' = '$MYSQL_PASSWORD'${3:+, $3});"
}
# run SCRIPT: INSERTs are waited for
run() { "$TIDEMARK" run --quiet -D table.dml-sync=true -D table.exec.sink.require-on-conflict=false -e "$1" 2>"$WORK/err" || cat "$WORK/err"; }
# rows SCRIPT: of its last SELECT, sorted
rows() {
    "$TIDEMARK" run --quiet --output csv -D execution.runtime-mode=batch -e "$1" 2>"$WORK/err" | tail -n +2 | cut -d, -f2- | sort
    cat "$WORK/err"
}

# ---- append

sql "CREATE TABLE added (i INT, s VARCHAR(50))"
run "$(table added 'i INT, s STRING') INSERT INTO added VALUES (1, 'a'), (2, CAST(NULL AS STRING)), (1, 'a');"
check_equal "without a key rows are added" $'1\ta\n1\ta\n2\tNULL' "$(sql 'SELECT * FROM added ORDER BY i')"
sql "TRUNCATE added"
run "$(table added 'i INT, s STRING' "'sink.parallelism' = '2'")
    CREATE TABLE made (i INT, s STRING) WITH ('connector' = 'datagen', 'rows-per-second' = '10000000', 'number-of-rows' = '100000',
        'fields.i.kind' = 'sequence', 'fields.i.start' = '1', 'fields.i.end' = '100000', 'fields.s.length' = '30');
    INSERT INTO added SELECT * FROM made;"
check_equal "all of many rows are there when the job has ended" $'100000\t5000050000\t30' \
    "$(sql 'SELECT COUNT(*), SUM(i), MIN(LENGTH(s)) FROM added')"

# ---- upsert and delete

sql "CREATE TABLE totals (name VARCHAR(20) PRIMARY KEY, n BIGINT, total BIGINT); INSERT INTO totals VALUES ('old', 1, 1), ('ann', 0, 0)"
run "$(table totals 'name STRING, n BIGINT, total BIGINT, PRIMARY KEY (name) NOT ENFORCED')
    CREATE TABLE sales (name STRING, v INT) WITH ('connector' = 'values', 'rows' = 'ann, 1
bob, 2
ann, 3');
    INSERT INTO totals SELECT name, COUNT(*), SUM(v) FROM sales GROUP BY name;"
check_equal "rows with the key are replaced" $'ann\t2\t4\nbob\t1\t2\nold\t1\t1' "$(sql 'SELECT * FROM totals ORDER BY name')"
sql "CREATE TABLE pairs (a INT, b VARCHAR(20), n INT, PRIMARY KEY (a, b)); INSERT INTO pairs VALUES (1, 'x', 0), (2, 'it''s', 0), (3, 'z', 0)"
run "$(table pairs 'a INT, b STRING, n INT, PRIMARY KEY (a, b) NOT ENFORCED')
    CREATE TABLE changes (a INT, b STRING, n INT) WITH ('connector' = 'values', 'changelog-mode' = 'all', 'rows' = '-D 1, x, 0
-U 2, \"it''s\", 0
+U 2, \"it''s\", 7
+I 4, \"back\\slash\", 1
+I 5, w, 1
-D 5, w, 1
-D 3, z, 0
+I 3, z, 9');
    INSERT INTO pairs SELECT * FROM changes;"
check_equal "deleted by key, the last row of a key counts" $'2\tit\'s\t7\n3\tz\t9\n4\tback\\\\slash\t1' \
    "$(sql 'SELECT * FROM pairs ORDER BY a')"
sql "CREATE TABLE \`or\`\`der\` (\`sel ect\` INT PRIMARY KEY, \`from\` VARCHAR(9))"
run "CREATE TABLE t (\`sel ect\` INT, \`from\` STRING, PRIMARY KEY (\`sel ect\`) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = '$MYSQL_URL',
        'table-name' = 'or\`der', 'username' = '$MYSQL_USER', 'password' = '$MYSQL_PASSWORD');
    INSERT INTO t VALUES (1, 'a'), (1, 'b');"
check_equal "names of any kind" $'1\tb' "$(sql 'SELECT * FROM `or``der`')"

# ---- types

sql "CREATE TABLE typed (id INT PRIMARY KEY, bo TINYINT(1), ti TINYINT, si SMALLINT, bi BIGINT, fl FLOAT, db DOUBLE, de DECIMAL(38, 10),
    da DATE, tm TIME, ts DATETIME(6), ch CHAR(5), vc VARCHAR(100), bl BLOB)"
columns='id INT, bo BOOLEAN, ti TINYINT, si SMALLINT, bi BIGINT, fl FLOAT, db DOUBLE, de DECIMAL(38, 10), da DATE, tm TIME, ts TIMESTAMP(6),
    ch CHAR(5), vc STRING, bl BYTES'
run "$(table typed "$columns, PRIMARY KEY (id) NOT ENFORCED")
    INSERT INTO typed VALUES (1, TRUE, CAST(1 AS TINYINT), CAST(-2 AS SMALLINT), 3, CAST(1.1 AS FLOAT), 1e300, -1.5, DATE '2020-02-29',
        TIME '10:20:30', TIMESTAMP '2020-01-01 01:02:03.123456', CAST('ab' AS CHAR(5)), 'it''s \\ \"é😀\"', X'00ff27');
    INSERT INTO typed (id) VALUES (2);"
check_equal "values of all types are written" $'1\t1\t1\t-2\t3\t1.1\t1e300\t-1.5000000000\t2020-02-29\t10:20:30\t2020-01-01 01:02:03.123456\tab\tit\'s \\\\ "é😀"\t00FF27
2\tNULL\tNULL\tNULL\tNULL\tNULL\tNULL\tNULL\tNULL\tNULL\tNULL\tNULL\tNULL\tNULL' \
    "$("$here/mysql.sh" sql "$WORK/db" <<<"SET NAMES utf8mb4; SELECT id, bo, ti, si, bi, fl, db, de, da, tm, ts, ch, vc, HEX(bl) FROM typed ORDER BY id")"
check_equal "... and read" "1,TRUE,1,-2,3,1.1,1.0E300,-1.5000000000,2020-02-29,10:20:30,2020-01-01 01:02:03.123456,ab,\"it's \\ \"\"é😀\"\"\"
2,,,,,,,,,,,," "$(rows "$(table typed "${columns%, bl BYTES}") SELECT * FROM typed;")"
sql "CREATE TABLE others (u BIGINT UNSIGNED, i INT UNSIGNED, b BIT(1), j JSON, t TIMESTAMP(3) NULL, e ENUM('x', 'y'), f FLOAT);
    INSERT INTO others VALUES (18446744073709551615, 4294967295, 1, '{\"a\":1}', '2020-01-01 00:00:00.123', 'y', 16777216)"
check_equal "other types of the server" '18446744073709551615,4294967295,TRUE,"{""a"":1}",2020-01-01 00:00:00.123,y,1.67772E7' \
    "$(rows "$(table others 'u DECIMAL(20, 0), i BIGINT, b BOOLEAN, j STRING, t TIMESTAMP(3), e STRING, f FLOAT') SELECT * FROM others;")"
check_exit "a value that does not fit the declared type" 4 "$TIDEMARK" run --quiet -e "$(table others 'i INT') SELECT * FROM others;"
check_contains "... is named" "column 'i': '4294967295' is no value of INT" "$(cat "$WORK/err")"
sql "SET sql_mode = ''; CREATE TABLE zero (d DATE); INSERT INTO zero VALUES ('0000-00-00')"
check_exit "a date that is none" 4 "$TIDEMARK" run --quiet -e "$(table zero 'd DATE') SELECT * FROM zero;"
check_contains "... comes with a way out" "zeroDateTimeBehavior=CONVERT_TO_NULL" "$(cat "$WORK/err")"
check_equal "... NULL when the URL says so" '1' "$(rows "$(table zero 'd DATE' '' '?zeroDateTimeBehavior=convertToNull') SELECT COUNT(*) FROM zero WHERE d IS NULL;")"

# ---- scans

check_equal "only the columns that are used" "100000" "$(rows "$(table added 's STRING, i INT, missing INT') SELECT COUNT(*) FROM added WHERE i > 0;")"
check_equal "in parts" "50000,3750025000" "$(rows "$(table added 'i INT' "'scan.partition.column' = 'i', 'scan.partition.num' = '7',
    'scan.partition.lower-bound' = '50001', 'scan.partition.upper-bound' = '200000', 'scan.parallelism' = '3'")
    SELECT COUNT(*), SUM(CAST(i AS BIGINT)) FROM added;")"
check_equal "a few of many" "3" "$(rows "$(table added 'i INT') SELECT * FROM added LIMIT 3;" | wc -l)"
check_exit "a table that is not there" 4 "$TIDEMARK" run --quiet -e "$(table nowhere 'i INT') SELECT * FROM nowhere;"
check_contains "... is named" "Table 'shop.nowhere' doesn't exist" "$(cat "$WORK/err")"

# ---- bad rows

sql "CREATE TABLE short (i INT PRIMARY KEY, s VARCHAR(3))"
check_exit "a value that is too long" 4 "$TIDEMARK" run --quiet -e "$(table short 'i INT, s STRING')
    INSERT INTO short VALUES (1, 'a'), (2, 'abcd'), (3, 'c');"
check_contains "... is named with column and row" "column 's': too long for varchar(3); the row is (2,'abcd')" "$(cat "$WORK/err")"
check_equal "... and nothing of its transaction stays" "0" "$(sql 'SELECT COUNT(*) FROM short')"
run "$(table short 'i INT, s STRING') INSERT INTO short VALUES (1, 'a');"
check_exit "a key that is there already" 4 "$TIDEMARK" run --quiet -e "$(table short 'i INT, s STRING') INSERT INTO short VALUES (9, 'i'), (1, 'b');"
check_contains "... is named" "Duplicate entry '1' for key 'PRIMARY' (1062); the row is (1,'b')" "$(cat "$WORK/err")"

# ---- TLS and logins

# cipher URL-PROPERTIES: what a session has
cipher() {
    sql "DROP VIEW IF EXISTS session; CREATE SQL SECURITY INVOKER VIEW session AS
        SELECT variable_value AS v FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher'"
    rows "$(table session 'v STRING' '' "$1") SELECT v FROM session;"
}
check_equal "TLS when the server has it" "yes" "$([ -n "$(cipher '' | tr -d '"')" ] && echo yes)"
check_equal "... but not when it is disabled" "" "$(cipher '?useSSL=false' | tr -d '"')"
check_contains "a CA, and the name" "TLS_" "$(cipher "?sslMode=VERIFY_IDENTITY&serverSslCert=$MYSQL_CA")"
openssl req -x509 -newkey rsa:2048 -nodes -days 7 -subj /CN=other -keyout "$WORK/other.key" -out "$WORK/other.crt" 2>/dev/null
check_exit "another CA" 3 "$TIDEMARK" run --quiet -e "$(table short 'i INT' '' "?serverSslCert=$WORK/other.crt") SELECT * FROM short;"
check_contains "... is named" "TLS/SSL error" "$(cat "$WORK/err")"
check_exit "an authority that nobody knows" 3 "$TIDEMARK" run --quiet -e "$(table short 'i INT' '' "?sslMode=VERIFY_CA") SELECT * FROM short;"

for statement in 'SELECT * FROM t' 'INSERT INTO t VALUES (1)'; do
    started=$SECONDS
    check_exit "a wrong password: $statement" 3 "$TIDEMARK" run -v -e "CREATE TABLE t (i INT) WITH ('connector' = 'jdbc', 'url' = '$MYSQL_URL',
        'table-name' = 'short', 'username' = '$MYSQL_USER', 'password' = 'canary-1'); SHOW CREATE TABLE t; EXPLAIN $statement; $statement;"
    check_contains "... is named" "Access denied for user '$MYSQL_USER'" "$(cat "$WORK/err")"
    check_equal "... at once" "yes" "$( ((SECONDS - started < 10)) && echo yes)"
    check_equal "... and not shown" "" "$(grep -h canary "$WORK/out" "$WORK/err")"
done
with_url="CREATE TABLE t (i INT) WITH ('connector' = 'jdbc', 'table-name' = 'short', 'url' ="
check_exit "a password in the URL" 3 "$TIDEMARK" run -v -e "$with_url '${MYSQL_URL/\/\//\/\/ann:canary-2@}?password=canary-3'); SHOW CREATE TABLE t; SELECT * FROM t;"
check_contains "... is used" "Access denied for user 'ann'" "$(cat "$WORK/err")"
check_equal "... and not shown" "" "$(grep -h canary "$WORK/out" "$WORK/err")"
check_exit "nor when the URL is no good" 1 "$TIDEMARK" run -v -e "$with_url '${MYSQL_URL/\/\//\/\/ann:canary-4@}?password=canary-5&sslMode=x'); SELECT * FROM t;"
check_equal "... is it shown" "" "$(grep -h canary "$WORK/out" "$WORK/err")"

# ---- locks: another transaction holds the row for a while

sql "SET GLOBAL innodb_lock_wait_timeout = 1"
sql "BEGIN; UPDATE totals SET n = -1 WHERE name = 'ann'; SELECT SLEEP(4); COMMIT" >"$WORK/held" &
until [ "$(sql "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'")" = 1 ]; do sleep 0.1; done
run "$(table totals 'name STRING, n BIGINT, PRIMARY KEY (name) NOT ENFORCED' "'sink.max-retries' = '20'") INSERT INTO totals VALUES ('ann', 77);"
check_equal "a lock that is held for longer than the server waits" $'ann\t77' "$(sql "SELECT name, n FROM totals WHERE name = 'ann'")"

# ---- a server that is killed and comes back

sql "CREATE TABLE live (i INT PRIMARY KEY)"
run "$(table live 'i INT, PRIMARY KEY (i) NOT ENFORCED' "'sink.buffer-flush.interval' = '100ms'")
    CREATE TABLE made (i INT) WITH ('connector' = 'datagen', 'rows-per-second' = '200', 'number-of-rows' = '2000',
        'fields.i.kind' = 'sequence', 'fields.i.start' = '1', 'fields.i.end' = '2000');
    INSERT INTO live SELECT * FROM made;" >"$WORK/live.out" &
job=$!
count() { sql 'SELECT COUNT(*) FROM live' 2>/dev/null; }
wait_for() {
    local end=$((SECONDS + $1))
    shift
    until "$@" || ((SECONDS > end)); do sleep 0.1; done
}
has_some() { [ "$(count)" -gt 300 ]; }
wait_for 20 has_some
"$here/mysql.sh" kill "$WORK/db"
sleep 2
check_equal "the job waits for a server that was killed" "yes" "$(kill -0 $job && echo yes)"
"$here/mysql.sh" start "$WORK/db"
wait $job
check_equal "... and all rows are there when it has come back" $'2000\t2001000' "$(sql 'SELECT COUNT(*), SUM(i) FROM live')"
check_contains "... it was told" ", trying again" "$(cat "$WORK/err")"
check_contains "... and that it answers again" "answers again" "$(cat "$WORK/err")"
mkfifo "$WORK/port"
"$here/torn_proxy.py" "$MYSQL_PORT" 3 >"$WORK/port" &
proxy=$!
read -r port <"$WORK/port"
check_equal "a server that dies while the first login is under way is tried again" "2000" "$(rows \
    "CREATE TABLE t (i INT) WITH ('connector' = 'jdbc', 'url' = '${MYSQL_URL/$MYSQL_PORT/$port}', 'table-name' = 'live',
        'username' = '$MYSQL_USER', 'password' = '$MYSQL_PASSWORD'); SELECT COUNT(*) FROM t;" | grep -v 'trying\|answers')"
kill $proxy
check_exit "a server that is not there" 3 "$TIDEMARK" run --quiet -e "CREATE TABLE t (i INT) WITH ('connector' = 'jdbc',
    'url' = 'jdbc:mysql://127.0.0.1:1/shop', 'table-name' = 't', 'connection.max-retry-timeout' = '1s'); SELECT * FROM t;"
check_contains "... is given up" "tried for 1 s ('connection.max-retry-timeout')" "$(cat "$WORK/err")"
