/* codec.h: a format in a test: columns written as SQL, messages in, rows out as JSON lines. */
#ifndef TESTS_CONNECTORS_CODEC_H
#define TESTS_CONNECTORS_CODEC_H

#include "connectors/formats/format.h"

/* "DECIMAL(10,2)", "ROW<a INT, b ARRAY<STRING>>": aborts when it is no type. */
const Type *type_of(Arena *arena, const char *sql);
/* "i INT, s STRING": names and types. Returns how many; *fields lives in the arena. */
int32_t fields_of(Arena *arena, const char *sql, Field **fields);
/* "a=1;b=2" */
Map *options_of(Arena *arena, const char *text);

typedef struct Codec {
    Arena        *arena;
    const Format *format;
    FormatSpec    spec;
    FormatSpec    wanted; /* the columns of the batch, for writing them */
    Decoder      *decoder;
    Batch        *batch;
    Decoded       decoded;
    Error         err;
    Text          text;
} Codec;

/* columns: as fields_of; one with a '-' before its name is not wanted, a ROW's field with it not read. Fails the test when the format refuses. */
Codec *codec_open(const char *format, const char *columns, const char *options);
void   codec_close(Codec *codec);
Status codec_decode(Codec *codec, const Str *messages, int64_t count);
/* The batch as JSON objects, one line each. */
const char *codec_json(Codec *codec);
/* Decodes the lines of text (a '\n' ends each) and gives codec_json, or the error's message. */
const char *codec_lines(Codec *codec, const char *text);
/* The batch, written by a format with options; '\n' behind each record. */
const char *codec_write(Codec *codec, const char *format, const char *options);

#endif
