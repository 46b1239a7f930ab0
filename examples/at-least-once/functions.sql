-- The same two functions as Flink has from flink/Functions.java.
CREATE TEMPORARY FUNCTION now_ms AS 'experiment' LANGUAGE C;
CREATE TEMPORARY FUNCTION spend_ms AS 'experiment' LANGUAGE C;
