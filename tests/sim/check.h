/* check.h: what the other sides may show, and what they must show in the end.
 *
 * An undisturbed run teaches it: per table and key, the rows in their order. In a disturbed run each row that becomes visible is the next of
 * its key, or something was lost, doubled or reordered; at the end all have come. At least once: each row comes, and no more often than
 * rows were read again. */
#ifndef TESTS_SIM_CHECK_H
#define TESTS_SIM_CHECK_H

#include "core/map.h"
#include "tests/sim/machine.h"

typedef enum Guarantee {
    EXACTLY_ONCE,  /* in order per key */
    EACH_ONCE,     /* in any order */
    AT_LEAST_ONCE, /* in any order, each at least once */
    NOT_LESS       /* at least once behind a count: value is "key-part|number": the largest of a part is at least what it is to be */
} Guarantee;

typedef struct Check Check;

/* guarantee: of a table. */
Check *check_create(Guarantee (*guarantee)(Str table));
void   check_destroy(Check *check);
/* From now on rows are not learned but compared. */
void   check_begin(Check *check);
/* A row is visible. */
void   check_row(Check *check, Str table, Str key, Str value);
/* All that is visible now, of a table that shows rows in any order, some for a second time: between begin and end each at most once. */
void   check_begin_look(Check *check, Str table);
/* Everything must have come. read_again: rows that the sources gave more than once. */
void   check_end(Check *check, int64_t read_again);
int64_t check_expected(const Check *check);

#endif
