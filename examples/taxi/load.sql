-- Puts the lines of a file into the topic as they are: good trips, late ones, and lines that are no trips at all.
SET 'table.dml-sync' = 'true';

CREATE TABLE trip_lines (line STRING) WITH (
  'connector' = 'filesystem',
  'path' = '${TRIPS}',
  'format' = 'raw'
);

CREATE TABLE taxi_raw_data (line STRING) WITH (
  'connector' = 'kafka',
  'topic' = 'taxi-raw-data',
  'properties.bootstrap.servers' = '${KAFKA:-127.0.0.1:9092}',
  'format' = 'raw'
);

INSERT INTO taxi_raw_data SELECT line FROM trip_lines;
