#!/usr/bin/env python3
"""Records of which one in a hundred is bad, in one of 20 ways; and what must become of them.

    poison.py make FOLDER ROWS PARTITIONS    FOLDER/p0, p1 ...: a record per line, for kcat
    poison.py check FOLDER GOOD LETTERS      GOOD, LETTERS: what the job wrote, a JSON object per line

The job reads (id BIGINT, n INT, price DECIMAL(10, 2), at TIMESTAMP(3), name STRING, tag STRING) and writes id, 100 / n, CAST(tag AS INT) of the good
ones. A record's offset is its line in the file, since each file is a partition.
"""
import base64
import collections
import json
import sys
from pathlib import Path


def good(number):
    return {"id": number, "n": number % 99 + 1, "price": "%d.%02d" % (number % 1000, number % 100),
            "at": "2024-01-01 00:%02d:%02d.%03d" % (number // 60000 % 60, number // 1000 % 60, number % 1000), "name": f"name {number}",
            "tag": str(number % 7)}


def but(**changes):
    return lambda number: json.dumps({**good(number), **changes}).encode()


def raw(text):
    return lambda number: text.replace(b"#", str(number).encode())


# how the record is made, stage, reason, column: what its letter must say
KINDS = [
    (raw(b"no json #"), "decode", "syntax", None),
    (raw(b'{"id": #, "n": 1'), "decode", "syntax", None),
    (raw(b'{"id": #, "n": 1,}'), "decode", "syntax", None),
    (raw(b'{"id": #, "n": 01}'), "decode", "syntax", None),
    (raw(b'{"id": # "n": 1}'), "decode", "syntax", None),
    (raw(b'["#"]'), "decode", "syntax", None),
    (raw(b"12#"), "decode", "syntax", None),
    (raw(b'{"id": #, "name": "\\x"}'), "decode", "syntax", None),
    (raw(b'{"id": #, "name": "\xc3("}'), "decode", None, None),
    (raw(b"[" * 200 + b"#" + b"]" * 200), "decode", None, None),
    (but(id="many"), "decode", "type", "id"),
    (but(n="1x"), "decode", "type", "n"),
    (but(n=3000000000), "decode", "out of range", "n"),
    (but(price="cheap"), "decode", "type", "price"),
    (but(at="yesterday"), "decode", "type", "at"),
    (but(at="2024-13-01 00:00:00"), "decode", "type", "at"),
    (but(n={"a": 1}), "decode", "type", "n"),
    (but(n=0), "expression", "arithmetic", "ratio"),
    (but(tag="none"), "expression", "bad value", "tag"),
    (but(name=None), "sink", "null", "name"),
]


def record(number):
    if number % 100 != 57:
        return json.dumps(good(number)).encode()
    return KINDS[number // 100 % len(KINDS)][0](number)


def make(folder, rows, partitions):
    files = [open(Path(folder) / f"p{i}", "wb") for i in range(partitions)]
    for number in range(rows):
        files[number % partitions].write(record(number) + b"\n")


def objects(path):
    with open(path, "rb") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def expected(folder):
    """offsets by partition of the bad records, and what the good ones give"""
    bad, rows = {}, {}
    files = sorted(Path(folder).glob("p[0-9]*"))
    for path in files:
        partition = int(path.name[1:])
        for offset, line in enumerate(path.read_bytes().split(b"\n")[:-1]):
            number = offset * len(files) + partition
            if number % 100 == 57:
                bad[partition, offset] = (line, KINDS[number // 100 % len(KINDS)])
            else:
                row = good(number)
                rows[number] = (100 // row["n"], int(row["tag"]), row["name"])
    return bad, rows


def check(folder, good_path, letters_path):
    bad, rows = expected(folder)
    wrong = []
    found = collections.Counter()
    for row in objects(good_path):
        found[row["id"]] += 1
        if rows.get(row["id"]) != (row["ratio"], row["tag"], row["name"]):
            wrong.append(f"row {row}")
    wrong += [f"row {number}: {found[number]} times" for number in rows if found[number] != 1]
    seen = collections.Counter()
    for letter in objects(letters_path):
        place = letter["partition"], letter["offset"]
        seen[place] += 1
        line, (_, stage, reason, column) = bad.get(place, (None, (None,) * 4))
        same = base64.b64decode(letter["raw_value"]) == line and letter["stage"] == stage and letter["topic"] == "poison" and \
            (reason is None or letter["reason"] == reason) and (column is None or letter["column_name"] == column) and letter["message"]
        if not same:
            wrong.append(f"letter {letter}")
    wrong += [f"letter of {place}: {seen[place]} times" for place in bad if seen[place] != 1]
    print("\n".join(wrong[:10]))
    print(f"{len(rows)} good rows, {len(bad)} letters of {len(KINDS)} kinds, {len(wrong)} wrong")
    return 1 if wrong else 0


if sys.argv[1] == "make":
    make(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
else:
    sys.exit(check(*sys.argv[2:5]))
