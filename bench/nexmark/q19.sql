-- The ten highest bids of every auction.
CREATE TABLE results (auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, url VARCHAR, `dateTime` TIMESTAMP(3), extra VARCHAR, place BIGINT) WITH ('connector' = 'blackhole', 'checksum' = 'true');
INSERT INTO results
SELECT *
FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC) AS place FROM bid)
WHERE place <= 10;
