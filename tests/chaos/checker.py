"""What must be true of rows that were written exactly once; knows nothing of Tidemark.

The load numbers the records of each key 0, 1, 2, ... A row says which of them it stands for: the numbers low to high of its
key, how many they were, and their sum. A row that was passed through stands for one, the row of a window for all of the
window. So in the order in which a reader meets the rows of a key, each begins where the one before ended:

    low > next     a gap: lost, unless it comes later
    low < next     reordered if it fills a gap, duplicated if not
    count, sum     less than the numbers between: lost; more: duplicated; another sum: wrong
"""
import zlib

EXAMPLES_MAX = 5


class Checker:
    def __init__(self):
        self.next = {}      # key -> the number that comes next
        self.missing = {}   # key -> numbers below that were not seen
        self.rows = 0
        self.lost_within = self.duplicated = self.reordered = self.wrong = 0
        self.examples = []  # the first rows out of turn: (rows before, key, low, what was expected)
        self.prints = {}    # partition -> checksum of its rows in their order

    def take(self, key, low, high, count=1, total=None):
        """Each row, in the order in which a reader sees those of its key."""
        self.rows += 1
        span = high - low + 1
        if low == self.next.get(key, 0) and span > 0:
            self.next[key] = high + 1
        else:
            self._take_out_of_turn(key, low, high)
        if count != span:
            self.lost_within += max(span - count, 0)
            self.duplicated += max(count - span, 0)
        elif total is not None and 2 * total != (low + high) * span:
            self.wrong += 1

    def _take_out_of_turn(self, key, low, high):
        missing = self.missing.setdefault(key, set())
        expected = self.next.get(key, 0)
        if len(self.examples) < EXAMPLES_MAX:
            self.examples.append((self.rows - 1, key, low, expected))
        if high < low or low < 0:
            self.wrong += 1
            return
        missing.update(range(expected, low))
        for number in range(low, high + 1):
            if number >= expected:
                continue
            if number in missing:
                missing.remove(number)
                self.reordered += 1
            else:
                self.duplicated += 1
        self.next[key] = max(expected, high + 1)

    def print_row(self, partition, row):
        """Adds a row to what two readers of the partition must agree on."""
        self.prints[partition] = zlib.crc32(row, self.prints.get(partition, 0))

    def numbers(self):
        """How many different records the rows stand for."""
        return sum(self.next.values()) - sum(len(m) for m in self.missing.values()) - self.lost_within

    def verdict(self, due):
        """due: key -> how many records it had."""
        lost = self.lost_within + sum(len(m) for m in self.missing.values())
        lost += sum(max(count - self.next.get(key, 0), 0) for key, count in due.items())
        strange = sum(1 for key, following in self.next.items() if following > due.get(key, 0))
        return Verdict(self.numbers(), self.rows, lost, self.duplicated, self.reordered, self.wrong + strange)


class Verdict:
    FIELDS = ("records", "rows", "lost", "duplicated", "reordered", "wrong")

    def __init__(self, *figures):
        for name, figure in zip(self.FIELDS, figures, strict=True):
            setattr(self, name, figure)

    def faults(self):
        return self.lost + self.duplicated + self.reordered + self.wrong

    def __str__(self):
        return f"{self.records} records in {self.rows} rows: {self.lost} lost, {self.duplicated} duplicated, " \
               f"{self.reordered} reordered, {self.wrong} wrong"


def due_of(records, keys):
    """What the load wrote (load.py): record i is number i // keys of key i % keys."""
    return {str(key): records // keys + (key < records % keys) for key in range(keys)}
