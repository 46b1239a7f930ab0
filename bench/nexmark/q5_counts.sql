-- The half of q5 that needs no join: bids of each auction in the last ten seconds, every two.
CREATE TABLE results (auction BIGINT, bids BIGINT, window_start TIMESTAMP(3), window_end TIMESTAMP(3)) WITH ('connector' = 'blackhole', 'checksum' = 'true');
INSERT INTO results
SELECT auction, COUNT(*) AS bids, window_start, window_end
  FROM HOP(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '2' SECOND, INTERVAL '10' SECOND)
  GROUP BY auction, window_start, window_end;
