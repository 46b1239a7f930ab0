/* checkpoint_bed.c: see checkpoint_bed.h. */
#include "checkpoint_bed.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

enum { OPS = 2, INSTANCES = 2, PARTS_MAX = OPS * INSTANCES * 64 };

const CheckpointProfile profile_small = { .parts = 3, .size = 40, .rare = 4 };
const CheckpointProfile profile_large = { .parts = 8, .size = 30000, .rare = 5 };

char checkpoint_folder[64];

#define TEXT(literal) { literal, sizeof(literal) - 1 }
static const CheckpointOp ops[OPS] = {
    { TEXT("1 source"), TEXT("kafka t"), INSTANCES },
    { TEXT("3 window aggregate"), TEXT("TUMBLE 60000, BIGINT NOT NULL -> COUNT"), INSTANCES },
};

static void make_folder(const char *where)
{
    snprintf(checkpoint_folder, sizeof(checkpoint_folder), "%s/tidemark-test-XXXXXX", where);
    ck_assert_ptr_nonnull(mkdtemp(checkpoint_folder));
}

void checkpoint_folder_make(void)
{
    make_folder("/tmp");
}

void checkpoint_folder_make_in_memory(void)
{
    EnvStat found;
    make_folder(env_file_stat(STR("/dev/shm"), &found) && found.is_directory ? "/dev/shm" : "/tmp");
}

void checkpoint_folder_remove(void)
{
    char command[128];
    snprintf(command, sizeof(command), "rm -rf '%s'", checkpoint_folder);
    ck_assert_int_eq(system(command), 0);
}

static void remove_file(void *context, Str name)
{
    Error err = ERROR_NONE;
    (void)context;
    ck_assert_int_eq(env_file_remove(checkpoint_path(name.ptr), &err), STATUS_OK);
}

void checkpoint_empty(void)
{
    Error err = ERROR_NONE;
    ck_assert_int_eq(env_directory_list(str_from(checkpoint_folder), remove_file, NULL, &err), STATUS_OK);
}

Str checkpoint_path(const char *name)
{
    static char rooms[4][256];
    static int  next;
    char       *room = rooms[next++ % 4];
    snprintf(room, sizeof(rooms[0]), "%s/%s", checkpoint_folder, name);
    return str_from(room);
}

Text checkpoint_load(const char *name)
{
    Text  bytes = TEXT_EMPTY;
    Error err = ERROR_NONE;
    ck_assert_int_eq(env_file_read_all(checkpoint_path(name), 1 << 24, &bytes, &err), STATUS_OK);
    return bytes;
}

void checkpoint_save(const char *name, Str bytes)
{
    Error err = ERROR_NONE;
    int   fd;
    ck_assert_int_eq(env_file_open(checkpoint_path(name), ENV_CREATE, &fd, &err), STATUS_OK);
    ck_assert_int_eq(env_file_write(fd, bytes, &err), STATUS_OK);
    env_file_close(fd);
}

static void note_name(void *context, Str name)
{
    if (!str_is(name, "lock"))
        text_printf(context, "%.*s ", STR_FMT(name));
}

const char *checkpoint_names(void)
{
    static Text names;
    Error       err = ERROR_NONE;
    text_clear(&names);
    ck_assert_int_eq(env_directory_list(str_from(checkpoint_folder), note_name, &names, &err), STATUS_OK);
    return text_cstr(&names);
}

CheckpointStore *checkpoint_open(CheckpointAccess access)
{
    CheckpointStore *store = NULL;
    Error            err = ERROR_NONE;
    checkpoint_store_open(str_from(checkpoint_folder), access, &store, &err);
    ck_assert_msg(err.status == STATUS_OK, "%s", err.message);
    return store;
}

/* ---- content ---------------------------------------------------------------------------------------------------------- */

static int64_t last_change(const CheckpointProfile *profile, int32_t op, int64_t epoch)
{
    if (op == 0)
        return epoch;
    return profile->rare == 0 ? 1 : epoch - (epoch - 1) % profile->rare;
}

static Str content(const CheckpointProfile *profile, const CheckpointPart *part, int64_t change, Arena *arena)
{
    int64_t  size = part->number == 0 ? 0 : profile->size * part->number / profile->parts;
    uint64_t state = (uint64_t)change * 1000003 + (uint64_t)part->op * 101 + (uint64_t)part->instance * 11 + (uint64_t)part->number;
    char    *bytes = arena_alloc(arena, size);
    for (int64_t i = 0; i < size; i++)
        bytes[i] = (char)((state = state * 6364136223846793005u + 1442695040888963407u) >> 56);
    return (Str){ bytes, size };
}

Checkpoint checkpoint_make(const CheckpointProfile *profile, int64_t epoch, int64_t last, Arena *arena)
{
    CheckpointPart *parts = arena_new(arena, CheckpointPart, PARTS_MAX);
    int64_t         count = 0;
    for (int32_t op = 0; op < OPS; op++)
        for (int32_t instance = 0; instance < INSTANCES; instance++)
            for (int32_t number = 0; number <= profile->parts; number++) {
                CheckpointPart *part = &parts[count++];
                int64_t         change = last_change(profile, op, epoch);
                *part = (CheckpointPart){ .op = op, .instance = instance, .number = number, .bytes = STR_EMPTY };
                part->is_unchanged = last > 0 && last_change(profile, op, last) == change;
                if (!part->is_unchanged)
                    part->bytes = content(profile, part, change, arena);
            }
    return (Checkpoint){ .epoch = epoch, .created_ms = 1700000000000 + epoch, .job_id = STR("0123456789abcdef0123456789abcdef"),
                         .job_name = STR("insert-into_default_catalog.default_database.out"),
                         .script = STR("INSERT INTO `out` SELECT * FROM t;\n"), .ops = ops, .op_count = OPS, .parts = parts, .part_count = count };
}

Status checkpoint_write(CheckpointStore *store, const CheckpointProfile *profile, int64_t epoch, CheckpointKind kind, bool is_full, Error *err)
{
    Arena     *arena = arena_create();
    Checkpoint checkpoint = checkpoint_make(profile, epoch, is_full ? 0 : checkpoint_store_last(store), arena);
    checkpoint.kind = kind;
    Status status = checkpoint_store_write(store, &checkpoint, err);
    arena_destroy(arena);
    return status;
}

void checkpoint_must_write(CheckpointStore *store, const CheckpointProfile *profile, int64_t epoch)
{
    Error err = ERROR_NONE;
    checkpoint_write(store, profile, epoch, CHECKPOINT_PERIODIC, false, &err);
    ck_assert_msg(err.status == STATUS_OK, "%s", err.message);
    ck_assert_int_eq(checkpoint_store_last(store), epoch);
}

static void expect_text(Str found, Str expected)
{
    ck_assert_msg(str_eq(found, expected), "found \"%.*s\", expected \"%.*s\"", STR_FMT(found), STR_FMT(expected));
}

void checkpoint_expect(const Checkpoint *checkpoint, const CheckpointProfile *profile, int64_t epoch)
{
    Arena     *arena = arena_create();
    Checkpoint expected = checkpoint_make(profile, epoch, 0, arena);
    ck_assert_ptr_nonnull(checkpoint);
    ck_assert_int_eq(checkpoint->epoch, epoch);
    ck_assert_int_eq(checkpoint->created_ms, expected.created_ms);
    ck_assert_int_eq(checkpoint->op_count, expected.op_count);
    ck_assert_int_eq(checkpoint->part_count, expected.part_count);
    expect_text(checkpoint->job_id, expected.job_id);
    expect_text(checkpoint->job_name, expected.job_name);
    expect_text(checkpoint->script, expected.script);
    for (int32_t i = 0; i < expected.op_count; i++) {
        expect_text(checkpoint->ops[i].name, ops[i].name);
        expect_text(checkpoint->ops[i].signature, ops[i].signature);
        ck_assert_int_eq(checkpoint->ops[i].instances, ops[i].instances);
    }
    for (int64_t i = 0; i < expected.part_count; i++) {
        const CheckpointPart *part = &checkpoint->parts[i];
        ck_assert(part->op == expected.parts[i].op && part->instance == expected.parts[i].instance && part->number == expected.parts[i].number);
        ck_assert_msg(str_eq(part->bytes, expected.parts[i].bytes), "epoch %lld: part %lld differs", (long long)epoch, (long long)i);
    }
    arena_destroy(arena);
}

static void note_line(void *context, Str line)
{
    text_printf(context, "%.*s\n", STR_FMT(line));
}

const char *checkpoint_expect_newest(const CheckpointProfile *profile, int64_t epoch)
{
    static Text       lines;
    const Checkpoint *found;
    Error             err = ERROR_NONE;
    Arena            *arena = arena_create();
    CheckpointStore  *store = checkpoint_open(CHECKPOINT_LOOK);
    text_clear(&lines);
    checkpoint_store_newest(store, arena, note_line, &lines, &found, &err);
    ck_assert_msg(err.status == STATUS_OK, "%s", err.message);
    if (epoch == 0)
        ck_assert_ptr_null(found);
    else
        checkpoint_expect(found, profile, epoch);
    checkpoint_store_close(store);
    arena_destroy(arena);
    return text_cstr(&lines);
}
