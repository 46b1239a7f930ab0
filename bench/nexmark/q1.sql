-- Every bid, its price in another currency.
CREATE TABLE results (auction BIGINT, bidder BIGINT, price DECIMAL(23, 3), `dateTime` TIMESTAMP(3), extra VARCHAR) WITH ('connector' = 'blackhole', 'checksum' = 'true');
INSERT INTO results
SELECT auction, bidder, 0.908 * price, `dateTime`, extra FROM bid;
