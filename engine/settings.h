/* settings.h: the keys of SET: what they mean here, their defaults, and the values in force. */
#ifndef ENGINE_SETTINGS_H
#define ENGINE_SETTINGS_H

#include "core/option.h"

/* Rows end with { 0 }. Keys that are not here are kept and shown, as in the dialect, and mean nothing. */
extern const Option setting_rows[];

/* A good value for the key? Unknown keys are fine. */
Status setting_check(Str key, Str value, Span span, Error *err);

/* In force: of the session, else of the engine, else the default. {NULL, 0} when there is none. */
typedef struct Settings {
    const Map *session;
    const Map *engine;
} Settings;
Str     settings_str(Settings settings, const char *key);
bool    settings_bool(Settings settings, const char *key);
int64_t settings_i64(Settings settings, const char *key); /* INT, DURATION, SIZE */
double  settings_f64(Settings settings, const char *key);
/* All that is set, in one map of arena; the session's values win. */
Map    *settings_merge(Arena *arena, Settings settings);

/* The half of docs/options.md that is about SET. */
void settings_document(struct Text *out);

#endif
