-- Taxi trips from Kafka to statistics per area in Kafka: every 5 minutes, and over the last hour every 5 minutes.
-- Runs on Tidemark and on Flink as it is. KAFKA says where the broker is.

CREATE TABLE taxi_events (
  trip_id          STRING,
  pickup_datetime  TIMESTAMP(3),
  pickup_area_id   INT,
  company          STRING,
  fare_amount      DECIMAL(10, 2),
  trip_distance    DECIMAL(8, 2),
  WATERMARK FOR pickup_datetime AS pickup_datetime - INTERVAL '5' SECOND
) WITH (
  'connector' = 'kafka',
  'topic' = 'taxi-raw-data',
  'properties.bootstrap.servers' = '${KAFKA:-127.0.0.1:9092}',
  'properties.group.id' = 'taxi',
  'scan.startup.mode' = 'earliest-offset',
  'scan.bounded.mode' = '${BOUNDED:-unbounded}',
  'format' = 'json',
  'json.ignore-parse-errors' = 'true'
);

-- A record without a readable time belongs to no window.
CREATE TEMPORARY VIEW trips AS
SELECT * FROM taxi_events WHERE pickup_datetime IS NOT NULL;

CREATE TABLE area_stats (
  window_start  TIMESTAMP(3),
  area_id       INT,
  trips         BIGINT,
  avg_fare      DECIMAL(10, 2),
  avg_distance  DECIMAL(10, 2),
  fare_stddev   DECIMAL(10, 2)
) WITH (
  'connector' = 'kafka',
  'topic' = 'area-stats',
  'properties.bootstrap.servers' = '${KAFKA:-127.0.0.1:9092}',
  'format' = 'json'
);

CREATE TABLE area_stats_hourly (
  window_start  TIMESTAMP(3),
  window_end    TIMESTAMP(3),
  area_id       INT,
  trips         BIGINT,
  avg_fare      DECIMAL(10, 2),
  avg_distance  DECIMAL(10, 2),
  fare_stddev   DECIMAL(10, 2)
) WITH (
  'connector' = 'kafka',
  'topic' = 'area-stats-hourly',
  'properties.bootstrap.servers' = '${KAFKA:-127.0.0.1:9092}',
  'format' = 'json'
);

-- One job: both queries read the topic once.
EXECUTE STATEMENT SET
BEGIN
INSERT INTO area_stats
SELECT
  TUMBLE_START(pickup_datetime, INTERVAL '5' MINUTE),
  pickup_area_id,
  COUNT(*),
  CAST(AVG(fare_amount) AS DECIMAL(10, 2)),
  CAST(AVG(trip_distance) AS DECIMAL(10, 2)),
  CAST(STDDEV(CAST(fare_amount AS DOUBLE)) AS DECIMAL(10, 2))
FROM trips
GROUP BY pickup_area_id, TUMBLE(pickup_datetime, INTERVAL '5' MINUTE);

INSERT INTO area_stats_hourly
SELECT
  window_start,
  window_end,
  pickup_area_id,
  COUNT(*),
  CAST(AVG(fare_amount) AS DECIMAL(10, 2)),
  CAST(AVG(trip_distance) AS DECIMAL(10, 2)),
  CAST(STDDEV(CAST(fare_amount AS DOUBLE)) AS DECIMAL(10, 2))
FROM TABLE(HOP(TABLE trips, DESCRIPTOR(pickup_datetime), INTERVAL '5' MINUTE, INTERVAL '1' HOUR))
GROUP BY window_start, window_end, pickup_area_id;
END;
