/* table_options.c: rows only. */
#include "connectors/table_options.h"

const Option table_options[] = {
    { "connector", OPTION_STRING, NULL, NULL, "where the rows are", OPTION_REQUIRED },
    { "property-version", OPTION_INT, "1", NULL, "no meaning here", OPTION_IGNORED },
    { 0 },
};

const Option source_options[] = {
    { "scan.parallelism", OPTION_INT, NULL, NULL, "tasks that read the table; parallelism.default when not set", 0 },
    { "scan.error-policy", OPTION_ENUM, "fail", "fail|skip|null|dead-letter",
      "a record that cannot be read, a row whose expression fails: the job fails; the row is dropped; the value is NULL; the row goes to "
      "scan.dead-letter.table (see Bad data)", 0 },
    { "scan.dead-letter.table", OPTION_STRING, NULL, NULL,
      "with the policy dead-letter: the table that takes what was refused, named as in INSERT INTO from the database of this table", 0 },
    { "scan.watermark.idle-timeout", OPTION_DURATION, NULL, NULL,
      "a split without rows for so long no longer holds the watermark back", 0 },
    { "scan.watermark.max-future", OPTION_DURATION, "1 d", NULL,
      "a row stamped further ahead of the clock than this does not move the watermark; 0: every row does", 0 },
    { "scan.watermark.emit.strategy", OPTION_ENUM, "on-periodic", "on-periodic|on-event",
      "results do not depend on it: watermarks advance with every row", OPTION_IGNORED },
    { "scan.watermark.alignment.group", OPTION_STRING, NULL, NULL, "splits are read as evenly as they come",
      OPTION_IGNORED },
    { "scan.watermark.alignment.max-drift", OPTION_DURATION, NULL, NULL, "see alignment.group", OPTION_IGNORED },
    { "scan.watermark.alignment.update-interval", OPTION_DURATION, "1 s", NULL, "see alignment.group", OPTION_IGNORED },
    { 0 },
};

const Option sink_options[] = {
    { "sink.parallelism", OPTION_INT, NULL, NULL, "tasks that write the table; parallelism.default when not set", 0 },
    { 0 },
};

const Option format_key_options[] = {
    { "format", OPTION_STRING, NULL, NULL, "of a record (see Formats)", 0 },
    { "key.format", OPTION_STRING, NULL, NULL, "of the key", 0 },
    { "value.format", OPTION_STRING, NULL, NULL, "of the value; the same as format", 0 },
    { 0 },
};
