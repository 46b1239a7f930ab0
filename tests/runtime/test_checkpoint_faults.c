/* test_checkpoint_faults.c: every call to the file system fails once, every allocation fails once, the process dies between any two calls,
 * the disk fills up. What was reported as written is always found again, the store stays usable, and nothing is left lying about. */
#include "checkpoint_bed.h"

#include "core/env_files.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const CheckpointProfile *const profiles[] = { &profile_small, &profile_large };
enum { PROFILES = 2, BASE = 3, CALLS_MAX = 1000, QUIET = 60 /* faults in a row that are made up for: the last ones were never reached */ };

/* What a coordinator does between two checkpoints, from the start on: open, find the newest, write, prune. */
typedef struct Session {
    const CheckpointProfile *profile;
    CheckpointStore *store;     /* NULL: not opened */
    int64_t          restored;  /* epoch; -1: an error */
    bool             is_written; /* epoch BASE + 1 was reported as durable */
    bool             is_pruned;
    Arena           *arena;
    Error            err;       /* the first */
} Session;

static void build_base(const CheckpointProfile *profile)
{
    checkpoint_empty();
    CheckpointStore *store = checkpoint_open(CHECKPOINT_OWN);
    for (int64_t epoch = 1; epoch <= BASE; epoch++)
        checkpoint_must_write(store, profile, epoch);
    checkpoint_store_close(store);
}

static void keep_error(Session *session, Error *err)
{
    if (session->err.status == STATUS_OK)
        session->err = *err;
    error_clear(err);
}

/* Allocations of the test itself are not to fail: they are made before `arm` starts the countdown. */
static Session run(const CheckpointProfile *profile, void (*arm)(int64_t count), int64_t count)
{
    Session           session = { .profile = profile, .restored = -1, .arena = arena_create() };
    Arena            *inputs = arena_create();
    Checkpoint        next = checkpoint_make(profile, BASE + 1, BASE, inputs);
    Checkpoint        full = checkpoint_make(profile, BASE + 1, 0, inputs);
    const Checkpoint *found;
    Error             err = ERROR_NONE;
    arm(count);
    if (checkpoint_store_open(str_from(checkpoint_folder), CHECKPOINT_OWN, &session.store, &err) == STATUS_OK) {
        if (checkpoint_store_newest(session.store, session.arena, NULL, NULL, &found, &err) == STATUS_OK)
            session.restored = found ? found->epoch : 0;
        keep_error(&session, &err);
        session.is_written = checkpoint_store_write(session.store, checkpoint_store_last(session.store) == BASE ? &next : &full, &err) == STATUS_OK;
        keep_error(&session, &err);
        session.is_pruned = checkpoint_store_prune(session.store, 2, &err) == STATUS_OK;
    }
    keep_error(&session, &err);
    arm(0);
    arena_destroy(inputs);
    return session;
}

static bool is_all_well(const Session *session)
{
    return session->restored == BASE && session->is_written && session->is_pruned;
}

static void end(Session *session)
{
    checkpoint_store_close(session->store);
    arena_destroy(session->arena);
}

/* The same process goes on: more checkpoints, and then there is nothing in the folder of the one that failed. */
static void expect_usable(Session *session)
{
    Error err = ERROR_NONE;
    if (!session->store)
        session->store = checkpoint_open(CHECKPOINT_OWN);
    checkpoint_must_write(session->store, session->profile, BASE + 2);
    checkpoint_must_write(session->store, session->profile, BASE + 3);
    ck_assert_int_eq(checkpoint_store_prune(session->store, 2, &err), STATUS_OK);
    checkpoint_expect_newest(session->profile, BASE + 3);
    const char *names = checkpoint_names();
    ck_assert_msg(!strstr(names, ".new") && !strstr(names, "epoch-000004.manifest"), "%s", names);
    ck_assert_msg(session->is_written || !strstr(names, "epoch-000004"), "%s", names);
}

static void fail_each(const CheckpointProfile *profile, void (*arm)(int64_t count), Status status, const char *message)
{
    int64_t failed = 0;
    int64_t quiet = 0;
    for (int64_t count = 1; quiet < QUIET; count++) {
        ck_assert_int_lt(count, CALLS_MAX);
        build_base(profile);
        Session session = run(profile, arm, count);
        if (session.err.status != STATUS_OK) {
            ck_assert_msg(session.err.status == status && strstr(session.err.message, message), "%s", session.err.message);
            failed++;
        }
        quiet = is_all_well(&session) ? quiet + 1 : 0;
        ck_assert(session.restored == BASE || session.restored == -1); /* never quietly an older one */
        ck_assert_str_eq(checkpoint_expect_newest(profile, session.is_written ? BASE + 1 : BASE), "");
        ck_assert(session.is_written || !strstr(checkpoint_names(), "epoch-000004"));
        expect_usable(&session);
        end(&session);
    }
    ck_assert_int_gt(failed, 10);
}

START_TEST(each_file_call_may_fail)
{
    fail_each(profiles[_i], env_fail_file_after, STATUS_IO, ": Input/output error");
}
END_TEST

START_TEST(each_allocation_may_fail)
{
    fail_each(profiles[_i], env_fail_alloc_after, STATUS_NO_MEMORY, "memory ran out");
}
END_TEST

/* ---- dying -------------------------------------------------------------------------------------------------------------- */

/* What was not synced may be lost: it only lies in files that no manifest refers to. */
static void tear_unfinished(const char *name)
{
    EnvStat found;
    if (env_file_stat(checkpoint_path(name), &found))
        checkpoint_save(name, STR("torn"));
}

/* From one call on nothing reaches the disk any more; the next process finds the old checkpoint or the new one. */
START_TEST(dying_between_any_two_calls)
{
    const CheckpointProfile *profile = profiles[_i];
    EnvStat                  found;
    int64_t                  with_old = 0;
    int64_t                  with_new = 0;
    for (int64_t count = 1, quiet = 0; quiet < QUIET; count++) {
        ck_assert_int_lt(count, CALLS_MAX);
        build_base(profile);
        Session session = run(profile, env_fail_file_from, count);
        quiet = is_all_well(&session) ? quiet + 1 : 0;
        bool is_there = env_file_stat(checkpoint_path("epoch-000004.manifest"), &found);
        ck_assert(is_there || !session.is_written);
        tear_unfinished("epoch-000004.manifest.new");
        if (!is_there)
            tear_unfinished("epoch-000004.data");
        ck_assert_str_eq(checkpoint_expect_newest(profile, is_there ? BASE + 1 : BASE), "");
        with_old += !is_there;
        with_new += is_there && !session.is_written;
        end(&session);
        session = run(profile, env_fail_file_from, 0);
        ck_assert_int_eq(session.restored, is_there ? BASE + 1 : BASE);
        session.is_written = true; /* one with this number may stand there */
        expect_usable(&session);
        end(&session);
    }
    ck_assert(with_old > 10 && with_new > 0);
}
END_TEST

typedef struct Step {
    const char *name;
    int64_t     epoch_small, epoch_large; /* that is found afterwards */
} Step;

static const Step steps[] = {
    { "checkpoint.data_synced", BASE + 1 /* it has no data file, and lives */, BASE },
    { "checkpoint.manifest_synced", BASE, BASE },
    { "checkpoint.renamed", BASE + 1, BASE + 1 },
    { "checkpoint.durable", BASE + 1, BASE + 1 },
};
enum { STEPS = sizeof(steps) / sizeof(*steps) };

START_TEST(killed_at_each_step)
{
    const CheckpointProfile *profile = profiles[_i / STEPS];
    const Step              *step = &steps[_i % STEPS];
    build_base(profile);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        setenv("TIDE_KILL_AT", step->name, 1);
        Session session = run(profile, env_fail_file_from, 0);
        _exit(is_all_well(&session) ? 0 : 1);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    bool lives = profile == &profile_small && _i % STEPS == 0;
    ck_assert(lives ? WIFEXITED(status) && WEXITSTATUS(status) == 0 : WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    checkpoint_expect_newest(profile, profile == &profile_small ? step->epoch_small : step->epoch_large);
    CheckpointStore *store = checkpoint_open(CHECKPOINT_OWN); /* its lock went with it */
    ck_assert(!strstr(checkpoint_names(), ".new"));
    checkpoint_must_write(store, profile, BASE + 2);
    checkpoint_store_close(store);
}
END_TEST

START_TEST(dying_while_the_folder_is_made)
{
    for (int64_t count = 1; count < 20; count++) {
        CheckpointStore *store = NULL;
        Error            err = ERROR_NONE;
        char             folder[16];
        snprintf(folder, sizeof(folder), "%lld/b", (long long)count);
        env_fail_file_from(count);
        checkpoint_store_open(checkpoint_path(folder), CHECKPOINT_OWN, &store, &err);
        env_fail_file_from(0);
        checkpoint_store_close(store);
        error_clear(&err);
        ck_assert_int_eq(checkpoint_store_open(checkpoint_path(folder), CHECKPOINT_OWN, &store, &err), STATUS_OK);
        checkpoint_must_write(store, &profile_small, 1);
        checkpoint_store_close(store);
    }
}
END_TEST

static int folder_syncs, parent_syncs;

static Status count_directory_sync(Str path, Error *err)
{
    Str folder = checkpoint_path("job-1");
    folder_syncs += str_eq(path, folder);
    parent_syncs += str_eq(path, str_from(checkpoint_folder));
    return env_machine_files.sync_directory(path, err);
}

/* A process that dies between the rename of a manifest and the sync of the folder leaves a name that a power loss may take away again, when sinks
 * have committed that epoch long since. The same of the folder itself. (Found by the simulation.) */
START_TEST(what_is_gone_on_from_is_there_for_good)
{
    EnvFiles          counted = env_machine_files;
    CheckpointStore  *store;
    const Checkpoint *found;
    Error             err = ERROR_NONE;
    Arena            *arena = arena_create();
    ck_assert_int_eq(checkpoint_store_open(checkpoint_path("job-1"), CHECKPOINT_OWN, &store, &err), STATUS_OK);
    checkpoint_must_write(store, &profile_small, 1);
    checkpoint_store_close(store);
    counted.sync_directory = count_directory_sync;
    env_use_files(&counted);
    ck_assert_int_eq(checkpoint_store_open(checkpoint_path("job-1"), CHECKPOINT_OWN, &store, &err), STATUS_OK);
    ck_assert_int_eq(parent_syncs, 1);
    ck_assert_int_eq(checkpoint_store_newest(store, arena, NULL, NULL, &found, &err), STATUS_OK);
    ck_assert_int_eq(folder_syncs, 1);
    ck_assert_int_eq(checkpoint_store_read(store, 1, arena, &found, &err), STATUS_OK);
    ck_assert_int_eq(folder_syncs, 2);
    checkpoint_store_close(store);
    ck_assert_int_eq(checkpoint_store_open(checkpoint_path("job-1"), CHECKPOINT_LOOK, &store, &err), STATUS_OK);
    ck_assert_int_eq(checkpoint_store_newest(store, arena, NULL, NULL, &found, &err), STATUS_OK);
    ck_assert(folder_syncs == 2 && parent_syncs == 1); /* who only looks changes nothing */
    checkpoint_store_close(store);
    env_use_files(NULL);
    arena_destroy(arena);
}
END_TEST

/* ---- a full disk -------------------------------------------------------------------------------------------------------- */

static bool is_mounted;

static void mount_small_disk(void)
{
    char command[160];
    checkpoint_folder_make();
    snprintf(command, sizeof(command), "mount -t tmpfs -o size=1m tidemark-test '%s' 2>/dev/null", checkpoint_folder);
    is_mounted = geteuid() == 0 && system(command) == 0;
    if (!is_mounted)
        fprintf(stderr, "checkpoint_faults: the tests of a full disk are skipped: a tmpfs cannot be mounted here\n");
}

static void unmount_small_disk(void)
{
    char command[160];
    snprintf(command, sizeof(command), "umount '%s'", checkpoint_folder);
    if (is_mounted)
        ck_assert_int_eq(system(command), 0);
    checkpoint_folder_remove();
}

/* 540,000 bytes a checkpoint when all of it is written. */
START_TEST(a_full_disk_is_an_error_until_there_is_room)
{
    Error err = ERROR_NONE;
    char  command[160];
    if (!is_mounted)
        return;
    CheckpointStore *store = checkpoint_open(CHECKPOINT_OWN);
    checkpoint_must_write(store, &profile_large, 1);
    for (int64_t epoch = 2; epoch <= 4; epoch++) {
        error_clear(&err);
        ck_assert_int_eq(checkpoint_write(store, &profile_large, epoch, CHECKPOINT_PERIODIC, true, &err), STATUS_IO);
        ck_assert_msg(strstr(err.message, ".data: cannot make room for a file: No space left on device"), "%s", err.message);
        ck_assert_int_eq(checkpoint_store_last(store), 1);
        ck_assert_str_eq(checkpoint_names(), "epoch-000001.data epoch-000001.manifest ");
        checkpoint_expect_newest(&profile_large, 1);
    }
    snprintf(command, sizeof(command), "mount -o remount,size=4m '%s'", checkpoint_folder);
    ck_assert_int_eq(system(command), 0);
    checkpoint_must_write(store, &profile_large, 5);
    checkpoint_store_close(store);
    checkpoint_expect_newest(&profile_large, 5);
}
END_TEST

START_TEST(a_disk_that_is_full_to_the_last_byte)
{
    Error err = ERROR_NONE;
    char  command[160];
    if (!is_mounted)
        return;
    CheckpointStore *store = checkpoint_open(CHECKPOINT_OWN);
    checkpoint_must_write(store, &profile_small, 1);
    snprintf(command, sizeof(command), "dd if=/dev/zero of='%s/filler' bs=1k count=2000 2>/dev/null", checkpoint_folder);
    ck_assert_int_ne(system(command), 0);
    ck_assert_int_eq(checkpoint_write(store, &profile_small, 2, CHECKPOINT_PERIODIC, false, &err), STATUS_IO);
    ck_assert_msg(strstr(err.message, "epoch-000002.manifest.new: cannot write a file: No space left on device"), "%s", err.message);
    checkpoint_store_close(store);
    store = checkpoint_open(CHECKPOINT_OWN); /* a job starts on a full disk too */
    checkpoint_expect_newest(&profile_small, 1);
    ck_assert_int_eq(env_file_remove(checkpoint_path("filler"), &(Error){ 0 }), STATUS_OK);
    checkpoint_must_write(store, &profile_small, 3);
    checkpoint_store_close(store);
    checkpoint_expect_newest(&profile_small, 3);
}
END_TEST

Suite *suite_checkpoint_faults(void)
{
    Suite *suite = suite_create("checkpoint_faults");
    TCase *tests = tcase_create("checkpoint_faults");
    TCase *full = tcase_create("full_disk");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, checkpoint_folder_make_in_memory, checkpoint_folder_remove);
    tcase_add_loop_test(tests, each_file_call_may_fail, 0, PROFILES);
    tcase_add_loop_test(tests, each_allocation_may_fail, 0, PROFILES);
    tcase_add_loop_test(tests, dying_between_any_two_calls, 0, PROFILES);
    tcase_add_loop_test(tests, killed_at_each_step, 0, PROFILES * STEPS);
    tcase_add_test(tests, dying_while_the_folder_is_made);
    tcase_add_test(tests, what_is_gone_on_from_is_there_for_good);
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(full, mount_small_disk, unmount_small_disk);
    tcase_add_test(full, a_full_disk_is_an_error_until_there_is_room);
    tcase_add_test(full, a_disk_that_is_full_to_the_last_byte);
    suite_add_tcase(suite, full);
    return suite;
}
