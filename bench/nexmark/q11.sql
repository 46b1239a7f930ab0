-- Bids of everybody between two pauses of ten seconds.
CREATE TABLE results (bidder BIGINT, bids BIGINT, session_start TIMESTAMP(3), session_end TIMESTAMP(3)) WITH ('connector' = 'blackhole', 'checksum' = 'true');
INSERT INTO results
SELECT bidder, COUNT(*), SESSION_START(`dateTime`, INTERVAL '10' SECOND), SESSION_END(`dateTime`, INTERVAL '10' SECOND)
FROM bid
GROUP BY bidder, SESSION(`dateTime`, INTERVAL '10' SECOND);
