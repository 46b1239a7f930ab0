#!/usr/bin/env bash
# examples/at-least-once in short: nothing is lost, what is repeated stays within its bound, and the views say what is in the topic.
. "$(dirname "$0")/check.sh"
here=$(dirname "$0")
experiment=$here/../../examples/at-least-once/experiment
export EXPERIMENT_FOLDER=$WORK/experiment MESSAGES=800 RATE=400 CHECKPOINT_MS=200 MEAN_RECORDS=200 FAULT_SEED=1 RESTART_MS=200 COMMIT_MS=500 \
    KILL_FIRST_MS=700 KILL_TIMES=2 KILL_EVERY_MS=800
trap '"$experiment" stop; [ $check_failed = 0 ] || exit 1' EXIT

check_exit "servers, topics and tables" 0 "$experiment" start
sql() { "$here/mysql.sh" sql "$WORK/experiment/mysql" <<<"$1"; }
records() { kcat -b "$KAFKA_BOOTSTRAP" -C -t sink_data -o beginning -e -q -X isolation.level=read_committed; }
duplicates() { sql "SELECT lost, IF(faults > 0, 'faults', 'none'), IF(duplicates <= at_most, 'within', CONCAT(duplicates, ' > ', at_most))
    FROM v_duplicate_stats WHERE job_type = 'tidemark-$1'"; }

# made_and_said KIND: what the views say is what is there
made_and_said() {
    check_equal "... and the views say what is in the topic" \
        "$(records | python3 "$here/at_least_once_expected.py" "tidemark-$1" "$MESSAGES")" \
        "$(sql "SELECT measure, messages, avg_ms, min_ms, max_ms, p50_ms, p95_ms, p99_ms FROM v_latency_stats
                WHERE job_type = 'tidemark-$1' AND measure <> 'made to seen' ORDER BY measure;
            SELECT sent, received, lost, deliveries, duplicates FROM v_duplicate_stats WHERE job_type = 'tidemark-$1'")"
}

check_exit "a run without faults" 0 "$experiment" normal
check_equal "... loses nothing and repeats nothing" $'0\tnone\t0' \
    "$(sql "SELECT lost, IF(faults > 0, 'faults', 'none'), duplicates FROM v_duplicate_stats WHERE job_type = 'tidemark-normal'")"
made_and_said normal
for kind in before after kill; do
    check_exit "a run with faults: $kind" 0 "$experiment" $kind
    check_equal "... loses nothing, and repeats no more than came since the last checkpoint" $'0\tfaults\twithin' "$(duplicates $kind)"
    made_and_said $kind
done
check_exit "a run that is killed under exactly-once" 0 "$experiment" exactly-once
check_equal "... loses nothing and repeats nothing" $'0\t2\t0' \
    "$(sql "SELECT lost, faults, duplicates FROM v_duplicate_stats WHERE job_type = 'tidemark-exactly-once'")"
made_and_said exactly-once

check_equal "latencies are in order, and a record takes its millisecond" "" "$(sql "SELECT * FROM v_latency_stats
    WHERE NOT (min_ms >= 1 AND min_ms <= p50_ms AND p50_ms <= p95_ms AND p95_ms <= p99_ms AND p99_ms <= max_ms AND avg_ms BETWEEN min_ms AND max_ms)")"
check_equal "a result is seen after it is done, and that after it was begun" "0" \
    "$(sql "SELECT COUNT(*) FROM metrics WHERE NOT (event_time <= in_time AND in_time < out_time AND out_time <= seen_time)")"
check_equal "the comparison has a line for each run" "tidemark-normal tidemark-before tidemark-after tidemark-kill tidemark-exactly-once" \
    "$(sql "SELECT job_type FROM v_comparison" | xargs)"

check_exit "status" 0 "$experiment" status
check_contains "... tells how far runs are" "| tidemark-kill         |      800 |  400 |      800 |" "$(cat "$WORK/out")"
check_exit "report" 0 "$experiment" report
check_contains "... compares the runs" "| tidemark-exactly-once | tidemark | exactly-once  |  800 |    0 |      2 |          0 |       0 |" "$(cat "$WORK/out")"
sql "CALL take_snapshot('all'); CALL reset_metrics('tidemark-kill'); CALL take_snapshot('without one'); CALL reset_metrics(NULL)"
check_equal "snapshots stay when runs are forgotten" $'all\t15\nwithout one\t12\n0\t0' "$(sql "SELECT label, COUNT(*) FROM snapshots
    JOIN snapshot_rows USING (snapshot_id) GROUP BY label; SELECT (SELECT COUNT(*) FROM runs), (SELECT COUNT(*) FROM metrics)")"
