#!/usr/bin/env python3
"""What examples/taxi must give for a file of trips in one partition, worked out row by row, apart from the engine.

usage: taxi_expected.py TRIPS 5min|hourly     JSON lines as the sink writes them, sorted
"""
import json
import math
import sys
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

EPOCH = datetime(1970, 1, 1)
MS = timedelta(milliseconds=1)
DELAY, FIVE_MINUTES, HOUR = 5_000, 300_000, 3_600_000


def read_trips(path):
    """(pickup ms, area, fare, distance) of each record with a time; the order of the file is that of the partition."""
    for line in open(path, encoding="utf-8"):
        try:
            record = json.loads(line)
        except ValueError:
            continue
        try:
            pickup = (datetime.strptime(record["pickup_datetime"], "%Y-%m-%d %H:%M:%S.%f") - EPOCH) // MS
        except (KeyError, ValueError):
            continue
        number = lambda key: Decimal(str(record[key])) if key in record else None
        yield pickup, record.get("pickup_area_id"), number("fare_amount"), number("trip_distance")


def windows_of(pickup, size, slide):
    start = pickup - pickup % slide
    while start > pickup - size:
        yield start, start + size
        start -= slide


def aggregate(trips, size, slide):
    """A row is late when its last window has closed by the watermark before it; else it counts in the open ones."""
    watermark, groups = -math.inf, {}
    for pickup, area, fare, distance in trips:
        for start, end in windows_of(pickup, size, slide):
            if watermark < end - 1:
                groups.setdefault((start, end, area), []).append((fare, distance))
        watermark = max(watermark, pickup - DELAY)
    return groups


def rounded(value, digits):
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def average(values):
    values = [v for v in values if v is not None]
    return rounded(rounded(sum(values) / len(values), 6), 2) if values else None


def deviation(values):
    """Welford in order of arrival, in doubles; one value has none."""
    count, mean, m2 = 0, 0.0, 0.0
    for value in (float(v) for v in values if v is not None):
        count += 1
        delta = value - mean
        mean += delta / count
        m2 += delta * (value - mean)
    return rounded(Decimal(repr(math.sqrt(m2 / (count - 1)))), 2) if count > 1 else None


def number_text(value):
    """As the json format writes a DECIMAL: without trailing zeros, scientific where Java's BigDecimal is."""
    if value is None:
        return "null"
    value = value.normalize()
    return str(value).replace("E+", "E+") if value != 0 else "0"


def time_text(ms):
    return (EPOCH + ms * MS).strftime("%Y-%m-%d %H:%M:%S")


def main():
    path, kind = sys.argv[1:]
    size, slide = (FIVE_MINUTES, FIVE_MINUTES) if kind == "5min" else (HOUR, FIVE_MINUTES)
    lines = []
    for (start, end, area), rows in aggregate(list(read_trips(path)), size, slide).items():
        fares, distances = [r[0] for r in rows], [r[1] for r in rows]
        head = f'"window_start":"{time_text(start)}"' + ("" if kind == "5min" else f',"window_end":"{time_text(end)}"')
        lines.append("{%s,\"area_id\":%s,\"trips\":%d,\"avg_fare\":%s,\"avg_distance\":%s,\"fare_stddev\":%s}" % (
            head, "null" if area is None else area, len(rows), number_text(average(fares)), number_text(average(distances)),
            number_text(deviation(fares))))
    print("\n".join(sorted(lines)))


main()
