/* filesystem.h: what the files of the connector share. */
#ifndef CONNECTORS_FILESYSTEM_FILESYSTEM_H
#define CONNECTORS_FILESYSTEM_FILESYSTEM_H

#include "connectors/connector.h"
#include "connectors/formats/format.h"

extern const Option filesystem_options[];
extern const SourceType filesystem_source;
extern const SinkType filesystem_sink;

/* The table's format, and its options. */
Status filesystem_format(const TableSpec *table, Arena *arena, const Format **format, const Map **options, Error *err);
bool   filesystem_is_partition_key(const TableSpec *table, int32_t column);

#endif
