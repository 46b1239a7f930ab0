-- Bids of everybody in ten seconds of the clock.
CREATE VIEW timed_bid AS SELECT bidder, PROCTIME() AS moment FROM bid;
CREATE TABLE results (bidder BIGINT, bids BIGINT, window_start TIMESTAMP(3), window_end TIMESTAMP(3)) WITH ('connector' = 'blackhole', 'checksum' = 'true');
INSERT INTO results
SELECT bidder, COUNT(*), window_start, window_end
FROM TUMBLE(TABLE timed_bid, DESCRIPTOR(moment), INTERVAL '10' SECOND)
GROUP BY bidder, window_start, window_end;
