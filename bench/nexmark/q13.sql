-- Every bid with a text from a small table.
CREATE TABLE side_input (key BIGINT, `value` VARCHAR) WITH ('connector' = 'filesystem', 'path' = '${DIRECTORY}/side_input', 'format' = 'csv');
CREATE TABLE results (auction BIGINT, bidder BIGINT, price BIGINT, `dateTime` TIMESTAMP(3), `value` VARCHAR) WITH ('connector' = 'blackhole', 'checksum' = 'true');
INSERT INTO results
SELECT b.auction, b.bidder, b.price, b.`dateTime`, s.`value`
FROM (SELECT *, PROCTIME() AS moment FROM bid) AS b JOIN side_input FOR SYSTEM_TIME AS OF b.moment AS s ON MOD(b.auction, 10000) = s.key;
