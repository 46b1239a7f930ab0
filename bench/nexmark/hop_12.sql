-- Not of the suite: sum and count of 100 keys in windows of an hour, 12 of which overlap (at 1,000 events a second).
CREATE VIEW keyed_bid AS SELECT MOD(price * 7919 + bidder, 100) AS k, price, `dateTime` FROM bid;
CREATE TABLE results (k BIGINT, bids BIGINT, price BIGINT, window_start TIMESTAMP(3)) WITH ('connector' = 'blackhole', 'checksum' = 'true');
INSERT INTO results
SELECT k, COUNT(*), SUM(price), window_start
FROM HOP(TABLE keyed_bid, DESCRIPTOR(`dateTime`), INTERVAL '5' MINUTE, INTERVAL '1' HOUR)
GROUP BY k, window_start, window_end;
