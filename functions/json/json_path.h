/* json_path.h: JSON paths: "lax $.a[0].b", "$['a b'][*]", "$..name", "$.a[?(@.b > 1)]", "$.a.length()".
 *
 * Strict (the default): what is not there is an error; lax: it is nothing. A path that may name several values (a
 * wildcard, a slice, a list, .., a filter) gives an array of them. */
#ifndef FUNCTIONS_JSON_PATH_H
#define FUNCTIONS_JSON_PATH_H

#include "core/arena.h"
#include "functions/json/json_value.h"

typedef struct JsonPath JsonPath;

typedef enum JsonFind { JSON_FOUND, JSON_MISSING, JSON_FAILED } JsonFind;

/* NULL when the text is no path. */
const JsonPath *json_path_parse(Arena *arena, Str text);
bool            json_path_is_lax(const JsonPath *path);
/* JSON_MISSING: there is nothing, or a JSON null; JSON_FAILED: an error of strict mode. */
JsonFind json_path_find(const JsonPath *path, Buf *buf, const JsonValue *root, JsonValue *out);

#endif
