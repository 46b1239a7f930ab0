/* inet.c: IPv4 addresses as numbers: INET_ATON, INET_NTOA. */
#include "functions/args.h"

#include <stdio.h>

/* One to four decimal parts; the last one fills what is left: 127.1 is 127.0.0.1. */
static bool inet_parse(Str text, int64_t *out)
{
    int64_t part, parts = 0, at = 0;
    *out = 0;
    for (;;) {
        int64_t start = at;
        for (part = 0; at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9' && part <= UINT32_MAX; at++)
            part = part * 10 + (text.ptr[at] - '0');
        if (at == start || ++parts > 4)
            return false;
        if (at == text.len)
            break;
        if (text.ptr[at++] != '.' || part > 255)
            return false;
        *out = *out << 8 | part;
    }
    int64_t bits = 8 * (5 - parts);
    *out         = *out << bits | part;
    return part < 1LL << bits;
}

static Status inet_aton_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    EACH_VALUE(i)
        if (!inet_parse(arg_str(&args[0], i), &COLUMN_DATA(out, int64_t)[i]))
            out_null(call, out, rows, i);
    return STATUS_OK;
}

static Status inet_ntoa_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    EACH_VALUE(i)
    {
        int64_t address = arg_i64(&args[0], i);
        char   *to      = buf_alloc(call_buf(call), 16);
        if (address < 0 || address > UINT32_MAX) {
            out_null(call, out, rows, i);
            continue;
        }
        int size = snprintf(to, 16, "%d.%d.%d.%d", (int)(address >> 24), (int)(address >> 16 & 255),
                            (int)(address >> 8 & 255),
                            (int)(address & 255));
        out_str(out, i, (Str){ to, size });
    }
    return STATUS_OK;
}

const Function fn_inet[] = {
    { .sig = "inet_aton(string) -> bigint?", .doc = "An IPv4 address as a number; NULL when it is none.",
      .eval = inet_aton_eval, .flags = FN_TAKES_NULL },
    { .sig = "inet_ntoa(bigint) -> string?", .doc = "A number as an IPv4 address; NULL out of range.",
      .eval = inet_ntoa_eval, .flags = FN_TAKES_NULL },
    { 0 },
};
