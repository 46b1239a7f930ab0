/* test_checkpoint.c: the checkpoint store as the coordinator uses it: writing, what is written again and what is not, reading, listing,
 * pruning, the lock. */
#include "checkpoint_bed.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

static const CheckpointProfile *const profiles[] = { &profile_small, &profile_large };
enum { PROFILES = 2 };

START_TEST(what_was_written_is_read)
{
    const CheckpointProfile *profile = profiles[_i];
    CheckpointStore         *store = checkpoint_open(CHECKPOINT_OWN);
    ck_assert_int_eq(checkpoint_store_last(store), 0);
    checkpoint_expect_newest(profile, 0);
    for (int64_t epoch = 1; epoch <= 12; epoch++) {
        checkpoint_must_write(store, profile, epoch);
        ck_assert_str_eq(checkpoint_expect_newest(profile, epoch), "");
    }
    Arena            *arena = arena_create();
    const Checkpoint *found;
    Error             err = ERROR_NONE;
    for (int64_t epoch = 12; epoch >= 1; epoch--) {
        ck_assert_int_eq(checkpoint_store_read(store, epoch, arena, &found, &err), STATUS_OK);
        checkpoint_expect(found, profile, epoch);
    }
    checkpoint_store_close(store);
    arena_destroy(arena);
}
END_TEST

START_TEST(goes_on_after_a_restart_without_writing_all_again)
{
    const CheckpointProfile *profile = profiles[_i];
    Arena                   *arena = arena_create();
    for (int64_t epoch = 1; epoch <= 9; epoch++) {
        const Checkpoint *found;
        Error             err = ERROR_NONE;
        CheckpointStore  *store = checkpoint_open(CHECKPOINT_OWN);
        ck_assert_int_eq(checkpoint_store_highest(store), epoch - 1);
        ck_assert_int_eq(checkpoint_store_newest(store, arena, NULL, NULL, &found, &err), STATUS_OK);
        ck_assert_int_eq(checkpoint_store_last(store), epoch - 1);
        checkpoint_must_write(store, profile, epoch);
        checkpoint_store_close(store);
        checkpoint_expect_newest(profile, epoch);
    }
    arena_destroy(arena);
}
END_TEST

START_TEST(small_ones_are_one_file)
{
    CheckpointStore *store = checkpoint_open(CHECKPOINT_OWN);
    checkpoint_must_write(store, &profile_small, 1);
    checkpoint_must_write(store, &profile_small, 1000000);
    ck_assert_str_eq(checkpoint_names(), "epoch-000001.manifest epoch-1000000.manifest ");
    checkpoint_store_close(store);
    store = checkpoint_open(CHECKPOINT_OWN);
    ck_assert_int_eq(checkpoint_store_highest(store), 1000000);
    checkpoint_store_close(store);
}
END_TEST

static const CheckpointEntry *list(CheckpointStore *store, Arena *arena, int64_t count)
{
    const CheckpointEntry *entries;
    int64_t                found;
    Error                  err = ERROR_NONE;
    ck_assert_int_eq(checkpoint_store_list(store, arena, &entries, &found, &err), STATUS_OK);
    ck_assert_int_eq(found, count);
    return entries;
}

START_TEST(lists_newest_first_with_sizes)
{
    Arena           *arena = arena_create();
    Error            err = ERROR_NONE;
    CheckpointStore *store = checkpoint_open(CHECKPOINT_OWN);
    list(store, arena, 0);
    checkpoint_must_write(store, &profile_large, 1);
    ck_assert_int_eq(checkpoint_write(store, &profile_large, 2, CHECKPOINT_LAST, false, &err), STATUS_OK);
    const CheckpointEntry *entries = list(store, arena, 2);
    ck_assert(entries[0].epoch == 2 && entries[1].epoch == 1);
    ck_assert(entries[0].kind == CHECKPOINT_LAST && entries[1].kind == CHECKPOINT_PERIODIC);
    ck_assert_int_eq(entries[0].created_ms, 1700000000002);
    ck_assert_int_eq(entries[0].size, 4 * (30000 * 9 / 2)); /* 2 operators, 2 instances, 8 parts of 1/8 .. 8/8 */
    ck_assert_int_eq(entries[1].size, entries[0].size);
    ck_assert_int_eq(entries[1].new_size, entries[1].size);
    ck_assert_int_eq(entries[0].new_size, entries[0].size / 2);
    ck_assert_int_eq(entries[0].problem.len, 0);
    checkpoint_store_close(store);
    arena_destroy(arena);
}
END_TEST

START_TEST(describes_without_bytes)
{
    Arena            *arena = arena_create();
    Error             err = ERROR_NONE;
    const Checkpoint *found;
    CheckpointStore  *store = checkpoint_open(CHECKPOINT_OWN);
    checkpoint_must_write(store, &profile_large, 1);
    checkpoint_must_write(store, &profile_large, 2);
    ck_assert_int_eq(checkpoint_store_describe(store, 2, arena, &found, &err), STATUS_OK);
    ck_assert_int_eq(found->part_count, 36);
    ck_assert(found->parts[8].op == 0 && !found->parts[8].is_unchanged && found->parts[8].bytes.len == 30000);
    ck_assert(found->parts[26].op == 1 && found->parts[26].is_unchanged && !found->parts[26].bytes.ptr && found->parts[26].bytes.len == 30000);
    ck_assert_int_eq(checkpoint_store_describe(store, 3, arena, &found, &err), STATUS_NO_OBJECT);
    ck_assert_ptr_nonnull(strstr(err.message, "/epoch-000003.manifest\""));
    checkpoint_store_close(store);
    arena_destroy(arena);
}
END_TEST

/* What never changes stays in the first data file; files of which little is still used are given up. */
START_TEST(data_files_do_not_pile_up)
{
    const CheckpointProfile never = { .parts = 4, .size = 50000, .rare = 0 };
    CheckpointStore        *store = checkpoint_open(CHECKPOINT_OWN);
    Error                   err = ERROR_NONE;
    for (int64_t epoch = 1; epoch <= 6; epoch++) {
        checkpoint_must_write(store, &never, epoch);
        ck_assert_int_eq(checkpoint_store_prune(store, 2, &err), STATUS_OK);
    }
    ck_assert_str_eq(checkpoint_names(), "epoch-000001.data epoch-000005.data epoch-000005.manifest epoch-000006.data epoch-000006.manifest ");
    checkpoint_expect_newest(&never, 6);
    checkpoint_store_close(store);
}
END_TEST

/* The first operator's part is large and changes, the second's is small: after one more checkpoint less than a third of the first data file is
 * in use, and what is small moves into the manifest. */
START_TEST(a_data_file_of_which_little_is_used_is_rewritten)
{
    static char         big[200000], small[50000];
    const CheckpointOp  two[] = { { STR("a"), STR("a"), 1 }, { STR("b"), STR("b"), 1 } };
    CheckpointPart      parts[] = { { 0, 0, 0, false, { big, sizeof(big) } }, { 1, 0, 0, false, { small, sizeof(small) } } };
    Checkpoint          checkpoint = { .epoch = 1, .job_id = STR("j"), .job_name = STR("j"), .script = STR(""), .ops = two, .op_count = 2,
                                       .parts = parts, .part_count = 2 };
    CheckpointStore    *store = checkpoint_open(CHECKPOINT_OWN);
    Arena              *arena = arena_create();
    const Checkpoint   *found;
    Error               err = ERROR_NONE;
    memset(small, 's', sizeof(small));
    ck_assert_int_eq(checkpoint_store_write(store, &checkpoint, &err), STATUS_OK);
    checkpoint.epoch = 2;
    parts[0].bytes.len = 1000;
    parts[1] = (CheckpointPart){ 1, 0, 0, true, STR_EMPTY };
    ck_assert_int_eq(checkpoint_store_write(store, &checkpoint, &err), STATUS_OK);
    ck_assert_int_eq(checkpoint_store_prune(store, 2, &err), STATUS_OK);
    ck_assert_str_eq(checkpoint_names(), "epoch-000001.data epoch-000001.manifest epoch-000002.manifest ");
    checkpoint.epoch = 3;
    ck_assert_int_eq(checkpoint_store_write(store, &checkpoint, &err), STATUS_OK);
    ck_assert_int_eq(checkpoint_store_prune(store, 2, &err), STATUS_OK);
    ck_assert_str_eq(checkpoint_names(), "epoch-000002.manifest epoch-000003.manifest ");
    ck_assert_int_eq(checkpoint_store_read(store, 3, arena, &found, &err), STATUS_OK);
    ck_assert(str_eq(found->parts[1].bytes, (Str){ small, sizeof(small) }));
    ck_assert_int_eq(found->parts[0].bytes.len, 1000);
    checkpoint_store_close(store);
    arena_destroy(arena);
}
END_TEST

START_TEST(a_savepoint_stands_alone_and_stays)
{
    CheckpointStore *store = checkpoint_open(CHECKPOINT_OWN);
    Error            err = ERROR_NONE;
    checkpoint_must_write(store, &profile_large, 1);
    ck_assert_int_eq(checkpoint_write(store, &profile_large, 2, CHECKPOINT_SAVEPOINT, false, &err), STATUS_OK);
    checkpoint_must_write(store, &profile_large, 3);
    checkpoint_must_write(store, &profile_large, 6);
    checkpoint_must_write(store, &profile_large, 7);
    ck_assert_int_eq(checkpoint_store_prune(store, 2, &err), STATUS_OK);
    ck_assert_str_eq(checkpoint_names(), "epoch-000002.data epoch-000002.manifest epoch-000006.data epoch-000006.manifest "
                                         "epoch-000007.data epoch-000007.manifest ");
    Arena            *arena = arena_create();
    const Checkpoint *found;
    ck_assert_int_eq(checkpoint_store_read(store, 2, arena, &found, &err), STATUS_OK);
    checkpoint_expect(found, &profile_large, 2);
    checkpoint_store_close(store);
    arena_destroy(arena);
}
END_TEST

static void add_name(void *names, Str name)
{
    strncat(names, name.ptr, (size_t)name.len);
    strcat(names, " ");
}

static const char *names_below(const char *name)
{
    static char names[256];
    Error       err = ERROR_NONE;
    names[0] = '\0';
    ck_assert_int_eq(env_directory_list(checkpoint_path(name), add_name, names, &err), STATUS_OK);
    return names;
}

START_TEST(an_exported_checkpoint_stands_alone)
{
    for (int i = 0; i < PROFILES; i++) {
        Arena            *arena = arena_create();
        const Checkpoint *found;
        CheckpointStore  *store = checkpoint_open(CHECKPOINT_OWN), *savepoint;
        Error             err = ERROR_NONE;
        for (int64_t epoch = 1; epoch <= 3; epoch++) /* the third refers to the files of the others */
            checkpoint_must_write(store, profiles[i], epoch);
        ck_assert_int_eq(checkpoint_store_export(store, 3, checkpoint_path("sp"), &err), STATUS_OK);
        ck_assert_str_eq(names_below("sp"), i ? "epoch-000003.data epoch-000003.manifest " : "epoch-000003.manifest ");
        checkpoint_must_write(store, profiles[i], 4); /* nothing of the store has changed */
        checkpoint_store_close(store);
        ck_assert_int_eq(checkpoint_store_open(checkpoint_path("sp"), CHECKPOINT_LOOK, &savepoint, &err), STATUS_OK);
        ck_assert_int_eq(checkpoint_store_newest(savepoint, arena, NULL, NULL, &found, &err), STATUS_OK);
        checkpoint_expect(found, profiles[i], 3);
        ck_assert_int_eq(found->kind, CHECKPOINT_SAVEPOINT);
        checkpoint_store_close(savepoint);
        arena_destroy(arena);
        checkpoint_folder_remove();
        checkpoint_folder_make();
    }
}
END_TEST

START_TEST(a_damaged_checkpoint_is_not_exported)
{
    CheckpointStore *store = checkpoint_open(CHECKPOINT_OWN);
    Error            err = ERROR_NONE, missing = ERROR_NONE, taken = ERROR_NONE;
    EnvStat          found;
    checkpoint_must_write(store, &profile_large, 1);
    Text data = checkpoint_load("epoch-000001.data");
    ((char *)(uintptr_t)text_str(&data).ptr)[data.len - 1] ^= 1;
    checkpoint_save("epoch-000001.data", text_str(&data));
    text_free(&data);
    ck_assert_int_eq(checkpoint_store_export(store, 1, checkpoint_path("sp"), &err), STATUS_DATA);
    ck_assert_ptr_nonnull(strstr(err.message, "the checksum of the "));
    ck_assert(!env_file_stat(checkpoint_path("sp"), &found));
    ck_assert_int_eq(checkpoint_store_export(store, 7, checkpoint_path("sp"), &missing), STATUS_NO_OBJECT);
    ck_assert(!env_file_stat(checkpoint_path("sp"), &found));
    checkpoint_store_close(store);
    checkpoint_empty();
    store = checkpoint_open(CHECKPOINT_OWN);
    checkpoint_must_write(store, &profile_small, 1);
    ck_assert_int_eq(checkpoint_store_export(store, 1, checkpoint_path("sp"), &err), STATUS_OK);
    ck_assert_int_eq(checkpoint_store_export(store, 1, checkpoint_path("sp"), &taken), STATUS_INVALID);
    ck_assert_ptr_nonnull(strstr(taken.message, "there are checkpoints in \""));
    ck_assert_str_eq(names_below("sp"), "epoch-000001.manifest ");
    checkpoint_store_close(store);
}
END_TEST

START_TEST(a_checkpoint_that_is_discarded_leaves_the_others)
{
    CheckpointStore *store = checkpoint_open(CHECKPOINT_OWN);
    Error            err = ERROR_NONE;
    EnvStat          found;
    for (int64_t epoch = 1; epoch <= 3; epoch++)
        checkpoint_must_write(store, &profile_large, epoch);
    ck_assert_int_eq(checkpoint_discard(str_from(checkpoint_folder), 3, &err), STATUS_INVALID); /* a job runs there */
    checkpoint_store_close(store);
    ck_assert_int_eq(checkpoint_discard(str_from(checkpoint_folder), 3, &err), STATUS_OK);
    checkpoint_expect_newest(&profile_large, 2);
    ck_assert_int_eq(checkpoint_discard(str_from(checkpoint_folder), 1, &err), STATUS_OK);
    checkpoint_expect_newest(&profile_large, 2); /* data of the first that the second needs is still there */
    ck_assert_int_eq(checkpoint_discard(str_from(checkpoint_folder), 2, &err), STATUS_OK);
    ck_assert(!env_file_stat(str_from(checkpoint_folder), &found));
    ck_assert_int_eq(checkpoint_discard(str_from(checkpoint_folder), 2, &err), STATUS_OK); /* gone is gone */
    ck_assert(!env_file_stat(str_from(checkpoint_folder), &found));
}
END_TEST

START_TEST(the_checkpoint_that_was_restored_is_not_pruned)
{
    Arena            *arena = arena_create();
    const Checkpoint *found;
    Error             err = ERROR_NONE;
    CheckpointStore  *store = checkpoint_open(CHECKPOINT_OWN);
    for (int64_t epoch = 1; epoch <= 4; epoch++)
        checkpoint_must_write(store, &profile_large, epoch);
    ck_assert_int_eq(checkpoint_store_read(store, 1, arena, &found, &err), STATUS_OK);
    ck_assert_int_eq(checkpoint_store_prune(store, 2, &err), STATUS_OK);
    ck_assert_str_eq(checkpoint_names(), "epoch-000001.data epoch-000001.manifest epoch-000003.data epoch-000003.manifest "
                                         "epoch-000004.data epoch-000004.manifest ");
    checkpoint_must_write(store, &profile_large, 5);
    checkpoint_store_close(store);
    arena_destroy(arena);
}
END_TEST

START_TEST(one_process_owns_it_and_others_look)
{
    CheckpointStore *store = checkpoint_open(CHECKPOINT_OWN);
    CheckpointStore *second = NULL;
    Error            err = ERROR_NONE;
    checkpoint_must_write(store, &profile_small, 1);
    ck_assert_int_eq(checkpoint_store_open(str_from(checkpoint_folder), CHECKPOINT_OWN, &second, &err), STATUS_INVALID);
    ck_assert_ptr_nonnull(strstr(err.message, "/lock\" is locked by process "));
    ck_assert_ptr_null(second);
    checkpoint_expect_newest(&profile_small, 1);
    checkpoint_store_close(store);
    checkpoint_store_close(checkpoint_open(CHECKPOINT_OWN));
}
END_TEST

START_TEST(makes_its_folder_and_looking_does_not)
{
    CheckpointStore *store = NULL;
    Error            err = ERROR_NONE;
    Str              deep = checkpoint_path("state/job-1/");
    ck_assert_int_eq(checkpoint_store_open(deep, CHECKPOINT_LOOK, &store, &err), STATUS_NO_OBJECT);
    ck_assert_ptr_nonnull(strstr(err.message, "there is no folder \""));
    error_clear(&err);
    ck_assert_int_eq(checkpoint_store_open(deep, CHECKPOINT_OWN, &store, &err), STATUS_OK);
    checkpoint_must_write(store, &profile_small, 1);
    checkpoint_store_close(store);
    ck_assert_int_eq(checkpoint_store_open(deep, CHECKPOINT_LOOK, &store, &err), STATUS_OK);
    checkpoint_store_close(store);
}
END_TEST

START_TEST(refuses_what_cannot_be_meant)
{
    CheckpointStore *store = checkpoint_open(CHECKPOINT_OWN);
    Error            err = ERROR_NONE;
    checkpoint_must_write(store, &profile_small, 5);
    ck_assert_int_eq(checkpoint_write(store, &profile_small, 5, CHECKPOINT_PERIODIC, true, &err), STATUS_MISUSE);
    ck_assert_str_eq(err.message, "epoch 5: there was a later epoch already");
    const CheckpointOp   op = { STR("a"), STR("a"), 1 };
    const CheckpointPart cases[][2] = {
        { { 0, 0, 1, false, STR_EMPTY }, { 0, 0, 1, false, STR_EMPTY } },
        { { 0, 0, 0, false, STR_EMPTY }, { 0, 1, 0, false, STR_EMPTY } },
        { { 0, 0, 0, false, STR_EMPTY }, { 1, 0, 0, false, STR_EMPTY } },
        { { 0, 0, 0, false, STR_EMPTY }, { 0, 0, 1, true, STR_EMPTY } },
    };
    const char *const messages[] = { "parts are not in order", "a part is of no operator", "a part is of no operator",
                                     "an unchanged part is not in the last checkpoint" };
    for (int64_t i = 0; i < 4; i++) {
        Checkpoint checkpoint = { .epoch = 6 + i, .job_id = STR_EMPTY, .job_name = STR_EMPTY, .script = STR_EMPTY, .ops = &op, .op_count = 1,
                                  .parts = cases[i], .part_count = 2 };
        error_clear(&err);
        ck_assert_int_eq(checkpoint_store_write(store, &checkpoint, &err), STATUS_MISUSE);
        ck_assert_ptr_nonnull(strstr(err.message, messages[i]));
    }
    ck_assert_int_eq(checkpoint_store_last(store), 5);
    ck_assert_str_eq(checkpoint_names(), "epoch-000005.manifest ");
    checkpoint_must_write(store, &profile_small, 10);
    checkpoint_store_close(store);
}
END_TEST

START_TEST(an_empty_checkpoint_is_one_too)
{
    CheckpointStore  *store = checkpoint_open(CHECKPOINT_OWN);
    Arena            *arena = arena_create();
    Error             err = ERROR_NONE;
    const Checkpoint *found;
    Checkpoint        checkpoint = { .epoch = 1, .job_id = STR_EMPTY, .job_name = STR_EMPTY, .script = STR_EMPTY };
    ck_assert_int_eq(checkpoint_store_write(store, &checkpoint, &err), STATUS_OK);
    ck_assert_int_eq(checkpoint_store_newest(store, arena, NULL, NULL, &found, &err), STATUS_OK);
    ck_assert(found->epoch == 1 && found->op_count == 0 && found->part_count == 0);
    checkpoint_store_close(store);
    arena_destroy(arena);
}
END_TEST

Suite *suite_checkpoint(void)
{
    Suite *suite = suite_create("checkpoint");
    TCase *tests = tcase_create("checkpoint");
    tcase_add_checked_fixture(tests, checkpoint_folder_make, checkpoint_folder_remove);
    tcase_add_loop_test(tests, what_was_written_is_read, 0, PROFILES);
    tcase_add_loop_test(tests, goes_on_after_a_restart_without_writing_all_again, 0, PROFILES);
    tcase_add_test(tests, small_ones_are_one_file);
    tcase_add_test(tests, lists_newest_first_with_sizes);
    tcase_add_test(tests, describes_without_bytes);
    tcase_add_test(tests, data_files_do_not_pile_up);
    tcase_add_test(tests, a_data_file_of_which_little_is_used_is_rewritten);
    tcase_add_test(tests, a_savepoint_stands_alone_and_stays);
    tcase_add_test(tests, an_exported_checkpoint_stands_alone);
    tcase_add_test(tests, a_damaged_checkpoint_is_not_exported);
    tcase_add_test(tests, a_checkpoint_that_is_discarded_leaves_the_others);
    tcase_add_test(tests, the_checkpoint_that_was_restored_is_not_pruned);
    tcase_add_test(tests, one_process_owns_it_and_others_look);
    tcase_add_test(tests, makes_its_folder_and_looking_does_not);
    tcase_add_test(tests, refuses_what_cannot_be_meant);
    tcase_add_test(tests, an_empty_checkpoint_is_one_too);
    suite_add_tcase(suite, tests);
    return suite;
}
