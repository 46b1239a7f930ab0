-- The job that is looked at; it runs on Tidemark and on Flink as it is. What differs (functions, faults, where state is kept) comes before it.
SET 'execution.checkpointing.interval' = '${CHECKPOINT_MS} ms';
SET 'execution.checkpointing.mode' = '${MODE}';
SET 'parallelism.default' = '4';
SET 'restart-strategy.type' = 'fixed-delay';
SET 'restart-strategy.fixed-delay.attempts' = '1000000';
SET 'restart-strategy.fixed-delay.delay' = '${RESTART_MS} ms';

-- Messages of earlier runs are in the topic, too.
CREATE TABLE source_data (
  msg_id     BIGINT,
  event_time BIGINT,
  payload    STRING
) WITH (
  'connector' = 'kafka',
  'topic' = 'source_data',
  'properties.bootstrap.servers' = '${KAFKA}',
  'properties.group.id' = '${JOB_TYPE}',
  'scan.startup.mode' = 'timestamp',
  'scan.startup.timestamp-millis' = '${STARTED_MS}',
  'format' = 'json'
);

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
  'properties.transaction.timeout.ms' = '60000',
  'sink.delivery-guarantee' = '${GUARANTEE}',
  'sink.transactional-id-prefix' = '${JOB_TYPE}-${STARTED_MS}',
  'format' = 'json'
);

CREATE VIEW arrived AS
SELECT msg_id, event_time, now_ms() AS in_time
FROM source_data;

INSERT INTO sink_data
SELECT '${JOB_TYPE}', msg_id, event_time, in_time, spend_ms(in_time, 1)
FROM arrived;
