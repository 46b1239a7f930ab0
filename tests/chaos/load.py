#!/usr/bin/env python3
"""An open-loop load for `kcat -P -K '|'`: load.py RATE KEYS FILE writes RATE records a second until SIGTERM, then how many into FILE.

Record i is number i // KEYS of key i % KEYS and carries the wall clock at which it was due, in ms: {"k":"7","n":12,"t":1767225600000}.
Its key is k, so that a partition has all records of a key, in order. What a blocked pipe holds up comes later, none is left out.
"""
import signal
import sys
import time

TICK_S = 0.01
TICKS_BEHIND = 100  # at most so many at once


def main():
    rate, keys, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    begun, written = time.time(), 0
    while not stopped:
        due = int((time.time() - begun) * rate)
        end = min(due, written + int(rate * TICK_S * TICKS_BEHIND) + 1)
        lines = []
        for i in range(written, end):
            key = i % keys
            lines.append(f'{key}|{{"k":"{key}","n":{i // keys},"t":{int((begun + i / rate) * 1000)}}}\n')
        sys.stdout.write("".join(lines))
        sys.stdout.flush()
        written = end
        if end == due:
            time.sleep(TICK_S)
    with open(path, "w", encoding="ascii") as file:
        file.write(str(written))


main()
