#!/usr/bin/env python3
"""What the views of examples/at-least-once must say of one run, worked out from the records of the sink's topic.

usage: at_least_once_expected.py JOB_TYPE MESSAGES <RECORDS     tab-separated, as the client of the database prints rows
"""
import json
import sys

job_type, messages = sys.argv[1], int(sys.argv[2])
first, deliveries = {}, 0
for line in sys.stdin:
    record = json.loads(line)
    if record["job_type"] != job_type:
        continue
    deliveries += 1
    times = first.setdefault(record["msg_id"], dict(record))
    for column in ("event_time", "in_time", "out_time"):
        times[column] = min(times[column], record[column])


def percentile(ordered, percent):
    """the nearest rank: the smallest value that at least so many percent do not exceed"""
    return ordered[-(-len(ordered) * percent // 100) - 1]


def latencies(measure, start):
    ordered = sorted(times["out_time"] - times[start] for times in first.values())
    average = (20000 * sum(ordered) + len(ordered)) // (2 * len(ordered)) # in ten-thousandths, rounded half up
    print(measure, len(ordered), f"{average // 10000}.{average % 10000:04d}", ordered[0], ordered[-1],
          *[percentile(ordered, percent) for percent in (50, 95, 99)], sep="\t")


latencies("in the job", "in_time")
latencies("made to done", "event_time")
lost = len(set(range(1, messages + 1)) - set(first))
print(messages, len(first), lost, deliveries, deliveries - len(first), sep="\t")
