-- The half of q7 that needs no join: the highest price of every ten seconds.
CREATE TABLE results (price BIGINT, window_end TIMESTAMP(3)) WITH ('connector' = 'blackhole', 'checksum' = 'true');
INSERT INTO results
SELECT MAX(price), window_end
FROM TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND)
GROUP BY window_start, window_end;
