-- The average of winning prices, by category.
CREATE TABLE results (category BIGINT, price BIGINT) WITH ('connector' = 'blackhole', 'checksum' = 'true');
INSERT INTO results
SELECT category, AVG(price)
FROM (
  SELECT a.id, a.category, MAX(b.price) AS price
  FROM auction AS a JOIN bid AS b ON a.id = b.auction AND b.`dateTime` BETWEEN a.`dateTime` AND a.expires
  GROUP BY a.id, a.category
)
GROUP BY category;
