/* nexmark_field.h: the fields of people, auctions and bids, a row of a table each: name, type, and how its values are made. */
#ifndef CONNECTORS_NEXMARK_NEXMARK_FIELD_H
#define CONNECTORS_NEXMARK_NEXMARK_FIELD_H

#include "connectors/nexmark/nexmark_text.h"

/* What values are made for: the events of a batch. */
typedef struct NexmarkEvents {
    const NexmarkRules *rules;
    const NexmarkTexts *texts;
    const NexmarkSpan  *spans;
    int32_t             span_count;
    Buf                *buf; /* for what is made for these rows */
} NexmarkEvents;

typedef struct NexmarkField {
    const char *name;
    const Type *type;
    /* Values of the rows of one kind; data is zeroed. */
    void      (*fill)(const NexmarkEvents *events, void *data);
} NexmarkField;

/* The column's name, and its fields; ends with { 0 }. */
extern const char *const         nexmark_columns[NEXMARK_KINDS];
extern const NexmarkField *const nexmark_fields[NEXMARK_KINDS];
const NexmarkField *nexmark_field(NexmarkKind kind, Str name);

#endif
