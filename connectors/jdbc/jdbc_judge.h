/* jdbc_judge.h: which rows the server will refuse, known before they are sent.
 *
 * In a chunk, or in the checkpoint that holds an epoch, one such row would end the job each time it is tried. So values are held against the
 * columns that the table has in the database while the row is still one of a batch: who refuses it knows where it came from. Only what every
 * server refuses in a strict session is refused here; what is not certain is left to the server. */
#ifndef CONNECTORS_JDBC_JDBC_JUDGE_H
#define CONNECTORS_JDBC_JDBC_JUDGE_H

#include "connectors/jdbc/jdbc_columns.h"
#include "connectors/jdbc/jdbc_layout.h"

typedef struct JdbcCheck JdbcCheck;

/* The first row of [row, end) that is refused, or end. */
typedef int64_t (*JdbcFind)(const JdbcCheck *check, const Column *column, int64_t row, int64_t end);

/* What one column is held against. */
struct JdbcCheck {
    int32_t           column; /* of the batches */
    const JdbcColumn *target;
    const char       *reason; /* before the target's type: "out of range of" */
    JdbcFind          find;
    int64_t           least, most; /* integers, days, ms; most also of characters and bytes, and of code points */
    int128_t          decimal_least, decimal_most;
    double            float_least, float_most; /* these, and what is beyond them, are refused */
    const View       *members; /* of an ENUM */
    int64_t           member_count;
    bool              counts_characters, is_latin1, allows_invalid_dates;
};

typedef struct JdbcJudge {
    const JdbcLayout *layout;
    JdbcCheck        *checks;
    int32_t           count;
} JdbcJudge;

/* layout and columns are kept. Fails when the table lacks a column. */
Status  jdbc_judge_create(const JdbcLayout *layout, const JdbcColumns *columns, Arena *arena, JdbcJudge *out, Error *err);
/* The first row of [row, end) that is refused, and why; or end. Deletes are not judged: they only name a key. */
int64_t jdbc_judge_find(const JdbcJudge *judge, const Batch *batch, int64_t row, int64_t end, const JdbcCheck **why);
/* STATUS_REFUSED, with column, reason and row. */
Status  jdbc_judge_refuse(const JdbcJudge *judge, const Batch *batch, int64_t row, const JdbcCheck *why, Error *err);

#endif
