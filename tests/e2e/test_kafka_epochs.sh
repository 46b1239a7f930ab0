#!/usr/bin/env bash
# The exactly-once sink of kafka tables, driven by hand (kafka_epochs.c) and killed with -9 at each named point of an
# epoch. What a reader of committed records finds is judged here, not by our own source: no row lost, none doubled, the
# order per key kept.
. "$(dirname "$0")/check.sh"
. "$(dirname "$0")/judge.sh"
here=$(dirname "$0")
driver=${KAFKA_EPOCHS:-$(dirname "$TIDEMARK")/tests/e2e/kafka_epochs}
ROWS=500

# options TOPIC [MORE]
options() {
    echo "topic=$1;properties.bootstrap.servers=$KAFKA_BOOTSTRAP;sink.delivery-guarantee=exactly-once;\
sink.transactional-id-prefix=$1;key.format=raw;key.fields=k${2:+;$2}"
}

check_exit "epochs are written" 0 "$driver" "$(options epochs.plain)" "$WORK/plain" 3 $ROWS
check_equal "... each row once" "1500 rows, 0 lost, 0 doubled, 0 out of order" "$(judge epochs.plain)"
check_exit "... and gone on with" 0 "$driver" "$(options epochs.plain)" "$WORK/plain" 5 $ROWS
check_contains "... from the epoch that is there" "recovered at epoch 3, the cluster holds 3" "$(cat "$WORK/out")"
check_equal "... each row once" "2500 rows, 0 lost, 0 doubled, 0 out of order" "$(judge epochs.plain)"

# Killed at the first and at the second passing of each point, with a reader of committed records beside it. The last run
# is not killed.
"$here/kafka.sh" topic "$KAFKA_FOLDER" epochs.killed 3
kcat -b "$KAFKA_BOOTSTRAP" -C -t epochs.killed -o beginning -q -u -X isolation.level=read_committed -f '%k %s\n' >"$WORK/seen" 2>/dev/null &
reader=$!
kills=0 unkilled=0 epochs=0
exec 3>&2 2>/dev/null # the shell's word on each process that was killed
for point in job.before_checkpoint job.after_checkpoint kafka.before_begin kafka.after_begin kafka.after_produce \
    kafka.after_send_offsets kafka.during_commit kafka.after_commit; do
    for passing in 1 2; do
        ((epochs += 3))
        TIDE_KILL_AT=$point:$passing "$driver" "$(options epochs.killed)" "$WORK/killed" $epochs $ROWS >"$WORK/out" 2>&1
        if [ $? = 137 ]; then ((kills++)); else ((unkilled++)); fi
    done
done
exec 2>&3
check_equal "the process dies at every point" "16 kills, 0 not" "$kills kills, $unkilled not"
check_exit "the last run ends well" 0 "$driver" "$(options epochs.killed)" "$WORK/killed" $epochs $ROWS
check_equal "killed 16 times, each row once" "$((epochs * ROWS)) rows, 0 lost, 0 doubled, 0 out of order" "$(judge epochs.killed)"
for ((i = 0; i < 50; i++)); do
    [ "$(wc -l <"$WORK/seen")" -lt $((epochs * ROWS)) ] || break
    sleep 0.2
done
kill $reader
check_equal "a reader beside it saw the same" "$((epochs * ROWS))" "$(sort -u "$WORK/seen" | wc -l)"
check_equal "... no row twice" "$((epochs * ROWS))" "$(wc -l <"$WORK/seen")"

# Would the judge see it? An epoch that is sealed, durable, not yet written, and then forgotten.
{ TIDE_KILL_AT=kafka.before_begin:2 "$driver" "$(options epochs.forgot)" "$WORK/forgot" 4 $ROWS; } >"$WORK/out" 2>&1
check_exit "an epoch is forgotten on purpose" 0 env FORGET=1 "$driver" "$(options epochs.forgot)" "$WORK/forgot" 3 $ROWS
check_equal "... and missed" "1000 rows, 500 lost, 0 doubled, 0 out of order" "$(judge epochs.forgot)"

# A process that died with a transaction open holds up readers, until somebody ends that.
{ TIDE_KILL_AT=kafka.after_produce "$driver" "$(options epochs.open properties.transaction.timeout.ms=600000)" "$WORK/open" 4 $ROWS; } >"$WORK/out" 2>&1
echo '{"k":"other-1","n":0}' | kcat -b "$KAFKA_BOOTSTRAP" -P -t epochs.open
check_equal "an open transaction holds up readers" 0 "$(committed epochs.open | wc -l)"
check_exit "txn abort" 0 "$TIDEMARK" txn abort --bootstrap-server "$KAFKA_BOOTSTRAP" --prefix epochs.open --count 2
check_equal "... says what it did" "epochs.open-0 to epochs.open-1: nothing is open, and who wrote as one of them is shut out" "$(cat "$WORK/out")"
check_equal "... and they go on" 1 "$(committed epochs.open | wc -l)"
check_exit "... and the job, too" 0 "$driver" "$(options epochs.open)" "$WORK/open" 2 $ROWS
check_equal "... each row once" 1001 "$(committed epochs.open | sort -u | wc -l)"

# A job that took over from two instances: both epochs were sealed and not committed.
"$here/kafka.sh" topic "$KAFKA_FOLDER" epochs.fewer 3
for instance in 0 1; do
    { TIDE_KILL_AT=kafka.after_produce:2 "$driver" "$(options epochs.fewer)" "$WORK/fewer$instance" 4 $ROWS $instance; } >"$WORK/out" 2>&1
done 2>/dev/null
check_exit "one instance takes over from two" 0 "$driver" "$(options epochs.fewer)" "$WORK/fewer0" 3 $ROWS 0 "$WORK/fewer1"
check_equal "... each row once" "2500 rows, 0 lost, 0 doubled, 0 out of order" "$(judge epochs.fewer)"

# The newer owner of an id wins; the older one finds out at its next epoch and stops.
mkfifo "$WORK/pause"
"$driver" "$(options epochs.zombie)" "$WORK/zombie" 1000000 $ROWS >"$WORK/zombie.out" 2>&1 &
zombie=$!
for ((i = 0; i < 100; i++)); do
    ! grep -qs 'epoch 2$' "$WORK/zombie.out" || break
    sleep 0.1
done
kill -STOP $zombie
cp "$WORK/zombie" "$WORK/newer"
newest=$(sed -n 's/^epoch //p' "$WORK/zombie.out" | tail -n 1)
check_exit "a second process goes on" 0 "$driver" "$(options epochs.zombie)" "$WORK/newer" $((newest + 3)) $ROWS
kill -CONT $zombie
wait $zombie
check_equal "... and the first one stops" 3 $?
check_contains "... and says why" "another process" "$(cat "$WORK/zombie.out")"
check_contains "... each row once" "0 lost, 0 doubled, 0 out of order" "$(judge epochs.zombie)"

# Another checkpoint than the newest: an error, unless it was chosen.
"$driver" "$(options epochs.back)" "$WORK/back" 2 $ROWS >/dev/null 2>&1
cp "$WORK/back" "$WORK/older"
"$driver" "$(options epochs.back)" "$WORK/back" 4 $ROWS >/dev/null 2>&1
check_exit "an older checkpoint is refused" 3 "$driver" "$(options epochs.back)" "$WORK/older" 5 $ROWS
check_contains "... with what is there" "holds epoch 4 of 'epochs.back-0', this job is at epoch 2: rows would be there twice" "$(cat "$WORK/out")"
check_exit "... unless it was chosen" 0 env REWIND=1 "$driver" "$(options epochs.back)" "$WORK/older" 2 $ROWS
check_exit "... then its rows come again" 0 "$driver" "$(options epochs.back)" "$WORK/older" 3 $ROWS
check_equal "... and no others" "2000 rows, 0 lost, 500 doubled, 1 out of order" "$(judge epochs.back | sed 's/[0-9]* out/1 out/')"

# A marker that is gone.
check_exit "a lost marker" 3 "$driver" "$(options epochs.back "sink.transactional-id-prefix=epochs.other")" "$WORK/back" 5 $ROWS
check_contains "... is told" "its offsets of group 'epochs.other-0-epochs' have expired or were lost" "$(cat "$WORK/out")"

# Nothing to write for days: the marker is said again before the broker forgets it.
offsets() { kcat -b "$KAFKA_BOOTSTRAP" -C -t __consumer_offsets -o beginning -e -q -X isolation.level=read_committed -f '%k\n' 2>/dev/null | grep -ac "epochs.plain-0-epochs"; }
before=$(offsets)
check_exit "a sink that is idle for days" 0 env DAYS=1 "$driver" "$(options epochs.plain)" "$WORK/plain" 5 $ROWS
check_equal "... says its marker again" yes "$([ "$(offsets)" -gt "$before" ] && echo yes || echo "no: $before, $(offsets)")"

check_exit "a transaction timeout that the broker does not allow" 3 \
    "$driver" "$(options epochs.plain properties.transaction.timeout.ms=3600000)" "$WORK/plain" 6 $ROWS
check_contains "... is told at the start" "'properties.transaction.timeout.ms' = 3600000 is more than kafka $KAFKA_BOOTSTRAP allows" "$(cat "$WORK/out")"

# Records that take longer than the transaction may: the broker ends it while more are on their way, again and again. Memory errors show in the
# sanitizer's build.
checked=$here/../../build-address/tests/e2e/kafka_epochs
[ -x "$checked" ] || checked=$driver
timeout 12 "$checked" "$(options epochs.slow properties.transaction.timeout.ms=1000)" "$WORK/slow" 3 600000 >"$WORK/out" 2>&1
status=$?
check_equal "transactions that run out of time end no process" yes "$([ $status = 0 ] || [ $status = 124 ] && echo yes || echo "$status: $(grep -v '^table' "$WORK/out" | head -n 3)")"
