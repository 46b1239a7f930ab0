-- The auctions with most bids in the last ten seconds, every two.
CREATE TABLE results (auction BIGINT, bids BIGINT) WITH ('connector' = 'blackhole', 'checksum' = 'true');
INSERT INTO results
SELECT c.auction, c.bids
FROM (
  SELECT auction, COUNT(*) AS bids, window_start, window_end
  FROM HOP(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '2' SECOND, INTERVAL '10' SECOND)
  GROUP BY auction, window_start, window_end
) AS c JOIN (
  SELECT MAX(bids) AS most, window_start, window_end
  FROM (
  SELECT auction, COUNT(*) AS bids, window_start, window_end
  FROM HOP(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '2' SECOND, INTERVAL '10' SECOND)
  GROUP BY auction, window_start, window_end
  )
  GROUP BY window_start, window_end
) AS m ON c.window_start = m.window_start AND c.window_end = m.window_end AND c.bids >= m.most;
