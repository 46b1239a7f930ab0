/* zone.c: from a name to a zone, and between an instant and a zone's local clock.
 *
 * A zone is a sorted list of changes with the offset behind each. Local time goes back to an instant by the same list:
 * a local time lies behind a change when it is not before both clocks of that moment, the old and the new one; so a
 * time that was skipped or that came twice is read by the clock before the change, as java.time does. */
#include "data/zone.h"

#include "core/env.h"

enum { OFFSET_HOURS_MAX = 18, FILE_SIZE_MAX = 1 << 20, NAME_SIZE_MAX = 100 };

#define ZONE_FOLDER "/usr/share/zoneinfo/"

static const Zone utc = { .name = { "UTC", 3 } };
const Zone *const zone_utc = &utc;

/* ---- names ----------------------------------------------------------------------------------------------------- */

static bool read_two(Str *text, int32_t *out)
{
    if (text->len < 2 || text->ptr[0] < '0' || text->ptr[0] > '9' || text->ptr[1] < '0' || text->ptr[1] > '9')
        return false;
    *out = (text->ptr[0] - '0') * 10 + (text->ptr[1] - '0');
    *text = str_slice(*text, 2, text->len);
    return true;
}

/* h, hh, hhmm, hh:mm, hhmmss, hh:mm:ss behind the sign, up to 18 hours. */
static bool offset_parse(Str text, int64_t *out_ms)
{
    bool is_negative = text.len > 0 && text.ptr[0] == '-';
    if (!is_negative && !(text.len > 0 && text.ptr[0] == '+'))
        return false;
    text = str_slice(text, 1, text.len);
    int32_t parts[3] = { 0 }; /* hours, minutes, seconds */
    bool    has_colons = false;
    if (text.len == 1 || (text.len == 4 && text.ptr[1] == ':')) { /* one digit of hours: "+8", "+8:30" */
        if (text.ptr[0] < '0' || text.ptr[0] > '9')
            return false;
        parts[0] = text.ptr[0] - '0';
        text = str_slice(text, 1, text.len);
    } else if (!read_two(&text, &parts[0])) {
        return false;
    }
    for (int i = 1; i < 3 && text.len > 0; i++) {
        bool colon = text.ptr[0] == ':';
        if (i > 1 && colon != has_colons)
            return false;
        has_colons = colon;
        text = str_slice(text, colon, text.len);
        if (!read_two(&text, &parts[i]) || parts[i] > 59)
            return false;
    }
    int64_t ms = ((int64_t)parts[0] * 3600 + parts[1] * 60 + parts[2]) * 1000;
    *out_ms = is_negative ? -ms : ms;
    return text.len == 0 && ms <= OFFSET_HOURS_MAX * 3600000LL;
}

/* "Z", "UTC", "GMT", "UT", and these three or nothing before an offset. */
static bool fixed_parse(Str name, int64_t *out_ms)
{
    static const char *const prefixes[] = { "UTC", "GMT", "UT", "" };
    *out_ms = 0;
    if (str_is(name, "Z") || str_is(name, "UTC") || str_is(name, "GMT") || str_is(name, "UT"))
        return true;
    for (int i = 0; i < 4; i++) {
        Str prefix = str_from(prefixes[i]);
        if (str_starts_with(name, prefix))
            return offset_parse(str_slice(name, prefix.len, name.len), out_ms);
    }
    return false;
}

/* Letters, digits and _ + - with single slashes between: never a way out of the folder. */
static bool is_plain_name(Str name)
{
    bool is_start = true;
    for (int64_t i = 0; i < name.len; i++) {
        char byte = name.ptr[i];
        bool is_word = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
                       byte == '_' || byte == '+' || byte == '-';
        if (!is_word && (byte != '/' || is_start))
            return false;
        is_start = byte == '/';
    }
    return !is_start && name.len <= NAME_SIZE_MAX;
}

static bool file_exists(Arena *arena, Str name, Str *path)
{
    EnvStat stat;
    if (!is_plain_name(name))
        return false;
    *path = arena_format(arena, ZONE_FOLDER "%.*s", STR_FMT(name));
    return env_file_stat(*path, &stat) && !stat.is_directory;
}

static Status load_file(Arena *arena, Str name, Str path, const Zone **out, Error *err)
{
    Text   bytes = TEXT_EMPTY;
    Zone  *zone = NULL;
    Status status = env_file_read_all(path, FILE_SIZE_MAX, &bytes, err);
    if (status == STATUS_OK)
        status = zone_file_parse(arena, name, text_str(&bytes), &zone, err);
    text_free(&bytes);
    *out = zone;
    return status;
}

Status zone_load(Arena *arena, Str name, const Zone **out, Error *err)
{
    Str     path;
    int64_t offset_ms;
    if (fixed_parse(name, &offset_ms)) {
        Zone *zone = arena_new(arena, Zone, 1);
        zone->name = arena_str(arena, name);
        zone->first_ms = offset_ms;
        zone->rule.standard_ms = offset_ms;
        *out = zone;
        return STATUS_OK;
    }
    if (file_exists(arena, name, &path))
        return load_file(arena, name, path, out, err);
    error_set(err, STATUS_INVALID, SPAN_NONE, "unknown time zone \"%.*s\"", STR_FMT(name));
    return error_hint(err, "a name such as 'Europe/Berlin' (tzdata must be installed), 'UTC', or 'GMT+08:00'");
}

/* ":Europe/Berlin", "/usr/share/zoneinfo/Europe/Berlin" and blanks, as TZ and /etc/timezone may have them. */
static Str bare_name(Str name)
{
    name = str_trim(name);
    if (str_starts_with(name, STR(":")))
        name = str_slice(name, 1, name.len);
    Str folder = STR(ZONE_FOLDER);
    return str_starts_with(name, folder) ? str_slice(name, folder.len, name.len) : name;
}

static bool is_known(Arena *arena, Str name)
{
    Str     path;
    int64_t offset_ms;
    return fixed_parse(name, &offset_ms) || file_exists(arena, name, &path);
}

/* The zone that a place names, if it is one. */
static bool take_name(Arena *arena, Str name, Str *out)
{
    name = bare_name(name);
    if (!is_known(arena, name))
        return false;
    *out = arena_str(arena, name);
    return true;
}

Str zone_machine_name(Arena *arena)
{
    Str   variable = env_variable("TZ");
    Str   found = STR("UTC");
    Text  text = TEXT_EMPTY;
    Error err = ERROR_NONE;
    if (variable.ptr && take_name(arena, variable, &found))
        return found;
    bool is_found = env_file_link(STR("/etc/localtime"), &text) && take_name(arena, text_str(&text), &found);
    text_clear(&text);
    if (!is_found && env_file_read_all(STR("/etc/timezone"), NAME_SIZE_MAX * 2, &text, &err) == STATUS_OK)
        take_name(arena, text_str(&text), &found);
    text_free(&text);
    return found;
}

Str zone_name(const Zone *zone)
{
    return zone->name;
}

/* So far out that an offset does not matter, and could overflow: watermarks may be there. */
static bool is_boundless(int64_t ms)
{
    return ms <= INT64_MIN / 2 || ms >= INT64_MAX / 2;
}

/* ---- instants -------------------------------------------------------------------------------------------------- */

/* How many changes are at or before the instant. */
static int64_t changes_until(const Zone *zone, int64_t utc_ms)
{
    int64_t low = 0, high = zone->change_count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (zone->change_ms[middle] <= utc_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* By the rule alone, far behind the list's end: every year starts with the offset that the last one ended with. */
static int64_t rule_offset_at(const Zone *zone, int64_t utc_ms)
{
    int64_t  days = floor_div(utc_ms + zone->rule.standard_ms, DAY_MS);
    ZoneYear year = zone_rule_year(&zone->rule, date_to_civil((int32_t)days).year);
    if (utc_ms < year.change_ms[0])
        return year.offset_ms[1];
    return utc_ms < year.change_ms[1] ? year.offset_ms[0] : year.offset_ms[1];
}

static int64_t offset_before(const Zone *zone, int64_t change)
{
    return change == 0 ? zone->first_ms : zone->offset_ms[change - 1];
}

int64_t zone_offset_at(const Zone *zone, int64_t utc_ms)
{
    if (is_boundless(utc_ms))
        return 0;
    int64_t change = changes_until(zone, utc_ms);
    if (change == zone->change_count && zone->rule.has_summer && change > 0)
        return rule_offset_at(zone, utc_ms);
    return offset_before(zone, change);
}

int64_t zone_to_local(const Zone *zone, int64_t utc_ms)
{
    return utc_ms + zone_offset_at(zone, utc_ms);
}

/* ---- local time ------------------------------------------------------------------------------------------------ */

/* A change of clocks as local times see it. */
typedef struct Change {
    int64_t utc_ms;
    int64_t before_ms, after_ms; /* offsets */
} Change;

static Change change_at(const Zone *zone, int64_t index)
{
    return (Change){ zone->change_ms[index], offset_before(zone, index), zone->offset_ms[index] };
}

/* Both clocks of the moment of the change are at or before the local time. */
static bool is_behind(Change change, int64_t local_ms)
{
    int64_t larger = change.before_ms > change.after_ms ? change.before_ms : change.after_ms;
    return change.utc_ms == INT64_MIN || local_ms - larger >= change.utc_ms;
}

/* Neither before both clocks nor behind both: skipped (the clock went forward) or doubled. */
static bool is_within(Change change, int64_t local_ms)
{
    int64_t smaller = change.before_ms < change.after_ms ? change.before_ms : change.after_ms;
    return !is_behind(change, local_ms) && local_ms - smaller >= change.utc_ms;
}

/* What a local time means: its offset, and the next change, which it may lie within. */
typedef struct LocalPlace {
    int64_t offset_ms;
    bool    has_next;
    Change  next;
} LocalPlace;

static LocalPlace place_by_rule(const Zone *zone, int64_t local_ms)
{
    int32_t  year = date_to_civil((int32_t)floor_div(local_ms, DAY_MS)).year;
    ZoneYear changes = zone_rule_year(&zone->rule, year);
    Change   first = { changes.change_ms[0], changes.offset_ms[1], changes.offset_ms[0] };
    Change   second = { changes.change_ms[1], changes.offset_ms[0], changes.offset_ms[1] };
    if (!is_behind(first, local_ms))
        return (LocalPlace){ first.before_ms, true, first };
    if (!is_behind(second, local_ms))
        return (LocalPlace){ second.before_ms, true, second };
    return (LocalPlace){ .offset_ms = second.after_ms };
}

static LocalPlace place_of_local(const Zone *zone, int64_t local_ms)
{
    int64_t low = 0, high = zone->change_count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (is_behind(change_at(zone, middle), local_ms))
            low = middle + 1;
        else
            high = middle;
    }
    if (low < zone->change_count)
        return (LocalPlace){ offset_before(zone, low), true, change_at(zone, low) };
    if (zone->rule.has_summer && low > 0)
        return place_by_rule(zone, local_ms);
    return (LocalPlace){ .offset_ms = offset_before(zone, low) };
}

int64_t zone_to_utc(const Zone *zone, int64_t local_ms)
{
    return is_boundless(local_ms) ? local_ms : local_ms - place_of_local(zone, local_ms).offset_ms;
}

int64_t zone_to_utc_for_timer(const Zone *zone, int64_t local_ms)
{
    if (is_boundless(local_ms))
        return local_ms;
    LocalPlace place = place_of_local(zone, local_ms);
    if (!place.has_next || !is_within(place.next, local_ms))
        return local_ms - place.offset_ms;
    bool is_skipped = place.next.after_ms > place.next.before_ms;
    return is_skipped ? place.next.utc_ms : local_ms - place.next.after_ms;
}
