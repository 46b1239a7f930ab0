-- Some bids with the time of day and the number of letters c (the suite has a function of its own for that).
CREATE TABLE results (auction BIGINT, bidder BIGINT, price DECIMAL(23, 3), time_of_day VARCHAR, `dateTime` TIMESTAMP(3), extra VARCHAR, letters BIGINT) WITH ('connector' = 'blackhole', 'checksum' = 'true');
INSERT INTO results
SELECT auction, bidder, 0.908 * price,
  CASE
    WHEN HOUR(`dateTime`) >= 8 AND HOUR(`dateTime`) <= 18 THEN 'dayTime'
    WHEN HOUR(`dateTime`) <= 6 OR HOUR(`dateTime`) >= 20 THEN 'nightTime'
    ELSE 'otherTime'
  END,
  `dateTime`, extra, CHAR_LENGTH(extra) - CHAR_LENGTH(REPLACE(extra, 'c', ''))
FROM bid
WHERE 0.908 * price > 1000000 AND 0.908 * price < 50000000;
