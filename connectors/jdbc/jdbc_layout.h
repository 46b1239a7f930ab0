/* jdbc_layout.h: how the columns of a table become statements: their literals, their key, and the parts of SQL around them. */
#ifndef CONNECTORS_JDBC_JDBC_LAYOUT_H
#define CONNECTORS_JDBC_JDBC_LAYOUT_H

#include "connectors/jdbc/jdbc_literal.h"
#include "connectors/jdbc/jdbc_options.h"

typedef struct JdbcLayout {
    const IoSpec *spec;
    JdbcLiteral  *literals;  /* per column of the batches */
    int32_t      *key;       /* columns of the batches; the primary key's order */
    int32_t       key_count; /* 0 = rows are only added */
    Str           insert_head; /* INSERT INTO `t` (`a`, `b`) VALUES */
    Str           insert_tail; /* ON DUPLICATE KEY UPDATE ..., or "" */
    Str           delete_head; /* DELETE FROM `t` WHERE `k` IN ( */
} JdbcLayout;

/* Has the dialect's MySQL such columns? */
Status jdbc_check_columns(const TableSpec *table, Error *err);
/* Of a sink's spec, whose columns have been checked. */
void   jdbc_layout_create(const IoSpec *spec, const JdbcOptions *options, JdbcLayout *out);
/* (1, 'a'); the error says which column has no literal. */
Status jdbc_put_row(const JdbcLayout *layout, const Batch *batch, int64_t row, Text *out, Error *err);
/* 1, or (1, 'a') when the key has several columns. */
Status jdbc_put_key(const JdbcLayout *layout, const Batch *batch, int64_t row, Text *out, Error *err);
/* SELECT `a`, `b` FROM `t`; of a source's spec. With has_range only rows whose partition column is in [lower, upper]. */
void   jdbc_put_select(const IoSpec *spec, const JdbcOptions *options, bool has_range, int64_t lower, int64_t upper, Text *out);

#endif
