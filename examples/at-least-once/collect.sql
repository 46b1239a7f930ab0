-- What the job has written, into the database: a row per message, with the number of times that it came. It counts from the beginning of the run
-- whenever it is started, and replaces rows by their key; so it needs no state.
CREATE TABLE sink_data (
  job_type   STRING,
  msg_id     BIGINT,
  event_time BIGINT,
  in_time    BIGINT,
  out_time   BIGINT
) WITH (
  'connector' = 'kafka',
  'topic' = 'sink_data',
  'properties.bootstrap.servers' = '${KAFKA}',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'timestamp',
  'scan.startup.timestamp-millis' = '${STARTED_MS}',
  'format' = 'json'
);

CREATE TABLE metrics (
  job_type      STRING,
  msg_id        BIGINT,
  event_time    BIGINT,
  in_time       BIGINT,
  out_time      BIGINT,
  seen_time     BIGINT,
  process_count BIGINT,
  PRIMARY KEY (job_type, msg_id) NOT ENFORCED
) WITH (
  'connector' = 'jdbc',
  'url' = '${DATABASE}',
  'username' = '${DATABASE_USER}',
  'password' = '${DATABASE_PASSWORD}',
  'table-name' = 'metrics',
  'sink.buffer-flush.interval' = '200 ms'
);

-- Times are those of the first time that it was processed; seen_time is when it could be read as committed.
INSERT INTO metrics
SELECT job_type, msg_id, MIN(event_time), MIN(in_time), MIN(out_time), MIN(now_ms()), COUNT(*)
FROM sink_data
WHERE job_type = '${JOB_TYPE}'
GROUP BY job_type, msg_id;
