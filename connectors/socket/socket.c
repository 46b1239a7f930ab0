/* socket.c: the socket connector: a connection to a server that sends lines; a line is a record.
 *
 *   open:   starts the reader's thread (task 0 only: there is one connection, so one split)
 *   poll:   cuts lines off the block at hand, up to rows_max of one block, and decodes them together
 *
 * Lines have no position that could be gone back to: after a restart the stream goes on with what then comes. */
#include "connectors/socket/socket_reader.h"
#include "connectors/reject.h"

enum {
    PORT_MAX = 65535,
    BYTE_MAX = 255,
};

static const Option socket_options[] = {
    { "hostname", OPTION_STRING, NULL, NULL, "the server's name or address", OPTION_REQUIRED },
    { "port", OPTION_INT, NULL, NULL, "1 to 65535", OPTION_REQUIRED },
    { "format", OPTION_STRING, NULL, NULL, "of a line: raw, csv or json", OPTION_REQUIRED },
    { "byte-delimiter", OPTION_INT, "10", NULL, "the byte that ends a line, as a number", 0 },
    { "delimiter", OPTION_STRING, NULL, NULL, "the same as text: one byte, or \\n, \\t, \\0", 0 },
    { "socket.reconnect", OPTION_BOOL, "true", NULL,
      "connect again when the connection ends; false: its end is the end of the table", 0 },
    { 0 },
};

struct Source {
    const IoSpec *spec;
    SocketReader *reader; /* NULL: another task has the connection */
    const Format *format;
    Decoder      *decoder;
    char          delimiter;
    Str          *lines;
    int64_t       lines_max;
    Text          notice;
};

/* ---- options --------------------------------------------------------------------------------------------------- */

/* -1 = the text is no single byte. */
static int32_t delimiter_byte(const Map *options)
{
    Str text = map_get_str(options, STR("delimiter"));
    if (!text.ptr)
        return (int32_t)option_i64(socket_options, options, "byte-delimiter");
    if (str_is(text, "\\n"))
        return '\n';
    if (str_is(text, "\\t"))
        return '\t';
    if (str_is(text, "\\0"))
        return '\0';
    return text.len == 1 ? (unsigned char)text.ptr[0] : -1;
}

static Status socket_check(const TableSpec *table, bool is_sink, Error *err)
{
    (void)is_sink;
    const Map *options = table->options;
    int64_t    port = option_i64(socket_options, options, "port");
    int64_t    byte = option_i64(socket_options, options, "byte-delimiter");
    if (port < 1 || port > PORT_MAX)
        return error_set(err, STATUS_OPTION, table->span, "option 'port' = '%lld': expected 1 to 65535",
                         (long long)port);
    if (byte < 0 || byte > BYTE_MAX)
        return error_set(err, STATUS_OPTION, table->span, "option 'byte-delimiter' = '%lld': expected 0 to 255",
                         (long long)byte);
    if (option_is_set(options, "delimiter") && option_is_set(options, "byte-delimiter"))
        return error_set(err, STATUS_OPTION, table->span,
                         "options 'delimiter' and 'byte-delimiter' say the same: set one of them");
    if (delimiter_byte(options) < 0)
        return error_set(err, STATUS_OPTION, table->span,
                         "option 'delimiter' = '%.*s': expected one byte, or \\n, \\t, \\0",
                         STR_FMT(map_get_str(options, STR("delimiter"))));
    if (table->partition_key_count > 0)
        return error_set(err, STATUS_INVALID, table->span, "connector 'socket' has no PARTITIONED BY");
    return STATUS_OK;
}

/* ---- opening --------------------------------------------------------------------------------------------------- */

static Status create_decoder(Source *source, Error *err)
{
    const IoSpec *spec = source->spec;
    FormatColumn *columns = arena_new(spec->arena, FormatColumn, spec->table->column_count + 1);
    Str           name = map_get_str(spec->table->options, STR("format"));
    FormatSpec    format = { .columns = columns, .arena = spec->arena, .zone = spec->zone, .span = spec->table->span,
                             .policy = spec->error_policy, .is_general = spec->is_general };
    source->format = format_find(name);
    if (!source->format)
        return error_set(err, STATUS_OPTION, spec->table->span, "there is no format '%.*s'", STR_FMT(name));
    format.options = format_options(spec->arena, spec->table->options,
                                    arena_format(spec->arena, "%s.", source->format->name));
    for (int32_t i = 0; i < spec->table->column_count; i++)
        columns[format.column_count++] = format_column_of(spec, i);
    return source->format->decoder_create(&format, &source->decoder, err);
}

static Status socket_open(const IoSpec *spec, Source **out, Error *err)
{
    const Map *options = spec->table->options;
    Source    *source = arena_new(spec->arena, Source, 1);
    source->spec = spec;
    source->delimiter = (char)delimiter_byte(options);
    *out = source;
    if (spec->task_index != 0)
        return STATUS_OK;
    TRY(create_decoder(source, err));
    SocketOptions reader = {
        .host = option_str(socket_options, options, "hostname"),
        .port = (int32_t)option_i64(socket_options, options, "port"),
        .delimiter = source->delimiter,
        .reconnects = option_bool(socket_options, options, "socket.reconnect"),
        .wakeup = spec->wakeup,
    };
    io_set(&spec->counters->pending, -1);
    io_set(&spec->counters->total, -1);
    return socket_reader_start(&reader, &source->reader, err);
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

static void reserve_lines(Source *source, int64_t count)
{
    if (count <= source->lines_max)
        return;
    source->lines = arena_new(source->spec->arena, Str, count);
    source->lines_max = count;
}

/* Cuts up to rows_max lines off the block. */
static int64_t cut_lines(Source *source, SocketBlock *block, int64_t rows_max)
{
    int64_t count = 0;
    while (count < rows_max && block->taken < block->size) {
        const char *start = block->bytes + block->taken;
        int64_t     left = block->size - block->taken;
        const char *end = memchr(start, source->delimiter, (size_t)left);
        Str         line = { start, end ? end - start : left };
        block->taken += line.len + (end != NULL);
        if (source->delimiter == '\n' && line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        source->lines[count++] = line;
    }
    return count;
}

static void count_decoded(Source *source, const Decoded *decoded, int64_t bytes)
{
    IoCounters *counters = source->spec->counters;
    io_add(&counters->rows, decoded->rows);
    io_add(&counters->bytes, bytes);
    for (int32_t i = 0; i < BAD_REASON_COUNT; i++)
        io_add(&counters->bad[i], decoded->bad[i]);
}

static Status read_block(Source *source, SocketBlock *block, int64_t rows_max, Batch *batch, Poll *poll, Error *err)
{
    Decoded decoded;
    int64_t before = block->taken;
    reserve_lines(source, rows_max);
    int64_t count = cut_lines(source, block, rows_max);
    Status  status = source->format->decode(source->decoder, source->lines, count, batch, &decoded, err);
    count_decoded(source, &decoded, block->taken - before);
    if (block->taken == block->size)
        socket_reader_release(source->reader);
    if (status != STATUS_OK)
        return error_prefix(err, "table %.*s", STR_FMT(source->spec->table->path));
    batch->rows = decoded.rows;
    if (source->spec->error_policy == ERROR_POLICY_DEAD_LETTER) {
        Records records = { .table = source->spec->table->path, .values = source->lines, .are_lines = true,
                            .count = count };
        reject_note_origins(batch, &records, &decoded);
        poll->rejected = reject_records(&records, &decoded);
    }
    poll->state = POLL_ROWS;
    poll->run_count = 1;
    poll->runs[0] = (SplitRun){ .split = 0, .rows = (int32_t)decoded.rows };
    poll->run_watermark[0] = TIME_MIN;
    return STATUS_OK;
}

static void pass_notice(Source *source)
{
    const ConnectorHost *host = source->spec->host;
    text_clear(&source->notice);
    if (socket_reader_take_notice(source->reader, &source->notice) && host && host->notice)
        host->notice(host->state, text_str(&source->notice));
}

static Status socket_poll(Source *source, int64_t rows_max, Batch *batch, Poll *poll, Error *err)
{
    *poll = (Poll){ .state = POLL_EMPTY, .wait_ms = -1, .split_count = 1 };
    if (!source->reader) {
        *poll = (Poll){ .state = POLL_END, .has_no_splits = true };
        return STATUS_OK;
    }
    SocketState  state = socket_reader_state(source->reader); /* before the block: an end comes behind its last one */
    SocketBlock *block = socket_reader_block(source->reader);
    pass_notice(source);
    if (block)
        return read_block(source, block, rows_max, batch, poll, err);
    if (state == SOCKET_FAILED)
        return socket_reader_error(source->reader, err);
    if (state == SOCKET_ENDED)
        poll->state = POLL_END;
    return STATUS_OK;
}

static void socket_close(Source *source)
{
    if (source->reader)
        socket_reader_stop(source->reader);
    source->reader = NULL;
    text_free(&source->notice);
}

/* Flink's rule: a socket is unbounded; ours: with socket.reconnect = false it ends, but nobody knows when. */
static bool socket_is_bounded(const TableSpec *table)
{
    (void)table;
    return false;
}

static const SourceType socket_source = {
    .open = socket_open,
    .poll = socket_poll,
    .close = socket_close,
    .is_bounded = socket_is_bounded,
    .pushes_watermark = false,
};

const Connector connector_socket = {
    .name = "socket",
    .doc = "Lines that a server sends, one connection. For trying things out: what was sent before a restart is not "
           "sent again.",
    .options = socket_options,
    .has_format = true,
    .check = socket_check,
    .source = &socket_source,
};
