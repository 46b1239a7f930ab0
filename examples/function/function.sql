-- Functions in C beside those of SQL: see functions.c for how to build and run.
CREATE FUNCTION distance_km AS 'functions' LANGUAGE C;
CREATE FUNCTION initials AS 'functions' LANGUAGE C;
CREATE FUNCTION wait_for AS 'functions:spend_ms' LANGUAGE C;

CREATE TABLE visits (
  who       STRING,
  latitude  DOUBLE,
  longitude DOUBLE
) WITH ('connector' = 'values', 'rows' = 'Ada King, 51.5, -0.12
Carl Gauss, 51.53, 9.93
NULL, 0, 0');

SELECT initials(who) AS who,
       CAST(distance_km(latitude, longitude, 52.52, 13.4) AS INT) AS km_to_berlin,
       wait_for(who, 1) AS who_later
FROM visits;
