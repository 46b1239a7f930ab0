/* test_checkpoint_golden.c: checkpoint files of each format that a release has written are read by every later one.
 *
 * checkpoint_golden_<format>.def has their bytes: GOLDEN(name, bytes). When the format changes, its files stay and those of the new one are
 * added: TIDE_GOLDEN=path makes `the_format_is_what_it_was` write them there.
 *
 * The first epoch has a data file (the store would not make so small a one, but reads it), the second refers to it and has parts of its
 * own in the manifest. */
#include "checkpoint_bed.h"

#include "runtime/checkpoint/manifest.h"

#include <check.h>

typedef struct GoldenFile {
    const char *name;
    const char *bytes;
    int64_t     size;
} GoldenFile;

#define GOLDEN(name, bytes) { name, bytes, (int64_t)sizeof(bytes) - 1 },
static const GoldenFile format_1[] = {
#include "checkpoint_golden_1.def"
};
#undef GOLDEN
enum { FILES = sizeof(format_1) / sizeof(*format_1) };

START_TEST(files_of_format_1_are_read)
{
    Error             err = ERROR_NONE;
    Arena            *arena = arena_create();
    const Checkpoint *found;
    for (int i = 0; i < FILES; i++)
        checkpoint_save(format_1[i].name, (Str){ format_1[i].bytes, format_1[i].size });
    ck_assert_str_eq(checkpoint_expect_newest(&profile_small, 2), "");
    CheckpointStore *store = checkpoint_open(CHECKPOINT_OWN);
    ck_assert_int_eq(checkpoint_store_read(store, 1, arena, &found, &err), STATUS_OK);
    checkpoint_expect(found, &profile_small, 1);
    ck_assert_int_eq(checkpoint_store_newest(store, arena, NULL, NULL, &found, &err), STATUS_OK);
    checkpoint_must_write(store, &profile_small, 3); /* and a job goes on from them */
    checkpoint_store_close(store);
    checkpoint_expect_newest(&profile_small, 3);
    arena_destroy(arena);
}
END_TEST

/* ---- the same files as this program writes them ------------------------------------------------------------------------ */

typedef struct Made {
    Text files[FILES];
} Made;

/* Moves the parts of the manifest that are not older than it into a data file. */
static void move_to_data(Manifest *manifest, Text *data)
{
    static ManifestFile file;
    data_header_encode(1, data);
    text_append(data, manifest->inline_bytes);
    file = (ManifestFile){ 1, data->len };
    manifest->files = &file;
    manifest->file_count = 1;
    for (int64_t i = 0; i < manifest->part_count; i++) {
        manifest->parts[i].file = 0;
        manifest->parts[i].offset += DATA_HEADER_SIZE;
    }
    manifest->inline_bytes = STR_EMPTY;
}

/* The second operator's parts are those of the first epoch; its own are the first ones and stay where they are. */
static void refer_to(Manifest *manifest, const Manifest *first)
{
    manifest->files = first->files;
    manifest->file_count = 1;
    for (int64_t i = manifest->part_count - 1; i >= 0 && manifest->parts[i].op == 1; i--) {
        manifest->inline_bytes.len -= manifest->parts[i].size;
        manifest->parts[i] = first->parts[i];
    }
}

static void make(Made *made, Arena *arena)
{
    Error            err = ERROR_NONE;
    Manifest         first, second;
    CheckpointStore *store = checkpoint_open(CHECKPOINT_OWN);
    checkpoint_must_write(store, &profile_small, 1);
    checkpoint_must_write(store, &profile_small, 2);
    checkpoint_store_close(store);
    Text one = checkpoint_load("epoch-000001.manifest");
    Text two = checkpoint_load("epoch-000002.manifest");
    ck_assert_int_eq(manifest_decode(text_str(&one), arena, &first, &err), STATUS_OK);
    ck_assert_int_eq(manifest_decode(text_str(&two), arena, &second, &err), STATUS_OK);
    move_to_data(&first, &made->files[0]);
    refer_to(&second, &first);
    ck_assert_int_eq(manifest_encode(&first, &made->files[1], &err), STATUS_OK);
    ck_assert_int_eq(manifest_encode(&second, &made->files[2], &err), STATUS_OK);
    text_free(&one);
    text_free(&two);
}

static void write_rows(const Made *made, Str path)
{
    enum { LINE = 30 };
    Error err = ERROR_NONE;
    Text  rows = TEXT_EMPTY;
    int   fd;
    text_printf(&rows, "/* Checkpoint files of format %d: see test_checkpoint_golden.c. Not to be changed. */\n", MANIFEST_FORMAT);
    for (int i = 0; i < FILES; i++) {
        text_printf(&rows, "GOLDEN(\"%s\",", format_1[i].name);
        for (int64_t at = 0; at < made->files[i].len; at++)
            text_printf(&rows, "%s\\x%02x", at % LINE ? "" : at ? "\"\n    \"" : "\n    \"", (unsigned char)made->files[i].ptr[at]);
        text_puts(&rows, "\")\n");
    }
    ck_assert_int_eq(env_file_open(path, ENV_CREATE, &fd, &err), STATUS_OK);
    ck_assert_int_eq(env_file_write(fd, text_str(&rows), &err), STATUS_OK);
    env_file_close(fd);
    text_free(&rows);
}

START_TEST(the_format_is_what_it_was)
{
    Arena *arena = arena_create();
    Made   made = { 0 };
    Str    path = env_variable("TIDE_GOLDEN");
    make(&made, arena);
    if (path.ptr)
        write_rows(&made, path);
    for (int i = 0; i < FILES; i++) {
        ck_assert_msg(str_eq(text_str(&made.files[i]), (Str){ format_1[i].bytes, format_1[i].size }),
                      "%s is no longer written as it was: that is another format", format_1[i].name);
        text_free(&made.files[i]);
    }
    arena_destroy(arena);
}
END_TEST

Suite *suite_checkpoint_golden(void)
{
    Suite *suite = suite_create("checkpoint_golden");
    TCase *tests = tcase_create("checkpoint_golden");
    tcase_add_checked_fixture(tests, checkpoint_folder_make_in_memory, checkpoint_folder_remove);
    tcase_add_test(tests, files_of_format_1_are_read);
    tcase_add_test(tests, the_format_is_what_it_was);
    suite_add_tcase(suite, tests);
    return suite;
}
