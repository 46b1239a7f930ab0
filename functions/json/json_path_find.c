/* json_path_find.c: the values that a path names.
 *
 * Steps are taken one by one over the list of values found so far. As long as the path names a single value, one that
 * is not there ends the search; afterwards it is passed over. */
#include "functions/json/json_path_step.h"

#include "data/number.h"

typedef struct Found {
    Buf       *buf;
    JsonValue *values;
    int64_t    count, room;
} Found;

static void add(Found *found, JsonValue value)
{
    if (found->count == found->room) {
        int64_t    room   = found->room ? found->room * 2 : 8;
        JsonValue *values = buf_new(found->buf, JsonValue, room);
        if (found->count)
            memcpy(values, found->values, (size_t)found->count * sizeof(JsonValue));
        found->values = values;
        found->room   = room;
    }
    found->values[found->count++] = value;
}

/* ---- steps ----------------------------------------------------------------------------------------------------- */

/* Several names give an object of those that are there. */
static bool step_members(const JsonStep *step, const JsonValue *value, Found *out)
{
    if (value->kind != JSON_IS_OBJECT)
        return false;
    if (step->count == 1) {
        const JsonValue *member = json_member(value, step->names[0]);
        if (member)
            add(out, *member);
        return member != NULL;
    }
    JsonValue object = { .kind = JSON_IS_OBJECT, .members = buf_new(out->buf, JsonMember, step->count) };
    for (int32_t i = 0; i < step->count; i++) {
        const JsonValue *member = json_member(value, step->names[i]);
        if (member)
            object.members[object.count++] = (JsonMember){ step->names[i], *member };
    }
    object.count = json_sort_members(out->buf, object.members, object.count);
    add(out, object);
    return true;
}

static bool step_indexes(const JsonStep *step, const JsonValue *value, Found *out)
{
    bool found = step->count > 1;
    if (value->kind != JSON_IS_ARRAY)
        return false;
    for (int32_t i = 0; i < step->count; i++) {
        int64_t index = step->indexes[i] < 0 ? step->indexes[i] + value->count : step->indexes[i];
        if (index < 0 || index >= value->count)
            continue;
        add(out, value->members[index].value);
        found = true;
    }
    return found;
}

static int64_t clamp(int64_t index, int64_t count)
{
    index = index < 0 ? index + count : index;
    return index < 0 ? 0 : index > count ? count : index;
}

static bool step_slice(const JsonStep *step, const JsonValue *value, Found *out)
{
    if (value->kind != JSON_IS_ARRAY)
        return false;
    int64_t from = step->has_from ? clamp(step->indexes[0], value->count) : 0;
    int64_t to   = step->has_to ? clamp(step->indexes[1], value->count) : value->count;
    for (int64_t i = from; i < to; i++)
        add(out, value->members[i].value);
    return true;
}

static bool step_filter(const JsonStep *step, const JsonValue *root, const JsonValue *value, Found *out)
{
    if (value->kind == JSON_IS_OBJECT && json_filter_holds(step->filter, out->buf, root, value))
        add(out, *value);
    for (int64_t i = 0; value->kind == JSON_IS_ARRAY && i < value->count; i++)
        if (json_filter_holds(step->filter, out->buf, root, &value->members[i].value))
            add(out, value->members[i].value);
    return !json_is_scalar(value);
}

static JsonValue number_value(Buf *buf, double number)
{
    char   *text = buf_alloc(buf, DOUBLE_TEXT_MAX);
    int32_t size = double_print(number, text);
    return (JsonValue){ .kind = JSON_IS_NUMBER, .text = { text, size } };
}

/* min, max, sum, avg over the numbers of an array. */
static bool fold_numbers(const JsonStep *step, const JsonValue *value, Found *out)
{
    double  sum = 0, least = 0, most = 0;
    int64_t count = 0;
    for (int64_t i = 0; i < value->count; i++) {
        double number;
        if (value->members[i].value.kind != JSON_IS_NUMBER || !double_parse(value->members[i].value.text, &number))
            continue;
        least = count == 0 || number < least ? number : least;
        most  = count == 0 || number > most ? number : most;
        sum += number;
        count++;
    }
    if (count == 0)
        return false;
    double results[PATH_FUNCTION_COUNT] = { 0, least, most, sum, sum / (double)count };
    add(out, number_value(out->buf, results[step->function]));
    return true;
}

static bool step_function(const JsonStep *step, const JsonValue *value, Found *out)
{
    if (json_is_scalar(value))
        return false;
    if (step->function != PATH_LENGTH)
        return value->kind == JSON_IS_ARRAY && fold_numbers(step, value, out);
    char   *text = buf_alloc(out->buf, 24);
    int32_t size = i64_print(value->count, text);
    add(out, (JsonValue){ .kind = JSON_IS_NUMBER, .text = { text, size } });
    return true;
}

static bool step_value(const JsonStep *step, const JsonValue *root, const JsonValue *value, Found *out)
{
    switch (step->kind) {
    case STEP_MEMBERS:
        return step_members(step, value, out);
    case STEP_INDEXES:
        return step_indexes(step, value, out);
    case STEP_SLICE:
        return step_slice(step, value, out);
    case STEP_WILDCARD:
        for (int64_t i = 0; !json_is_scalar(value) && i < value->count; i++)
            add(out, value->members[i].value);
        return true;
    case STEP_FILTER:
        return step_filter(step, root, value, out);
    default:
        return step_function(step, value, out);
    }
}

/* The value itself, then all below it. */
static void step_deep(const JsonStep *step, const JsonValue *root, const JsonValue *value, Found *out)
{
    step_value(step, root, value, out);
    for (int64_t i = 0; !json_is_scalar(value) && i < value->count; i++)
        step_deep(step, root, &value->members[i].value, out);
}

/* ---- paths ----------------------------------------------------------------------------------------------------- */

static JsonValue array_of(Buf *buf, const JsonValue *values, int64_t count)
{
    JsonValue array = { .kind = JSON_IS_ARRAY, .members = buf_new(buf, JsonMember, count + 1), .count = count };
    for (int64_t i = 0; i < count; i++)
        array.members[i] = (JsonMember){ STR_EMPTY, values[i] };
    return array;
}

/* A function behind a list works on the list. */
static void gather_for_function(const JsonStep *step, Found *found, bool is_single)
{
    if (step->kind != STEP_FUNCTION || is_single)
        return;
    found->values[0] = array_of(found->buf, found->values, found->count);
    found->count     = 1;
}

JsonFind path_find(const JsonPath *path, Buf *buf, const JsonValue *root, JsonValue *out)
{
    Found found     = { .buf = buf };
    bool  is_single = true;
    add(&found, *root);
    for (int32_t i = 0; i < path->count; i++) {
        const JsonStep *step = &path->steps[i];
        Found           next = { .buf = buf };
        gather_for_function(step, &found, is_single);
        for (int64_t k = 0; k < found.count; k++) {
            bool is_there = true;
            if (step->is_deep)
                step_deep(step, root, &found.values[k], &next);
            else
                is_there = step_value(step, root, &found.values[k], &next);
            if (!is_there && is_single && path->is_single)
                return path->is_lax ? JSON_MISSING : JSON_FAILED;
            if (!is_there && is_single && !path->is_lax)
                return JSON_FAILED;
        }
        bool is_list = step->is_deep || step->kind == STEP_WILDCARD || step->kind == STEP_SLICE ||
            step->kind == STEP_FILTER ||
                       (step->kind == STEP_INDEXES && step->count > 1);
        is_single = step->kind == STEP_FUNCTION || (is_single && !is_list);
        found     = next;
    }
    if (!path->is_single)
        *out = array_of(buf, found.values, found.count);
    else if (found.count == 0)
        return path->is_lax ? JSON_MISSING : JSON_FAILED;
    else
        *out = found.values[0];
    return out->kind == JSON_IS_NULL ? JSON_MISSING : JSON_FOUND;
}

JsonFind json_path_find(const JsonPath *path, Buf *buf, const JsonValue *root, JsonValue *out)
{
    return path_find(path, buf, root, out);
}
