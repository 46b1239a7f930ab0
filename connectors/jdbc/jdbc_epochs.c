/* jdbc_epochs.c: see jdbc_epochs.h.
 *
 *   prepare:  SELECT ENGINE ... of the table: InnoDB; the same of the table of epochs, after CREATE TABLE IF NOT EXISTS
 *   claim:    INSERT IGNORE (epoch 0), UPDATE owner, SELECT epoch, COMMIT: in short transactions, so that claims do not lock each other
 *   advance:  UPDATE epoch WHERE epoch = before AND owner = ours; 0 rows changed: SELECT says whether that was ourselves */
#include "connectors/jdbc/jdbc_epochs.h"

void jdbc_epochs_init(JdbcEpochs *epochs, JdbcConnection *connection, const IoSpec *spec, const JdbcOptions *options)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t           random[JDBC_OWNER_SIZE];
    *epochs = (JdbcEpochs){ .connection = connection, .spec = spec, .options = options };
    env_random(random, sizeof(random));
    for (int i = 0; i < JDBC_OWNER_SIZE; i++)
        epochs->owner[i] = digits[random[i] & 15];
}

void jdbc_epochs_free(JdbcEpochs *epochs)
{
    text_free(&epochs->sql);
}

/* ---- statements -------------------------------------------------------------------------------------------------- */

static Status run(JdbcEpochs *epochs, int64_t *changed, Error *err)
{
    return jdbc_connection_run(epochs->connection, text_str(&epochs->sql), changed, err);
}

/* The row's first two values; *found is false when there is none. A NULL is "". */
static Status select_pair(JdbcEpochs *epochs, Arena *arena, Str pair[2], bool *found, Error *err)
{
    char *const         *row;
    const unsigned long *sizes;
    TRY(jdbc_connection_query(epochs->connection, text_str(&epochs->sql), err));
    TRY(jdbc_connection_fetch(epochs->connection, &row, &sizes, err));
    *found = row != NULL;
    for (int i = 0; row && i < 2; i++)
        pair[i] = row[i] ? arena_str(arena, (Str){ row[i], (int64_t)sizes[i] }) : STR_EMPTY;
    while (row)
        TRY(jdbc_connection_fetch(epochs->connection, &row, &sizes, err));
    jdbc_connection_end_query(epochs->connection);
    return STATUS_OK;
}

static Str epoch_table(const JdbcEpochs *epochs)
{
    return epochs->options->epoch_table;
}

/* WHERE job = '...' AND sink = '...' */
static void put_where_all(JdbcEpochs *epochs)
{
    text_puts(&epochs->sql, " WHERE job = ");
    jdbc_put_text(&epochs->sql, epochs->spec->job_id);
    text_puts(&epochs->sql, " AND sink = ");
    jdbc_put_text(&epochs->sql, epochs->options->epoch_name);
}

static void put_where(JdbcEpochs *epochs, int32_t instance)
{
    put_where_all(epochs);
    text_printf(&epochs->sql, " AND instance = %d", instance);
}

static void put_owner(JdbcEpochs *epochs)
{
    jdbc_put_text(&epochs->sql, (Str){ epochs->owner, JDBC_OWNER_SIZE });
}

/* ---- prepare ----------------------------------------------------------------------------------------------------- */

static Status wrong(JdbcEpochs *epochs, Status status, Error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static Status wrong(JdbcEpochs *epochs, Status status, Error *err, const char *format, ...)
{
    Text    text = TEXT_EMPTY;
    va_list args;
    va_start(args, format);
    text_vprintf(&text, format, args);
    va_end(args);
    epochs->connection->trouble = JDBC_WRONG;
    error_set(err, status, epochs->spec->table->span, "table %.*s, %.*s: %s", STR_FMT(epochs->spec->table->path),
              STR_FMT(epochs->options->label), text_cstr(&text));
    text_free(&text);
    return status;
}

/* *engine is "" for a view, {NULL, 0} when there is no such table. */
static Status find_engine(JdbcEpochs *epochs, Str table, Arena *arena, Str *engine, Error *err)
{
    bool found;
    Str  pair[2];
    text_clear(&epochs->sql);
    text_puts(&epochs->sql, "SELECT engine, table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND "
                            "table_name = ");
    jdbc_put_text(&epochs->sql, table);
    TRY(select_pair(epochs, arena, pair, &found, err));
    *engine = found ? pair[0] : (Str){ NULL, 0 };
    return STATUS_OK;
}

static Status check_engine(JdbcEpochs *epochs, Str table, Arena *arena, Error *err)
{
    Str engine;
    TRY(find_engine(epochs, table, arena, &engine, err));
    if (!engine.ptr)
        return wrong(epochs, STATUS_NO_OBJECT, err, "Table '%.*s.%.*s' doesn't exist", STR_FMT(epochs->options->server.database),
                     STR_FMT(table));
    if (str_is_nocase(engine, "InnoDB"))
        return STATUS_OK;
    wrong(epochs, STATUS_OPTION, err,
          "'sink.delivery-guarantee' = 'exactly-once' needs transactions: `%.*s` is %s%.*s, it must be an InnoDB table",
          STR_FMT(table), engine.len > 0 ? "of engine " : "a view", STR_FMT(engine));
    if (engine.len > 0)
        error_hint(err, "ALTER TABLE `%.*s` ENGINE = InnoDB", STR_FMT(table));
    return err->status;
}

static Status create_table(JdbcEpochs *epochs, Arena *arena, Error *err)
{
    Str engine;
    TRY(find_engine(epochs, epoch_table(epochs), arena, &engine, err));
    if (engine.ptr)
        return STATUS_OK;
    text_clear(&epochs->sql);
    text_puts(&epochs->sql, "CREATE TABLE IF NOT EXISTS ");
    text_put_sql_name(&epochs->sql, epoch_table(epochs));
    text_puts(&epochs->sql, " (job CHAR(32) NOT NULL, sink VARCHAR(255) NOT NULL, instance INT NOT NULL, epoch BIGINT NOT NULL, "
                            "owner CHAR(32) NOT NULL, changed TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE "
                            "CURRENT_TIMESTAMP, PRIMARY KEY (job, sink, instance)) ENGINE = InnoDB, CHARACTER SET utf8mb4, "
                            "COLLATE utf8mb4_bin");
    return run(epochs, NULL, err);
}

Status jdbc_epochs_prepare(JdbcEpochs *epochs, Error *err)
{
    Arena *arena = arena_create();
    Status status = check_engine(epochs, epochs->options->table, arena, err);
    if (status == STATUS_OK)
        status = create_table(epochs, arena, err);
    if (status == STATUS_OK)
        status = check_engine(epochs, epoch_table(epochs), arena, err);
    arena_destroy(arena);
    return status;
}

/* ---- the row ----------------------------------------------------------------------------------------------------- */

static Status insert_row(JdbcEpochs *epochs, int32_t instance, Error *err)
{
    text_clear(&epochs->sql);
    text_puts(&epochs->sql, "INSERT IGNORE INTO ");
    text_put_sql_name(&epochs->sql, epoch_table(epochs));
    text_puts(&epochs->sql, " (job, sink, instance, epoch, owner) VALUES (");
    jdbc_put_text(&epochs->sql, epochs->spec->job_id);
    text_put(&epochs->sql, ',');
    jdbc_put_text(&epochs->sql, epochs->options->epoch_name);
    text_printf(&epochs->sql, ",%d,0,", instance);
    put_owner(epochs);
    text_put(&epochs->sql, ')');
    return run(epochs, NULL, err);
}

static Status take_row(JdbcEpochs *epochs, int32_t instance, Error *err)
{
    text_clear(&epochs->sql);
    text_puts(&epochs->sql, "UPDATE ");
    text_put_sql_name(&epochs->sql, epoch_table(epochs));
    text_puts(&epochs->sql, " SET owner = ");
    put_owner(epochs);
    put_where(epochs, instance);
    return run(epochs, NULL, err);
}

/* The newest that is committed, or our own; locked until the transaction ends. */
static Status read_row(JdbcEpochs *epochs, int32_t instance, int64_t *epoch, bool *is_ours, Error *err)
{
    Str    pair[2];
    bool   found;
    Arena *arena = arena_create();
    text_clear(&epochs->sql);
    text_puts(&epochs->sql, "SELECT epoch, owner FROM ");
    text_put_sql_name(&epochs->sql, epoch_table(epochs));
    put_where(epochs, instance);
    text_puts(&epochs->sql, " FOR UPDATE");
    Status status = select_pair(epochs, arena, pair, &found, err);
    if (status == STATUS_OK) {
        *epoch = -1;
        *is_ours = found && str_eq(pair[1], (Str){ epochs->owner, JDBC_OWNER_SIZE });
        if (found)
            str_to_i64(pair[0], epoch);
    }
    arena_destroy(arena);
    return status;
}

static Status commit(JdbcEpochs *epochs, Error *err)
{
    return jdbc_connection_run(epochs->connection, STR("COMMIT"), NULL, err);
}

Status jdbc_epochs_newest(JdbcEpochs *epochs, int64_t *newest, Error *err)
{
    Str    pair[2];
    bool   found;
    Arena *arena = arena_create();
    *newest = 0;
    text_clear(&epochs->sql);
    text_puts(&epochs->sql, "SELECT MAX(epoch), 0 FROM ");
    text_put_sql_name(&epochs->sql, epoch_table(epochs));
    put_where_all(epochs);
    Status status = select_pair(epochs, arena, pair, &found, err);
    if (status == STATUS_OK && found)
        str_to_i64(pair[0], newest);
    arena_destroy(arena);
    return status;
}

Status jdbc_epochs_claim(JdbcEpochs *epochs, int32_t instance, int64_t *held, Error *err)
{
    bool is_ours;
    TRY(insert_row(epochs, instance, err));
    TRY(take_row(epochs, instance, err));
    TRY(read_row(epochs, instance, held, &is_ours, err));
    return commit(epochs, err);
}

Status jdbc_epochs_rewind(JdbcEpochs *epochs, int64_t epoch, Error *err)
{
    text_clear(&epochs->sql);
    text_puts(&epochs->sql, "UPDATE ");
    text_put_sql_name(&epochs->sql, epoch_table(epochs));
    text_printf(&epochs->sql, " SET epoch = %lld", (long long)epoch);
    put_where_all(epochs);
    text_printf(&epochs->sql, " AND epoch > %lld", (long long)epoch);
    TRY(run(epochs, NULL, err));
    return commit(epochs, err);
}

Status jdbc_epochs_advance(JdbcEpochs *epochs, int32_t instance, int64_t from, int64_t to, bool *is_there, Error *err)
{
    int64_t changed, found;
    bool    is_ours;
    *is_there = false;
    text_clear(&epochs->sql);
    text_puts(&epochs->sql, "UPDATE ");
    text_put_sql_name(&epochs->sql, epoch_table(epochs));
    text_printf(&epochs->sql, " SET epoch = %lld", (long long)to);
    put_where(epochs, instance);
    text_printf(&epochs->sql, " AND epoch = %lld AND owner = ", (long long)from);
    put_owner(epochs);
    TRY(run(epochs, &changed, err));
    if (changed == 1)
        return STATUS_OK;
    TRY(read_row(epochs, instance, &found, &is_ours, err));
    *is_there = is_ours && found == to;
    if (*is_there)
        return STATUS_OK;
    if (found < 0)
        return wrong(epochs, STATUS_RUNTIME, err, "epoch %lld cannot be committed: its row in `%.*s` is gone", (long long)to,
                     STR_FMT(epoch_table(epochs)));
    wrong(epochs, STATUS_RUNTIME, err,
          "epoch %lld cannot be committed: another process or INSERT has taken over, the database holds epoch %lld; this one stops",
          (long long)to, (long long)found);
    return error_hint(err, "two INSERTs of a job into one table need names of their own: "
                           "/*+ OPTIONS('sink.epoch-name' = '...') */");
}
