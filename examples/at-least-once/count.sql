-- How many records of the run are in the sink's topic.
SET 'execution.runtime-mode' = 'batch';
CREATE TABLE sink_data (
  job_type STRING
) WITH (
  'connector' = 'kafka',
  'topic' = 'sink_data',
  'properties.bootstrap.servers' = '${KAFKA}',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'timestamp',
  'scan.startup.timestamp-millis' = '${STARTED_MS}',
  'scan.bounded.mode' = 'latest-offset',
  'format' = 'json'
);
SELECT COUNT(*) FROM sink_data WHERE job_type = '${JOB_TYPE}';
