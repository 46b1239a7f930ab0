/* zone_file.c: TZif files (RFC 8536), as tzdata installs them.
 *
 *   header v1, data v1 (32-bit times, skipped), header v2, data v2 (64-bit times), "\n" rule "\n"
 *
 * The rule behind the list is unrolled into it up to RULE_YEAR_MAX, so that a search in one sorted list answers for
 * nearly every instant. Nothing in the file is trusted: sizes are checked before anything is read. */
#include "data/zone.h"

enum {
    HEADER_SIZE = 44,
    TYPE_SIZE = 6,
    CHANGES_MAX = 5000,
    RULE_YEAR_MAX = 2100,
};

typedef struct Header {
    int64_t is_utc_count, is_standard_count, leap_count, change_count, type_count, name_size;
} Header;

static int64_t read_i32(const char *at)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++)
        value = value << 8 | (unsigned char)at[i];
    return (int32_t)value;
}

static int64_t read_i64(const char *at)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value = value << 8 | (unsigned char)at[i];
    return (int64_t)value;
}

static bool read_header(Str bytes, Header *out)
{
    if (bytes.len < HEADER_SIZE || memcmp(bytes.ptr, "TZif", 4) != 0 || bytes.ptr[4] < '2')
        return false;
    const char *at = bytes.ptr + 20;
    out->is_utc_count = read_i32(at);
    out->is_standard_count = read_i32(at + 4);
    out->leap_count = read_i32(at + 8);
    out->change_count = read_i32(at + 12);
    out->type_count = read_i32(at + 16);
    out->name_size = read_i32(at + 20);
    return out->is_utc_count >= 0 && out->is_standard_count >= 0 && out->leap_count >= 0 && out->change_count >= 0 &&
           out->change_count <= CHANGES_MAX && out->type_count >= 1 && out->type_count <= 256 && out->name_size >= 0;
}

static int64_t data_size(const Header *header, int64_t time_size)
{
    return header->change_count * (time_size + 1) + header->type_count * TYPE_SIZE + header->name_size +
           header->leap_count * (time_size + 4) + header->is_standard_count + header->is_utc_count;
}

/* Cuts header and data v1 off; what is left starts with header v2. */
static bool skip_v1(Str *bytes)
{
    Header header;
    if (!read_header(*bytes, &header) || bytes->len < HEADER_SIZE + data_size(&header, 4))
        return false;
    *bytes = str_slice(*bytes, HEADER_SIZE + data_size(&header, 4), bytes->len);
    return true;
}

/* Some files start with a change at the beginning of the world, beyond what fits in ms. */
static int64_t instant_ms(int64_t seconds)
{
    int64_t ms;
    if (__builtin_mul_overflow(seconds, 1000, &ms))
        return seconds < 0 ? INT64_MIN : INT64_MAX;
    return ms;
}

static bool read_changes(const Header *header, const char *data, Zone *zone)
{
    const char *indexes = data + header->change_count * 8;
    const char *types = indexes + header->change_count;
    for (int64_t i = 0; i < header->change_count; i++) {
        int64_t type = (unsigned char)indexes[i];
        zone->change_ms[i] = instant_ms(read_i64(data + i * 8));
        if (type >= header->type_count || (i > 0 && zone->change_ms[i] <= zone->change_ms[i - 1]))
            return false;
        zone->offset_ms[i] = read_i32(types + type * TYPE_SIZE) * 1000;
    }
    zone->change_count = header->change_count;
    zone->first_ms = read_i32(types) * 1000;
    return true;
}

static bool read_rule(Str rest, Zone *zone)
{
    if (rest.len < 2 || rest.ptr[0] != '\n')
        return false;
    Str     rule = str_slice(rest, 1, rest.len);
    int64_t end = str_find(rule, '\n');
    if (end < 0)
        return false;
    if (end > 0)
        return zone_rule_parse(str_slice(rule, 0, end), &zone->rule);
    /* No rule: the last offset stays. */
    zone->rule.standard_ms = zone->change_count > 0 ? zone->offset_ms[zone->change_count - 1] : zone->first_ms;
    return true;
}

static void unroll_rule(Zone *zone)
{
    if (!zone->rule.has_summer)
        return;
    int64_t last_ms = zone->change_count > 0 ? zone->change_ms[zone->change_count - 1] : INT64_MIN;
    int32_t first_year = 1970;
    if (zone->change_count > 0 && last_ms > 0)
        first_year = date_to_civil((int32_t)(last_ms / DAY_MS)).year;
    for (int32_t year = first_year; year <= RULE_YEAR_MAX; year++) {
        ZoneYear changes = zone_rule_year(&zone->rule, year);
        for (int i = 0; i < 2; i++) {
            if (changes.change_ms[i] <= last_ms)
                continue;
            zone->change_ms[zone->change_count] = changes.change_ms[i];
            zone->offset_ms[zone->change_count++] = changes.offset_ms[i];
        }
    }
}

Status zone_file_parse(Arena *arena, Str name, Str bytes, Zone **out, Error *err)
{
    Header header;
    if (!skip_v1(&bytes) || !read_header(bytes, &header) || bytes.len < HEADER_SIZE + data_size(&header, 8))
        return error_set(err, STATUS_IO, SPAN_NONE, "time zone \"%.*s\": not a TZif file of version 2 or later",
                         STR_FMT(name));
    Zone   *zone = arena_new(arena, Zone, 1);
    int64_t room = header.change_count + (RULE_YEAR_MAX - 1970 + 1) * 2;
    zone->name = arena_str(arena, name);
    zone->change_ms = arena_new(arena, int64_t, room);
    zone->offset_ms = arena_new(arena, int64_t, room);
    Str rest = str_slice(bytes, HEADER_SIZE + data_size(&header, 8), bytes.len);
    if (!read_changes(&header, bytes.ptr + HEADER_SIZE, zone) || !read_rule(rest, zone))
        return error_set(err, STATUS_IO, SPAN_NONE, "time zone \"%.*s\": the TZif file is damaged", STR_FMT(name));
    unroll_rule(zone);
    *out = zone;
    return STATUS_OK;
}
