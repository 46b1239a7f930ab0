-- schema.sql: what the database holds: MySQL 8 or MariaDB 10.11. Times are milliseconds since 1970.

CREATE TABLE IF NOT EXISTS runs (
  job_type      VARCHAR(64) PRIMARY KEY,
  engine        VARCHAR(16) NOT NULL,
  guarantee     VARCHAR(16) NOT NULL,
  messages      BIGINT NOT NULL, -- that were made
  rate          BIGINT NOT NULL, -- per second
  checkpoint_ms BIGINT NOT NULL, -- from one checkpoint to the next
  slack_ms      BIGINT NOT NULL, -- what a commit and a new start may take
  started_ms    BIGINT NOT NULL,
  ended_ms      BIGINT,          -- NULL: it runs
  faults        BIGINT           -- that there were
);

CREATE TABLE IF NOT EXISTS metrics (
  job_type      VARCHAR(64) NOT NULL,
  msg_id        BIGINT NOT NULL,
  event_time    BIGINT NOT NULL, -- the message was made
  in_time       BIGINT NOT NULL, -- the job got it (the first time)
  out_time      BIGINT NOT NULL, -- its work was done
  seen_time     BIGINT NOT NULL, -- a reader of committed records had the result
  process_count BIGINT NOT NULL, -- how often it is in the sink's topic
  PRIMARY KEY (job_type, msg_id)
);

-- ---- views

CREATE OR REPLACE VIEW v_latencies AS
SELECT job_type, 'in the job' AS measure, out_time - in_time AS ms FROM metrics
UNION ALL
SELECT job_type, 'made to done', out_time - event_time FROM metrics
UNION ALL
SELECT job_type, 'made to seen', seen_time - event_time FROM metrics;

-- P95 is the smallest latency that at least 95 % of the messages do not exceed.
CREATE OR REPLACE VIEW v_latency_stats AS
SELECT job_type, measure, COUNT(*) AS messages, AVG(ms) AS avg_ms, MIN(ms) AS min_ms, MAX(ms) AS max_ms,
       MIN(CASE WHEN place * 100 >= total * 50 THEN ms END) AS p50_ms,
       MIN(CASE WHEN place * 100 >= total * 95 THEN ms END) AS p95_ms,
       MIN(CASE WHEN place * 100 >= total * 99 THEN ms END) AS p99_ms
FROM (SELECT job_type, measure, ms,
             ROW_NUMBER() OVER (PARTITION BY job_type, measure ORDER BY ms) AS place,
             COUNT(*) OVER (PARTITION BY job_type, measure) AS total
      FROM v_latencies) AS placed
GROUP BY job_type, measure;

-- A fault repeats at most what came since the last checkpoint: at_most = faults * rate * (interval + commit and new start).
CREATE OR REPLACE VIEW v_duplicate_stats AS
SELECT r.job_type, r.messages AS sent, COUNT(m.msg_id) AS received, r.messages - COUNT(m.msg_id) AS lost,
       COALESCE(SUM(m.process_count), 0) AS deliveries,
       COALESCE(SUM(m.process_count - 1), 0) AS duplicates,
       COALESCE(SUM(m.process_count > 1), 0) AS messages_repeated,
       COALESCE(MAX(m.process_count), 0) AS most_often,
       ROUND(100 * COALESCE(SUM(m.process_count - 1), 0) / r.messages, 2) AS duplicate_percent,
       r.faults,
       CASE WHEN r.guarantee = 'exactly-once' THEN 0
            ELSE CEIL(r.faults * r.rate * (r.checkpoint_ms + r.slack_ms) / 1000) END AS at_most
FROM runs AS r LEFT JOIN metrics AS m ON m.job_type = r.job_type
GROUP BY r.job_type, r.messages, r.faults, r.rate, r.checkpoint_ms, r.slack_ms, r.guarantee;

-- Each run beside the undisturbed one of the same engine.
CREATE OR REPLACE VIEW v_comparison AS
SELECT d.job_type, r.engine, r.guarantee, d.sent, d.lost, d.faults, d.duplicates, d.at_most,
       l.avg_ms, l.p50_ms, l.p95_ms, l.p99_ms, l.max_ms,
       ROUND(l.avg_ms / n.avg_ms, 1) AS avg_of_normal
FROM v_duplicate_stats AS d
JOIN runs AS r ON r.job_type = d.job_type
LEFT JOIN v_latency_stats AS l ON l.job_type = d.job_type AND l.measure = 'made to seen'
LEFT JOIN v_latency_stats AS n ON n.job_type = CONCAT(r.engine, '-normal') AND n.measure = 'made to seen'
ORDER BY r.started_ms;

-- ---- snapshots

CREATE TABLE IF NOT EXISTS snapshots (
  snapshot_id BIGINT NOT NULL AUTO_INCREMENT,
  label       VARCHAR(200) NOT NULL,
  taken_at    TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (snapshot_id)
);

CREATE TABLE IF NOT EXISTS snapshot_rows (
  snapshot_id BIGINT NOT NULL,
  job_type    VARCHAR(64) NOT NULL,
  measure     VARCHAR(16) NOT NULL,
  messages    BIGINT, avg_ms DECIMAL(20, 4), min_ms BIGINT, max_ms BIGINT, p50_ms BIGINT, p95_ms BIGINT, p99_ms BIGINT,
  sent BIGINT, lost BIGINT, faults BIGINT, deliveries BIGINT, duplicates BIGINT, at_most BIGINT,
  PRIMARY KEY (snapshot_id, job_type, measure)
);

DROP PROCEDURE IF EXISTS take_snapshot;
DROP PROCEDURE IF EXISTS reset_metrics;

DELIMITER //

-- What the views say now, kept under a label: CALL take_snapshot('before the upgrade').
CREATE PROCEDURE take_snapshot(IN wanted VARCHAR(200))
BEGIN
  INSERT INTO snapshots (label) VALUES (wanted);
  INSERT INTO snapshot_rows
  SELECT LAST_INSERT_ID(), l.job_type, l.measure, l.messages, l.avg_ms, l.min_ms, l.max_ms, l.p50_ms, l.p95_ms, l.p99_ms,
         d.sent, d.lost, d.faults, d.deliveries, d.duplicates, d.at_most
  FROM v_latency_stats AS l JOIN v_duplicate_stats AS d ON d.job_type = l.job_type;
END//

-- Forgets one run, or all of them: CALL reset_metrics('tidemark-normal'), CALL reset_metrics(NULL). Snapshots stay.
CREATE PROCEDURE reset_metrics(IN wanted VARCHAR(64))
BEGIN
  DELETE FROM metrics WHERE wanted IS NULL OR job_type = wanted;
  DELETE FROM runs WHERE wanted IS NULL OR job_type = wanted;
END//

DELIMITER ;
