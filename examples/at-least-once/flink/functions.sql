-- What functions.sql is for Tidemark; faults are in the functions, and told by job parameters.
CREATE TEMPORARY FUNCTION now_ms AS 'Functions$NowMs' LANGUAGE JAVA USING JAR '${FUNCTIONS_JAR}';
CREATE TEMPORARY FUNCTION spend_ms AS 'Functions$SpendMs' LANGUAGE JAVA USING JAR '${FUNCTIONS_JAR}';
SET 'pipeline.global-job-parameters' = 'fault.place:${FAULT_PLACE},fault.mean:${MEAN_RECORDS}';
