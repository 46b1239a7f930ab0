/* arena.h: memory with one lifetime. Statement, plan, job and operator each own an Arena; nothing in it is freed alone.
 *
 * Memory comes zeroed and aligned to 16 bytes. An allocation never returns NULL: when memory is out, env_alloc unwinds
 * to the nearest guard (core/env.h). Not thread-safe: an arena belongs to one thread at a time. */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include "core/str.h"

#include <stdarg.h>
#include <stddef.h>

typedef struct Arena Arena;

Arena *arena_create(void);
/* Runs the deferred functions, newest first, then frees all. NULL is allowed. */
void arena_destroy(Arena *arena);
/* Like destroy and create, but keeps the first block. */
void arena_reset(Arena *arena);

void *arena_alloc(Arena *arena, int64_t size);
/* Calls function(object) when the arena ends: for what memory alone does not close. */
void arena_defer(Arena *arena, void (*function)(void *object), void *object);
/* Bytes handed out since creation or reset. */
int64_t arena_size(const Arena *arena);

#define arena_new(arena, Type, count) ((Type *)arena_alloc((arena), (int64_t)(count) * (int64_t)sizeof(Type)))

/* Copies; the result is NUL-terminated besides. */
Str   arena_str(Arena *arena, Str text);
char *arena_cstr(Arena *arena, Str text);
Str   arena_format(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
Str   arena_format_args(Arena *arena, const char *format, va_list args);

/* Growable array in an arena: LIST(Type) field; list_push(arena, &list, value). Old storage stays until the arena ends. */
#define LIST(Type)       \
    struct {             \
        Type   *items;   \
        int64_t count;   \
        int64_t capacity; \
    }
#define list_push(arena, list, ...)                                                                          \
    do {                                                                                                     \
        if ((list)->count == (list)->capacity)                                                               \
            (list)->items = arena_grow((arena), (list)->items, &(list)->capacity, sizeof(*(list)->items));   \
        (list)->items[(list)->count++] = (__VA_ARGS__);                                                      \
    } while (0)
void *arena_grow(Arena *arena, const void *items, int64_t *capacity, size_t item_size);

#endif
