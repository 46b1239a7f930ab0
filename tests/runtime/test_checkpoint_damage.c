/* test_checkpoint_damage.c: files that are not what was written: every byte changed, every length cut, bytes that have their checksum
 * and still make no sense. All is detected, the checkpoint before is found, and a line says so. */
#include "checkpoint_bed.h"

#include "core/hash.h"
#include "runtime/checkpoint/manifest.h"

#include <check.h>
#include <stdio.h>

/* ---- damage on the disk ------------------------------------------------------------------------------------------------- */

static void write_epochs(const CheckpointProfile *profile, int64_t count)
{
    CheckpointStore *store = checkpoint_open(CHECKPOINT_OWN);
    for (int64_t epoch = 1; epoch <= count; epoch++)
        checkpoint_must_write(store, profile, epoch);
    checkpoint_store_close(store);
}

/* Epoch 3 is damaged: epoch 2 is found, and the line says why. */
static void expect_fallback(const CheckpointProfile *profile, const char *file)
{
    const char *lines = checkpoint_expect_newest(profile, 2);
    ck_assert_msg(strncmp(lines, "epoch 3 does not verify: ", 25) == 0, "%s", lines);
    ck_assert_msg(strstr(lines, file) && strstr(lines, "; going back to epoch 2\n"), "%s", lines);
}

START_TEST(every_changed_byte_of_a_manifest_is_found)
{
    write_epochs(&profile_small, 3);
    Text bytes = checkpoint_load("epoch-000003.manifest");
    for (int64_t i = 0; i < bytes.len; i++) {
        char kept = bytes.ptr[i];
        bytes.ptr[i] = (char)(kept ^ 1 << i % 8);
        checkpoint_save("epoch-000003.manifest", text_str(&bytes));
        expect_fallback(&profile_small, "epoch-000003.manifest: ");
        bytes.ptr[i] = kept;
    }
    checkpoint_save("epoch-000003.manifest", text_str(&bytes));
    ck_assert_str_eq(checkpoint_expect_newest(&profile_small, 3), "");
    text_free(&bytes);
}
END_TEST

START_TEST(every_length_of_a_manifest_is_found)
{
    write_epochs(&profile_small, 3);
    Text bytes = checkpoint_load("epoch-000003.manifest");
    for (int64_t size = 0; size < bytes.len; size++) {
        checkpoint_save("epoch-000003.manifest", (Str){ bytes.ptr, size });
        expect_fallback(&profile_small, "epoch-000003.manifest: ");
    }
    text_put(&bytes, 0);
    checkpoint_save("epoch-000003.manifest", text_str(&bytes));
    expect_fallback(&profile_small, "epoch-000003.manifest: its size is not the one it was written with");
    text_free(&bytes);
}
END_TEST

/* Just large enough for a data file. */
static const CheckpointProfile profile_data = { .parts = 2, .size = 11000, .rare = 4 };

/* Every byte of the head, then every seventh. */
START_TEST(changed_bytes_of_a_data_file_are_found)
{
    write_epochs(&profile_data, 1);
    CheckpointStore *store = checkpoint_open(CHECKPOINT_LOOK);
    Error            err = ERROR_NONE;
    Text             bytes = checkpoint_load("epoch-000001.data");
    ck_assert_int_eq(bytes.len, DATA_HEADER_SIZE + 4 * (5500 + 11000));
    for (int64_t i = 0; i < bytes.len; i += i < DATA_HEADER_SIZE ? 1 : 7) {
        char kept = bytes.ptr[i];
        bytes.ptr[i] = (char)(kept ^ 1 << i % 8);
        checkpoint_save("epoch-000001.data", text_str(&bytes));
        ck_assert_int_eq(checkpoint_store_verify(store, 1, &err), STATUS_DATA);
        ck_assert_msg(strstr(err.message, "/epoch-000001.data: "), "%s", err.message);
        error_clear(&err);
        bytes.ptr[i] = kept;
    }
    checkpoint_save("epoch-000001.data", text_str(&bytes));
    ck_assert_int_eq(checkpoint_store_verify(store, 1, &err), STATUS_OK);
    checkpoint_store_close(store);
    text_free(&bytes);
}
END_TEST

START_TEST(lengths_of_a_data_file_are_found)
{
    write_epochs(&profile_data, 1);
    CheckpointStore *store = checkpoint_open(CHECKPOINT_LOOK);
    Error            err = ERROR_NONE;
    Text             bytes = checkpoint_load("epoch-000001.data");
    for (int64_t size = 0; size < bytes.len; size += size < 100 ? 1 : 97) {
        checkpoint_save("epoch-000001.data", (Str){ bytes.ptr, size });
        ck_assert_int_eq(checkpoint_store_verify(store, 1, &err), STATUS_DATA);
        error_clear(&err);
    }
    text_put(&bytes, 0);
    checkpoint_save("epoch-000001.data", text_str(&bytes));
    ck_assert_int_eq(checkpoint_store_verify(store, 1, &err), STATUS_DATA);
    ck_assert_ptr_nonnull(strstr(err.message, "epoch-000001.data: it has 66025 bytes, and was written with 66024"));
    checkpoint_store_close(store);
    text_free(&bytes);
}
END_TEST

START_TEST(damaged_data_falls_back_and_stays_out_of_the_count)
{
    Error err = ERROR_NONE;
    write_epochs(&profile_large, 3);
    checkpoint_save("epoch-000003.data", STR("rubbish"));
    expect_fallback(&profile_large, "epoch-000003.data: it has 7 bytes");
    ck_assert_int_eq(env_file_remove(checkpoint_path("epoch-000003.data"), &err), STATUS_OK);
    expect_fallback(&profile_large, "epoch-000003.data\"");

    Arena            *arena = arena_create();
    const Checkpoint *found;
    CheckpointStore  *store = checkpoint_open(CHECKPOINT_OWN);
    ck_assert_int_eq(checkpoint_store_newest(store, arena, NULL, NULL, &found, &err), STATUS_OK);
    ck_assert_int_eq(checkpoint_store_last(store), 2);
    ck_assert_int_eq(checkpoint_store_highest(store), 3);
    checkpoint_must_write(store, &profile_large, 4);
    ck_assert_int_eq(checkpoint_store_prune(store, 2, &err), STATUS_OK); /* 4 and 2 are the two that can be restored */
    ck_assert_str_eq(checkpoint_names(), "epoch-000001.data epoch-000002.data epoch-000002.manifest epoch-000003.manifest epoch-000004.data "
                                         "epoch-000004.manifest ");
    checkpoint_must_write(store, &profile_large, 5);
    ck_assert_int_eq(checkpoint_store_prune(store, 2, &err), STATUS_OK);
    ck_assert_str_eq(checkpoint_names(), "epoch-000001.data epoch-000004.data epoch-000004.manifest epoch-000005.data epoch-000005.manifest ");
    checkpoint_store_close(store);
    arena_destroy(arena);
}
END_TEST

START_TEST(a_damaged_manifest_holds_data_files_until_it_goes)
{
    Error            err = ERROR_NONE;
    CheckpointStore *store = checkpoint_open(CHECKPOINT_OWN);
    for (int64_t epoch = 1; epoch <= 3; epoch++)
        checkpoint_must_write(store, &profile_large, epoch);
    checkpoint_save("epoch-000002.manifest", STR("rubbish"));
    ck_assert_int_eq(checkpoint_store_prune(store, 2, &err), STATUS_OK); /* 3 and 1; of 2 nothing can be said */
    ck_assert_str_eq(checkpoint_names(), "epoch-000001.data epoch-000001.manifest epoch-000002.data epoch-000002.manifest "
                                         "epoch-000003.data epoch-000003.manifest ");
    checkpoint_must_write(store, &profile_large, 6);
    ck_assert_int_eq(checkpoint_store_prune(store, 2, &err), STATUS_OK);
    ck_assert_str_eq(checkpoint_names(), "epoch-000001.data epoch-000003.data epoch-000003.manifest epoch-000006.data epoch-000006.manifest ");
    checkpoint_store_close(store);
}
END_TEST

START_TEST(when_none_verifies_it_says_so)
{
    Arena            *arena = arena_create();
    const Checkpoint *found;
    Error             err = ERROR_NONE;
    char              expected[200];
    write_epochs(&profile_small, 2);
    checkpoint_save("epoch-000001.manifest", STR("rubbish"));
    checkpoint_save("epoch-000002.manifest", STR_EMPTY);
    CheckpointStore *store = checkpoint_open(CHECKPOINT_LOOK);
    ck_assert_int_eq(checkpoint_store_newest(store, arena, NULL, NULL, &found, &err), STATUS_DATA);
    snprintf(expected, sizeof(expected), "none of the 2 checkpoints in \"%s\" verifies", checkpoint_folder);
    ck_assert_str_eq(err.message, expected);
    ck_assert_ptr_null(found);
    const CheckpointEntry *entries;
    int64_t                count;
    error_clear(&err);
    ck_assert_int_eq(checkpoint_store_list(store, arena, &entries, &count, &err), STATUS_OK);
    ck_assert_int_eq(count, 2);
    ck_assert(str_ends_with(entries[0].problem, STR("epoch-000002.manifest: it is shorter than any manifest")));
    checkpoint_store_close(store);
    arena_destroy(arena);
}
END_TEST

START_TEST(a_renamed_manifest_is_found_out)
{
    Error err = ERROR_NONE;
    write_epochs(&profile_small, 2);
    ck_assert_int_eq(env_file_rename(checkpoint_path("epoch-000001.manifest"), checkpoint_path("epoch-000003.manifest"), &err), STATUS_OK);
    expect_fallback(&profile_small, "epoch-000003.manifest: it is the manifest of epoch 1");
}
END_TEST

/* A data file from which the next checkpoint would copy is damaged: that one fails, and the one after starts from nothing. */
START_TEST(a_checkpoint_is_not_built_on_damaged_bytes)
{
    Error            err = ERROR_NONE;
    CheckpointStore *store = checkpoint_open(CHECKPOINT_OWN);
    checkpoint_must_write(store, &profile_large, 1);
    Text bytes = checkpoint_load("epoch-000001.data");
    bytes.ptr[bytes.len - 1] ^= 1;
    checkpoint_save("epoch-000001.data", text_str(&bytes));
    ck_assert_int_eq(checkpoint_write(store, &profile_large, 2, CHECKPOINT_SAVEPOINT, false, &err), STATUS_DATA);
    ck_assert_int_eq(checkpoint_store_last(store), 0);
    checkpoint_must_write(store, &profile_large, 3);
    checkpoint_store_close(store);
    checkpoint_expect_newest(&profile_large, 3);
    text_free(&bytes);
}
END_TEST

/* ---- manifests that are made up ----------------------------------------------------------------------------------------- */

/* With the right size and checksum, whatever else the bytes are. */
static Status decode(Text *bytes, Arena *arena, Manifest *out, Error *err)
{
    uint64_t hash = hash_bytes(bytes->ptr, bytes->len - 8);
    memcpy(bytes->ptr + 16, &bytes->len, 8);
    memcpy(bytes->ptr + bytes->len - 8, &hash, 8);
    error_clear(err);
    return manifest_decode(text_str(bytes), arena, out, err);
}

/* Any eight bytes replaced by any number that is likely to hurt: decoding gives an error, or something that encodes to these very bytes. */
START_TEST(made_up_numbers_are_refused_or_make_sense)
{
    static const int64_t numbers[] = { 0, 1, 2, -1, -2, 3, 1000, INT32_MAX, (int64_t)INT32_MAX + 1, INT32_MIN, INT64_MAX, INT64_MIN,
                                       INT64_MAX / 56, (int64_t)1 << 32, 0x7fffffffffffff00 };
    write_epochs(&profile_small, 1);
    Text    bytes = checkpoint_load("epoch-000001.manifest");
    int64_t refused = 0;
    for (int64_t at = 24; at + 16 <= bytes.len; at++) {
        char kept[8];
        memcpy(kept, bytes.ptr + at, 8);
        for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
            Arena   *arena = arena_create();
            Text     again = TEXT_EMPTY;
            Manifest manifest;
            Error    err = ERROR_NONE;
            memcpy(bytes.ptr + at, &numbers[i], 8);
            if (decode(&bytes, arena, &manifest, &err) == STATUS_OK) {
                ck_assert_int_eq(manifest_encode(&manifest, &again, &err), STATUS_OK);
                ck_assert(str_eq(text_str(&again), text_str(&bytes)));
            } else {
                ck_assert_str_eq(err.message, "its checksum is right, but it does not follow the format");
                refused++;
            }
            ck_assert_int_lt(arena_size(arena), 8 * bytes.len);
            text_free(&again);
            arena_destroy(arena);
        }
        memcpy(bytes.ptr + at, kept, 8);
    }
    ck_assert_int_gt(refused, 1000);
    text_free(&bytes);
}
END_TEST

typedef struct Lie {
    const char *what;
    void (*tell)(Manifest *manifest);
} Lie;

static void overlap(Manifest *manifest)
{
    for (int64_t i = 0; i < manifest->part_count; i++) {
        manifest->parts[i].offset = 0;
        manifest->parts[i].size = manifest->inline_bytes.len;
    }
}
static void past_the_end(Manifest *manifest)
{
    manifest->parts[0].offset = INT64_MAX;
}
static void other_order(Manifest *manifest)
{
    ManifestPart first = manifest->parts[0];
    manifest->parts[0] = manifest->parts[1];
    manifest->parts[1] = first;
}
static void no_such_file(Manifest *manifest)
{
    manifest->parts[0].file = 0;
}
static void later_file(Manifest *manifest)
{
    static ManifestFile file = { 2, 1000 };
    manifest->files = &file;
    manifest->file_count = 1;
}
static void same_file_twice(Manifest *manifest)
{
    static ManifestFile files[] = { { 1, 1000 }, { 1, 1000 } };
    manifest->files = files;
    manifest->file_count = 2;
}
static void in_the_head(Manifest *manifest)
{
    static ManifestFile file = { 1, 1000 };
    manifest->files = &file;
    manifest->file_count = 1;
    manifest->parts[0].file = 0;
    manifest->parts[0].offset = 23;
}

static const Lie lies[] = {
    { "parts overlap", overlap },        { "a part lies outside", past_the_end },  { "parts out of order", other_order },
    { "no such file", no_such_file },    { "a file from the future", later_file }, { "a file twice", same_file_twice },
    { "a part in the head", in_the_head },
};

START_TEST(made_up_places_are_refused)
{
    write_epochs(&profile_small, 1);
    Arena   *arena = arena_create();
    Text     bytes = checkpoint_load("epoch-000001.manifest");
    Text     lie = TEXT_EMPTY;
    Manifest manifest;
    Error    err = ERROR_NONE;
    ck_assert_int_eq(manifest_decode(text_str(&bytes), arena, &manifest, &err), STATUS_OK);
    lies[_i].tell(&manifest);
    ck_assert_int_eq(manifest_encode(&manifest, &lie, &err), STATUS_OK);
    ck_assert_msg(manifest_decode(text_str(&lie), arena, &manifest, &err) == STATUS_DATA, "%s", lies[_i].what);
    ck_assert_str_eq(err.message, "its checksum is right, but it does not follow the format");
    text_free(&bytes);
    text_free(&lie);
    arena_destroy(arena);
}
END_TEST

/* It may be the better one: it is not passed over, and not removed. */
START_TEST(a_later_format_is_refused)
{
    Arena            *arena = arena_create();
    const Checkpoint *found;
    Manifest          manifest;
    Error             err = ERROR_NONE;
    write_epochs(&profile_large, 2);
    Text bytes = checkpoint_load("epoch-000002.manifest");
    bytes.ptr[8] = 2;
    ck_assert_int_eq(decode(&bytes, arena, &manifest, &err), STATUS_UNSUPPORTED);
    checkpoint_save("epoch-000002.manifest", text_str(&bytes));
    CheckpointStore *store = checkpoint_open(CHECKPOINT_OWN);
    error_clear(&err);
    ck_assert_int_eq(checkpoint_store_newest(store, arena, NULL, NULL, &found, &err), STATUS_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(err.message, "epoch-000002.manifest: it has format 2; this program reads format 1"));
    ck_assert_str_eq(err.hint, "use the release that wrote it, or a later one");
    ck_assert_str_eq(checkpoint_names(), "epoch-000001.data epoch-000001.manifest epoch-000002.data epoch-000002.manifest ");
    checkpoint_store_close(store);
    text_free(&bytes);
    arena_destroy(arena);
}
END_TEST

Suite *suite_checkpoint_damage(void)
{
    Suite *suite = suite_create("checkpoint_damage");
    TCase *tests = tcase_create("checkpoint_damage");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, checkpoint_folder_make_in_memory, checkpoint_folder_remove);
    tcase_add_test(tests, every_changed_byte_of_a_manifest_is_found);
    tcase_add_test(tests, every_length_of_a_manifest_is_found);
    tcase_add_test(tests, changed_bytes_of_a_data_file_are_found);
    tcase_add_test(tests, lengths_of_a_data_file_are_found);
    tcase_add_test(tests, damaged_data_falls_back_and_stays_out_of_the_count);
    tcase_add_test(tests, a_damaged_manifest_holds_data_files_until_it_goes);
    tcase_add_test(tests, when_none_verifies_it_says_so);
    tcase_add_test(tests, a_renamed_manifest_is_found_out);
    tcase_add_test(tests, a_checkpoint_is_not_built_on_damaged_bytes);
    tcase_add_test(tests, made_up_numbers_are_refused_or_make_sense);
    tcase_add_loop_test(tests, made_up_places_are_refused, 0, sizeof(lies) / sizeof(*lies));
    tcase_add_test(tests, a_later_format_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
