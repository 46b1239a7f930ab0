-- Running counts of the words in the lines of a socket: a changelog, each new count replaces the one before.
-- Try it: in one terminal  nc -lk 9999   in another  tidemark run examples/wordcount/wordcount.sql

CREATE TABLE text_lines (line STRING) WITH (
  'connector' = 'socket',
  'hostname' = '${HOST:-127.0.0.1}',
  'port' = '${PORT:-9999}',
  'format' = 'raw'
);

CREATE TABLE word_counts (word STRING, occurrences BIGINT) WITH ('connector' = 'print');

INSERT INTO word_counts
SELECT word, COUNT(*)
FROM text_lines CROSS JOIN UNNEST(SPLIT(LOWER(line), ' ')) AS words (word)
WHERE word <> ''
GROUP BY word;
