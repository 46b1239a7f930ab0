/* database.h: a store with transactions, as far as the jdbc sink uses it: tables of rows, and for each instance of a sink the epoch that it
 * holds and who owns it. */
#ifndef TESTS_SIM_DATABASE_H
#define TESTS_SIM_DATABASE_H

#include "core/map.h"
#include "core/text.h"
#include "tests/sim/check.h"
#include "tests/sim/network.h"

typedef enum DatabaseKind {
    DATABASE_CLAIM, /* the row of the instance is the owner's; the answer: what it holds, and the newest of all instances */
    DATABASE_COMMIT /* if the row is the owner's and stands at `from`: rows, and the row to `to`. If it stands at `to` already: nothing more */
} DatabaseKind;

typedef struct DatabaseCall {
    Call         call; /* first */
    DatabaseKind kind;
    Str          table;
    int32_t      instance;
    int64_t      owner;
    int64_t      from, to;
    Str          rows; /* as log_put_record lays them out */
    int64_t      held, newest;
} DatabaseCall;

typedef struct Database Database;
extern Database *database;

void database_start(Check *check);
void database_end(void);
/* Copies what is in `call`, and sends it. */
DatabaseCall *database_send(const DatabaseCall *call);

#endif
