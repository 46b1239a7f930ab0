/* case.c: reads a .test file line by line. What stands before the first case is repeated in front of each. */
#include "tests/sql/runner/case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Reader {
    const char *path;
    int         line;
    File       *file;
    Case       *at;
    Buffer      sql;       /* the statement being gathered */
    int         sql_line;
    bool        is_good;
} Reader;

static char *copy_text(const char *text)
{
    Buffer buffer = { 0 };
    buffer_puts(&buffer, text);
    return buffer.text;
}

static void complain(Reader *reader, const char *what)
{
    fprintf(stderr, "%s:%d: %s\n", reader->path, reader->line, what);
    reader->is_good = false;
}

static Case *case_add(File *file, const char *title, int line)
{
    if (file->count == file->capacity) {
        file->capacity = file->capacity * 2 + 16;
        file->cases = realloc(file->cases, file->capacity * sizeof(Case));
        if (!file->cases)
            exit(2);
    }
    file->cases[file->count] = (Case){ .title = copy_text(title), .line = line };
    return &file->cases[file->count++];
}

static Step *step_add(Case *at, int line, const char *sql)
{
    if (at->step_count == at->step_capacity) {
        at->step_capacity = at->step_capacity * 2 + 8;
        at->steps = realloc(at->steps, at->step_capacity * sizeof(Step));
        if (!at->steps)
            exit(2);
    }
    at->steps[at->step_count] = (Step){ .line = line, .sql = copy_text(sql), .late = -1, .bad = -1 };
    return &at->steps[at->step_count++];
}

/* A copy of a step of the part before the first case. */
static void step_repeat(Case *at, const Step *from)
{
    Step *step = step_add(at, from->line, from->sql);
    step->has_rows = from->has_rows;
    if (from->rows.text)
        buffer_puts(&step->rows, from->rows.text);
}

static void end_sql(Reader *reader)
{
    if (reader->sql.size == 0)
        return;
    step_add(reader->at, reader->sql_line, reader->sql.text);
    buffer_free(&reader->sql);
}

static void begin_case(Reader *reader, const char *title)
{
    end_sql(reader);
    size_t setup = 0; /* cases[0] is the part before the first case */
    reader->at = case_add(reader->file, title, reader->line);
    const Case *before = &reader->file->cases[setup];
    reader->at->is_folded = before->is_folded;
    reader->at->is_ordered = before->is_ordered;
    reader->at->is_single = before->is_single;
    for (size_t i = 0; i < before->step_count; i++)
        step_repeat(reader->at, &before->steps[i]);
}

static Step *last_step(Reader *reader)
{
    end_sql(reader);
    if (reader->at->step_count == 0) {
        complain(reader, "there is no statement before this line");
        return NULL;
    }
    return &reader->at->steps[reader->at->step_count - 1];
}

static void read_row(Reader *reader, const char *text)
{
    Step *step = last_step(reader);
    if (!step)
        return;
    step->has_rows = true;
    if (*text) {
        buffer_puts(&step->rows, text);
        buffer_puts(&step->rows, "\n");
    }
}

static void read_expected(Reader *reader, const char *text)
{
    Step *step = last_step(reader);
    if (!step)
        return;
    if (strncmp(text, "late ", 5) == 0) {
        step->late = strtol(text + 5, NULL, 10);
    } else if (strncmp(text, "bad ", 4) == 0) {
        step->bad = strtol(text + 4, NULL, 10);
    } else {
        step->has_expected = true;
        if (*text)
            lines_add(&step->expected, text);
    }
}

static void read_error(Reader *reader, const char *text)
{
    Step *step = last_step(reader);
    if (!step)
        return;
    Buffer joined = { 0 };
    if (step->error) {
        buffer_puts(&joined, step->error);
        buffer_puts(&joined, "\n");
    }
    buffer_puts(&joined, text);
    free(step->error);
    step->error = joined.text;
}

static void read_option(Reader *reader, const char *text)
{
    if (strcmp(text, "fold") == 0)
        reader->at->is_folded = true;
    else if (strcmp(text, "ordered") == 0)
        reader->at->is_ordered = true;
    else if (strcmp(text, "one") == 0)
        reader->at->is_single = true;
    /* anything else is a comment, or a note for scripts/truth */
}

/* The text behind the mark and one blank. */
static const char *behind(const char *line)
{
    return line[1] == ' ' ? line + 2 : line + 1;
}

static void read_sql(Reader *reader, const char *line)
{
    if (reader->sql.size == 0) {
        if (*line == 0)
            return;
        reader->sql_line = reader->line;
    } else {
        buffer_puts(&reader->sql, "\n");
    }
    buffer_puts(&reader->sql, line);
    size_t length = strlen(line);
    if (length > 0 && line[length - 1] == ';')
        end_sql(reader);
}

static void set_once(char **slot, const char *text)
{
    free(*slot);
    *slot = copy_text(text);
}

static void read_line(Reader *reader, const char *line)
{
    bool in_sql = reader->sql.size > 0;
    Step *step;
    if (!in_sql && line[0] == '#') {
        begin_case(reader, behind(line));
    } else if (!in_sql && line[0] == '>') {
        read_row(reader, behind(line));
    } else if (!in_sql && line[0] == '<') {
        read_expected(reader, behind(line));
    } else if (!in_sql && line[0] == '!') {
        read_error(reader, behind(line));
    } else if (!in_sql && (line[0] == '=' || line[0] == '?')) {
        step = last_step(reader);
        if (step)
            set_once(line[0] == '=' ? &step->columns : &step->hint, behind(line));
    } else if (!in_sql && strncmp(line, "-- ", 3) == 0) {
        read_option(reader, line + 3);
    } else {
        read_sql(reader, line);
    }
}

bool file_read(const char *path, File *out)
{
    FILE *stream = fopen(path, "r");
    if (!stream) {
        perror(path);
        return false;
    }
    *out = (File){ 0 };
    Reader reader = { .path = path, .file = out, .is_good = true };
    reader.at = case_add(out, "", 0);
    char *line = NULL;
    size_t capacity = 0;
    long length;
    while ((length = getline(&line, &capacity, stream)) >= 0) {
        reader.line++;
        if (length > 0 && line[length - 1] == '\n')
            line[length - 1] = 0;
        read_line(&reader, line);
    }
    end_sql(&reader);
    free(line);
    fclose(stream);
    return reader.is_good;
}

static void step_free(Step *step)
{
    free(step->sql);
    buffer_free(&step->rows);
    free(step->columns);
    lines_free(&step->expected);
    free(step->error);
    free(step->hint);
}

void file_free(File *file)
{
    for (size_t i = 0; i < file->count; i++) {
        Case *at = &file->cases[i];
        for (size_t s = 0; s < at->step_count; s++)
            step_free(&at->steps[s]);
        free(at->steps);
        free(at->title);
    }
    free(file->cases);
    *file = (File){ 0 };
}
