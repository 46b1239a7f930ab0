-- The average price of the last ten winning bids of each seller (Flink cannot run it).
CREATE TABLE results (seller BIGINT, price BIGINT) WITH ('connector' = 'blackhole', 'checksum' = 'true');
INSERT INTO results
SELECT seller, AVG(price) OVER (PARTITION BY seller ORDER BY `dateTime` ROWS BETWEEN 10 PRECEDING AND CURRENT ROW)
FROM (
  SELECT a.seller, b.price, b.`dateTime`, ROW_NUMBER() OVER (PARTITION BY a.id, a.seller ORDER BY b.price DESC) AS place
  FROM auction AS a JOIN bid AS b ON a.id = b.auction AND b.`dateTime` BETWEEN a.`dateTime` AND a.expires
)
WHERE place <= 1;
