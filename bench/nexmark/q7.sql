-- The highest bids of every ten seconds.
CREATE TABLE results (auction BIGINT, bidder BIGINT, price BIGINT, `dateTime` TIMESTAMP(3), extra VARCHAR) WITH ('connector' = 'blackhole', 'checksum' = 'true');
INSERT INTO results
SELECT b.auction, b.bidder, b.price, b.`dateTime`, b.extra
FROM bid AS b JOIN (
  SELECT MAX(price) AS price, window_end
  FROM TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND)
  GROUP BY window_start, window_end
) AS m ON b.price = m.price AND b.`dateTime` BETWEEN m.window_end - INTERVAL '10' SECOND AND m.window_end;
