/* sink_rows.h: rows of a batch as the simulated sinks keep them: a key, which is the first column, and all columns as text. */
#ifndef TESTS_SIM_SINK_ROWS_H
#define TESTS_SIM_SINK_ROWS_H

#include "connectors/connector.h"

extern const Option sim_sink_options[];

/* Appends row to row, with log_put_record. */
void sink_rows_put(const IoSpec *spec, const Batch *batch, int64_t start, int64_t count, Text *out);
/* SINK_UPSERT with a primary key, else SINK_APPEND. */
SinkMode sink_rows_mode(const TableSpec *table);
bool     sink_rows_is_exactly_once(const TableSpec *table);

#endif
