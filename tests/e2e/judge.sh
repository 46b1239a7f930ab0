# judge.sh: sourced by tests of exactly-once: what a reader of committed records finds in a topic. Rows are
# {"k":"kI-J","n":N}, keyed by k, where N counts 0, 1, 2, ... within each J.

committed() { kcat -b "$KAFKA_BOOTSTRAP" -C -t "$1" -o beginning -e -q -X isolation.level=read_committed -f '%k %s\n' 2>/dev/null; }

# judge TOPIC: "ROWS rows, L lost, D doubled, O out of order" for row numbers 0, 1, ... of each instance (behind the key's -)
judge() {
    committed "$1" | awk -F '[ :}]' '
        { n = $(NF - 1); instance = $1; sub(/.*-/, "", instance); id = instance "/" n
          if (id in seen) doubled++; else { seen[id] = 1; rows++ }
          if ($1 in last && n <= last[$1]) disordered++
          last[$1] = n; if (n >= count[instance]) count[instance] = n + 1 }
        END { for (i in count) due += count[i]
              printf "%d rows, %d lost, %d doubled, %d out of order\n", rows, due - rows, doubled, disordered }'
}
