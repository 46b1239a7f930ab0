-- ${MESSAGES} messages at ${RATE} per second into source_data, each with its number and the time at which it was made.
CREATE TABLE messages (
  msg_id  BIGINT,
  payload STRING
) WITH (
  'connector' = 'datagen',
  'rows-per-second' = '${RATE}',
  'fields.msg_id.kind' = 'sequence', 'fields.msg_id.start' = '1', 'fields.msg_id.end' = '${MESSAGES}',
  'fields.payload.length' = '64'
);

CREATE TABLE source_data (
  msg_id     BIGINT,
  event_time BIGINT,
  payload    STRING
) WITH (
  'connector' = 'kafka',
  'topic' = 'source_data',
  'properties.bootstrap.servers' = '${KAFKA}',
  'sink.partitioner' = 'round-robin',
  'format' = 'json'
);

INSERT INTO source_data SELECT msg_id, now_ms(), payload FROM messages;
