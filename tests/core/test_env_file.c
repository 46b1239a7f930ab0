/* test_env_file.c: files and directories, in a folder of the test's own. */
#include "core/env.h"
#include "core/text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[64];

static void make_folder(void)
{
    snprintf(folder, sizeof(folder), "/tmp/tidemark-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void remove_folder(void)
{
    char command[128];
    snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    ck_assert_int_eq(system(command), 0);
}

/* Good until the third call from here. */
static Str path_of(const char *name)
{
    static char rooms[3][256];
    static int  next;
    char       *room = rooms[next++ % 3];
    snprintf(room, sizeof(rooms[0]), "%s/%s", folder, name);
    return str_from(room);
}

static void write_file(const char *name, EnvOpen mode, Str bytes)
{
    Error err = ERROR_NONE;
    int   fd;
    ck_assert_int_eq(env_file_open(path_of(name), mode, &fd, &err), STATUS_OK);
    ck_assert_int_eq(env_file_write(fd, bytes, &err), STATUS_OK);
    ck_assert_int_eq(env_file_sync(fd, &err), STATUS_OK);
    env_file_close(fd);
}

START_TEST(writes_appends_and_reads)
{
    Error err = ERROR_NONE;
    Text  text = TEXT_EMPTY;
    write_file("a", ENV_CREATE, STR("discarded"));
    write_file("a", ENV_CREATE, STR("one\n"));
    write_file("a", ENV_APPEND, STR("two\n"));
    ck_assert_int_eq(env_file_read_all(path_of("a"), 100, &text, &err), STATUS_OK);
    ck_assert_str_eq(text_cstr(&text), "one\ntwo\n");
    text_clear(&text);
    ck_assert_int_eq(env_file_read_all(path_of("a"), 7, &text, &err), STATUS_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.message, "larger than 7 bytes"));
    text_free(&text);
}
END_TEST

START_TEST(seeks_and_reads_parts)
{
    Error   err = ERROR_NONE;
    char    bytes[4];
    int64_t got;
    int     fd;
    write_file("a", ENV_CREATE, STR("0123456789"));
    ck_assert_int_eq(env_file_open(path_of("a"), ENV_READ, &fd, &err), STATUS_OK);
    ck_assert_int_eq(env_file_seek(fd, 7, &err), STATUS_OK);
    ck_assert_int_eq(env_file_read(fd, bytes, 4, &got, &err), STATUS_OK);
    ck_assert_int_eq(got, 3);
    ck_assert_mem_eq(bytes, "789", 3);
    ck_assert_int_eq(env_file_read(fd, bytes, 4, &got, &err), STATUS_OK);
    ck_assert_int_eq(got, 0);
    env_file_close(fd);
}
END_TEST

START_TEST(knows_size_time_and_kind)
{
    EnvStat found;
    write_file("a", ENV_CREATE, STR("12345"));
    ck_assert(env_file_stat(path_of("a"), &found));
    ck_assert_int_eq(found.size, 5);
    ck_assert(!found.is_directory);
    ck_assert_int_lt(llabs(found.modified_ms - clock_now_ms(&env_clock)), 60000);
    ck_assert(env_file_stat(str_from(folder), &found) && found.is_directory);
    ck_assert(!env_file_stat(path_of("absent"), &found));
}
END_TEST

START_TEST(renames_and_removes)
{
    Error   err = ERROR_NONE;
    EnvStat found;
    write_file("a", ENV_CREATE, STR("x"));
    ck_assert_int_eq(env_file_rename(path_of("a"), path_of("b"), &err), STATUS_OK);
    ck_assert(!env_file_stat(path_of("a"), &found));
    ck_assert_int_eq(env_directory_sync(str_from(folder), &err), STATUS_OK);
    ck_assert_int_eq(env_file_remove(path_of("b"), &err), STATUS_OK);
    ck_assert_int_eq(env_file_remove(path_of("b"), &err), STATUS_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "/b\": No such file or directory"));
}
END_TEST

static void collect(void *context, Str name)
{
    Text *text = context;
    text_append(text, name);
    text_put(text, ' ');
}

START_TEST(makes_and_lists_directories)
{
    Error err = ERROR_NONE;
    Text  names = TEXT_EMPTY;
    ck_assert_int_eq(env_directory_create(path_of("x/y/z"), &err), STATUS_OK);
    ck_assert_int_eq(env_directory_create(path_of("x/y/z/"), &err), STATUS_OK);
    write_file("x/b", ENV_CREATE, STR_EMPTY);
    write_file("x/B", ENV_CREATE, STR_EMPTY);
    write_file("x/.c", ENV_CREATE, STR_EMPTY);
    ck_assert_int_eq(env_directory_list(path_of("x"), collect, &names, &err), STATUS_OK);
    ck_assert_str_eq(text_cstr(&names), ".c B b y ");
    ck_assert_int_eq(env_directory_create(path_of("x/b/c"), &err), STATUS_IO);
    text_free(&names);
}
END_TEST

START_TEST(refuses_what_is_not_a_path)
{
    Error err = ERROR_NONE;
    char  long_path[5000];
    int   fd;
    memset(long_path, 'a', sizeof(long_path));
    ck_assert_int_eq(env_file_open((Str){ long_path, 5000 }, ENV_READ, &fd, &err), STATUS_IO);
    error_clear(&err);
    ck_assert_int_eq(env_file_open(STR("a\0b"), ENV_READ, &fd, &err), STATUS_IO);
    error_clear(&err);
    ck_assert_int_eq(env_file_open(path_of("absent"), ENV_READ, &fd, &err), STATUS_IO);
}
END_TEST

START_TEST(reads_at_a_place)
{
    Error   err = ERROR_NONE;
    char    bytes[8] = { 0 };
    int64_t got;
    int     fd;
    write_file("a", ENV_CREATE, STR("0123456789"));
    ck_assert_int_eq(env_file_open(path_of("a"), ENV_READ, &fd, &err), STATUS_OK);
    ck_assert_int_eq(env_file_read_at(fd, 7, bytes, 2, &got, &err), STATUS_OK);
    ck_assert(got == 2 && memcmp(bytes, "78", 2) == 0);
    ck_assert_int_eq(env_file_read_at(fd, 7, bytes, 8, &got, &err), STATUS_OK);
    ck_assert(got == 3 && memcmp(bytes, "789", 3) == 0);
    ck_assert_int_eq(env_file_read_at(fd, 10, bytes, 8, &got, &err), STATUS_OK);
    ck_assert_int_eq(got, 0);
    env_file_close(fd);
    ck_assert_int_eq(env_file_open(str_from(folder), ENV_READ, &fd, &err), STATUS_OK);
    ck_assert_int_eq(env_file_read_at(fd, 0, bytes, 8, &got, &err), STATUS_IO);
    ck_assert_str_eq(err.message, "cannot read a file: Is a directory");
    env_file_close(fd);
}
END_TEST

START_TEST(creates_only_what_is_not_there)
{
    Error err = ERROR_NONE;
    int   fd;
    write_file("a", ENV_CREATE_NEW, STR("x"));
    ck_assert_int_eq(env_file_open(path_of("a"), ENV_CREATE_NEW, &fd, &err), STATUS_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "cannot create \""));
    ck_assert_ptr_nonnull(strstr(err.message, "/a\": File exists"));
}
END_TEST

START_TEST(reserves_room)
{
    Error   err = ERROR_NONE;
    EnvStat found;
    int     fd;
    ck_assert_int_eq(env_file_open(path_of("a"), ENV_CREATE, &fd, &err), STATUS_OK);
    ck_assert_int_eq(env_file_reserve(fd, 100000, &err), STATUS_OK);
    ck_assert_int_eq(env_file_reserve(fd, 0, &err), STATUS_OK);
    ck_assert(env_file_stat(path_of("a"), &found) && found.size == 0);
    ck_assert_int_eq(env_file_reserve(fd, INT64_MAX, &err), STATUS_IO);
    ck_assert_str_eq(err.message, "cannot make room for a file: File too large");
    env_file_close(fd);
}
END_TEST

START_TEST(truncates)
{
    Error   err = ERROR_NONE;
    Text    text = TEXT_EMPTY;
    int     fd;
    write_file("a", ENV_CREATE, STR("0123456789"));
    ck_assert_int_eq(env_file_open(path_of("a"), ENV_APPEND, &fd, &err), STATUS_OK);
    ck_assert_int_eq(env_file_truncate(fd, 4, &err), STATUS_OK);
    ck_assert_int_eq(env_file_write(fd, STR("x"), &err), STATUS_OK);
    env_fail_file_after(1);
    ck_assert_int_eq(env_file_truncate(fd, 0, &err), STATUS_IO);
    env_fail_file_after(0);
    ck_assert(str_starts_with(str_from(err.message), STR("cannot truncate a file: ")));
    env_file_close(fd);
    ck_assert_int_eq(env_file_read_all(path_of("a"), 100, &text, &err), STATUS_OK);
    ck_assert_str_eq(text_cstr(&text), "0123x");
    text_free(&text);
}
END_TEST

START_TEST(locks_once)
{
    Error   err = ERROR_NONE;
    EnvStat found;
    char    expected[400];
    int     first, second;
    ck_assert_int_eq(env_file_lock(path_of("lock"), &first, &err), STATUS_OK);
    ck_assert_int_eq(env_file_lock(path_of("lock"), &second, &err), STATUS_INVALID);
    snprintf(expected, sizeof(expected), "\"%s/lock\" is locked by process %ld", folder, (long)getpid());
    ck_assert_str_eq(err.message, expected);
    ck_assert(env_file_stat(path_of("lock"), &found) && found.size > 1);
    env_file_close(first);
    error_clear(&err);
    ck_assert_int_eq(env_file_lock(path_of("lock"), &second, &err), STATUS_OK);
    env_file_close(second);
    ck_assert_int_eq(env_file_lock(path_of("absent/lock"), &second, &err), STATUS_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "absent/lock\": No such file or directory"));
}
END_TEST

START_TEST(all_calls_may_be_made_to_fail_from_one_on)
{
    Error   err = ERROR_NONE;
    EnvStat found;
    int     fd;
    write_file("a", ENV_CREATE, STR("x"));
    env_fail_file_from(2);
    ck_assert_int_eq(env_file_open(path_of("b"), ENV_CREATE, &fd, &err), STATUS_OK);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(env_file_write(fd, STR("x"), &err), STATUS_IO);
        ck_assert_int_eq(env_file_remove(path_of("a"), &err), STATUS_IO);
    }
    env_fail_file_from(0);
    env_file_close(fd);
    ck_assert(env_file_stat(path_of("b"), &found) && found.size == 0);
    ck_assert(env_file_stat(path_of("a"), &found));
    error_clear(&err);
    ck_assert_int_eq(env_file_remove(path_of("a"), &err), STATUS_OK);
}
END_TEST

static void allocate(void *context, Str name)
{
    (void)name;
    *(void **)context = env_alloc(1);
}

START_TEST(a_list_survives_a_visitor_without_memory)
{
    Error err = ERROR_NONE;
    void *memory = NULL;
    write_file("a", ENV_CREATE, STR("x"));
    env_fail_alloc_after(1);
    ck_assert_int_eq(env_directory_list(str_from(folder), allocate, &memory, &err), STATUS_NO_MEMORY);
    ck_assert_ptr_nonnull(strstr(err.message, "memory ran out while \""));
    error_clear(&err);
    ck_assert_int_eq(env_directory_list(str_from(folder), allocate, &memory, &err), STATUS_OK);
    env_free(memory);
}
END_TEST

START_TEST(each_call_may_be_made_to_fail)
{
    Error err = ERROR_NONE;
    Text  text = TEXT_EMPTY;
    write_file("a", ENV_CREATE, STR("x"));
    int64_t count = 0;
    Status  status = STATUS_IO;
    while (status != STATUS_OK) {
        error_clear(&err);
        env_fail_file_after(++count);
        status = env_file_read_all(path_of("a"), 100, &text, &err);
        env_fail_file_after(0);
        ck_assert(status == STATUS_OK || strstr(err.message, "Input/output error"));
    }
    ck_assert_int_eq(count, 4); /* open, read, read of the end; the fourth is never reached */
    text_free(&text);
}
END_TEST

/* ---- of a simulation ---- */

static Status sold_out(Str path, EnvOpen mode, int *fd, Error *err)
{
    (void)mode, (void)fd;
    return error_set(err, STATUS_IO, SPAN_NONE, "no \"%.*s\" today", STR_FMT(path));
}

static void sevens(void *bytes, int64_t size)
{
    memset(bytes, 7, (size_t)size);
}

START_TEST(a_simulation_stands_in_for_the_machine)
{
    static const EnvFiles shop = { .open = sold_out };
    Error                 err = ERROR_NONE;
    Text                  text = TEXT_EMPTY;
    char                  random[4] = { 0 };
    env_use_files(&shop);
    env_use_random(sevens);
    ck_assert_int_eq(env_file_read_all(STR("bread"), 100, &text, &err), STATUS_IO);
    ck_assert_str_eq(err.message, "no \"bread\" today");
    env_random(random, sizeof(random));
    ck_assert_mem_eq(random, "\7\7\7\7", 4);
    env_use_files(NULL);
    env_use_random(NULL);
    write_file("a", ENV_CREATE, STR("the machine's"));
    error_clear(&err);
    ck_assert_int_eq(env_file_read_all(path_of("a"), 100, &text, &err), STATUS_OK);
    ck_assert_str_eq(text_cstr(&text), "the machine's");
    text_free(&text);
}
END_TEST

Suite *suite_env_file(void)
{
    Suite *suite = suite_create("env_file");
    TCase *tests = tcase_create("env_file");
    tcase_add_checked_fixture(tests, make_folder, remove_folder);
    tcase_add_test(tests, writes_appends_and_reads);
    tcase_add_test(tests, seeks_and_reads_parts);
    tcase_add_test(tests, knows_size_time_and_kind);
    tcase_add_test(tests, renames_and_removes);
    tcase_add_test(tests, makes_and_lists_directories);
    tcase_add_test(tests, refuses_what_is_not_a_path);
    tcase_add_test(tests, reads_at_a_place);
    tcase_add_test(tests, creates_only_what_is_not_there);
    tcase_add_test(tests, reserves_room);
    tcase_add_test(tests, truncates);
    tcase_add_test(tests, locks_once);
    tcase_add_test(tests, all_calls_may_be_made_to_fail_from_one_on);
    tcase_add_test(tests, a_list_survives_a_visitor_without_memory);
    tcase_add_test(tests, each_call_may_be_made_to_fail);
    tcase_add_test(tests, a_simulation_stands_in_for_the_machine);
    suite_add_tcase(suite, tests);
    return suite;
}
