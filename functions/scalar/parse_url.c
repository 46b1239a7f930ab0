/* parse_url.c: PARSE_URL, by the rules of java.net.URL: protocol://[userinfo@]host[:port][path][?query][#ref]. */
#include "functions/args.h"

typedef struct Url {
    Str protocol, authority, user_info, host, path, query, ref, file;
    bool has_authority, has_user_info, has_query, has_ref;
} Url;

static bool is_known_protocol(Str protocol)
{
    static const char *const known[] = { "http", "https", "ftp", "file", "jar", "mailto" };
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (str_is_nocase(protocol, known[i]))
            return true;
    return false;
}

static int64_t find_any(Str text, const char *bytes)
{
    for (int64_t i = 0; i < text.len; i++)
        if (text.ptr[i] && strchr(bytes, text.ptr[i]))
            return i;
    return text.len;
}

static int64_t find_last(Str text, char byte)
{
    int64_t at = text.len - 1;
    while (at >= 0 && text.ptr[at] != byte)
        at--;
    return at;
}

static void split_authority(Url *url)
{
    int64_t at         = find_last(url->authority, '@');
    url->has_user_info = at >= 0;
    url->user_info     = str_slice(url->authority, 0, at >= 0 ? at : 0);
    Str host           = str_slice(url->authority, at + 1, url->authority.len);
    int64_t bracket    = find_last(host, ']');
    int64_t colon      = str_find(str_slice(host, bracket + 1, host.len), ':');
    url->host          = colon < 0 ? host : str_slice(host, 0, bracket + 1 + colon);
}

static bool url_parse(Str text, Url *out)
{
    *out          = (Url){ 0 };
    text          = str_trim(text);
    int64_t colon = str_find(text, ':');
    if (colon <= 0)
        return false;
    out->protocol = str_slice(text, 0, colon);
    Str rest      = str_slice(text, colon + 1, text.len);
    int64_t hash  = str_find(rest, '#');
    out->has_ref  = hash >= 0;
    if (out->has_ref) {
        out->ref = str_slice(rest, hash + 1, rest.len);
        rest     = str_slice(rest, 0, hash);
    }
    if (str_starts_with(rest, STR("//"))) {
        rest               = str_slice(rest, 2, rest.len);
        int64_t end        = find_any(rest, "/?");
        out->has_authority = true;
        out->authority     = str_slice(rest, 0, end);
        rest               = str_slice(rest, end, rest.len);
        split_authority(out);
    }
    int64_t question = str_find(rest, '?');
    out->file        = rest;
    out->has_query   = question >= 0;
    out->path        = question >= 0 ? str_slice(rest, 0, question) : rest;
    out->query       = question >= 0 ? str_slice(rest, question + 1, rest.len) : STR_EMPTY;
    return is_known_protocol(out->protocol);
}

static bool take(Str part, bool is_there, Str *out)
{
    *out = part;
    return is_there;
}

/* false: there is no such part. */
static bool url_part(const Url *url, Str name, Str *out)
{
    if (str_is(name, "HOST"))
        return take(url->host, true, out);
    if (str_is(name, "PATH"))
        return take(url->path, true, out);
    if (str_is(name, "QUERY"))
        return take(url->query, url->has_query, out);
    if (str_is(name, "REF"))
        return take(url->ref, url->has_ref, out);
    if (str_is(name, "PROTOCOL"))
        return take(url->protocol, true, out);
    if (str_is(name, "FILE"))
        return take(url->file, true, out);
    if (str_is(name, "AUTHORITY"))
        return take(url->authority, url->has_authority, out);
    if (str_is(name, "USERINFO"))
        return take(url->user_info, url->has_user_info, out);
    return false;
}

/* The value of key in a=b&c=d. */
static bool query_value(Str query, Str key, Str *out)
{
    Str part;
    while (str_split(&query, '&', &part)) {
        if (part.len <= key.len || part.ptr[key.len] != '=' || !str_starts_with(part, key))
            continue;
        *out = str_slice(part, key.len + 1, part.len);
        return true;
    }
    return false;
}

static Status parse_url_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    bool has_key = call_expr(call)->arg_count > 2;
    EACH_VALUE(i)
    {
        Url  url;
        Str  part = STR_EMPTY, name = arg_str(&args[1], i);
        bool found = url_parse(arg_str(&args[0], i), &url) && url_part(&url, name, &part);
        if (has_key)
            found = found && str_is(name, "QUERY") && query_value(part, arg_str(&args[2], i), &part);
        if (found)
            out_str(out, i, part);
        else
            out_null(call, out, rows, i);
    }
    return STATUS_OK;
}

const Function fn_parse_url[] = {
    { .sig = "parse_url(string, string, [string]) -> string?",
      .doc = "A part of a URL: HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY or USERINFO; with QUERY, a third "
             "argument names the key "
             "whose value is wanted.",
      .eval = parse_url_eval },
    { 0 },
};
