/* table_options.h: the options that tables of every connector take. */
#ifndef CONNECTORS_TABLE_OPTIONS_H
#define CONNECTORS_TABLE_OPTIONS_H

#include "core/option.h"

extern const Option table_options[];        /* of every table */
extern const Option source_options[];       /* when its connector can be read */
extern const Option sink_options[];         /* when its connector can be written */
extern const Option format_key_options[];   /* when its connector has formats */

#endif
