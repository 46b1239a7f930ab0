-- Requests per address in windows of 5 seconds, from the lines of an access log on a socket:
--     HH:mm:ss address anything else
-- Try it: in one terminal  nc -lk 9999   in another  tidemark run examples/nginx/nginx.sql   and type lines into the first.

CREATE TABLE access_log (
  line   STRING,
  ip     AS SPLIT_INDEX(line, ' ', 1),
  -- a line without a time is from 1970: late, so counted and dropped
  ts     AS COALESCE(TO_TIMESTAMP(CONCAT('2024-01-01 ', SPLIT_INDEX(line, ' ', 0))), TIMESTAMP '1970-01-01 00:00:00.000'),
  WATERMARK FOR ts AS ts - INTERVAL '0.001' SECOND
) WITH (
  'connector' = 'socket',
  'hostname' = '${HOST:-127.0.0.1}',
  'port' = '${PORT:-9999}',
  'format' = 'raw'
);

CREATE TABLE requests_per_ip (
  window_start  TIMESTAMP(3),
  ip            STRING,
  requests      BIGINT
) WITH (
  'connector' = 'print'
);

INSERT INTO requests_per_ip
SELECT window_start, ip, COUNT(*)
FROM TABLE(TUMBLE(TABLE access_log, DESCRIPTOR(ts), INTERVAL '5' SECOND))
GROUP BY window_start, window_end, ip;
