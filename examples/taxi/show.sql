-- What the two topics hold: the busiest windows.
SET 'execution.runtime-mode' = 'batch';

SELECT window_start, area_id, trips, avg_fare, avg_distance, fare_stddev
FROM area_stats /*+ OPTIONS('scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset') */
ORDER BY window_start, area_id
LIMIT 20;

SELECT window_start, window_end, area_id, trips, avg_fare, avg_distance, fare_stddev
FROM area_stats_hourly /*+ OPTIONS('scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset') */
ORDER BY trips DESC, window_end, area_id
LIMIT 10;
