/* library.h: functions of a shared object of the user's, as rows like our own. include/tidemark_function.h is its side. */
#ifndef FUNCTIONS_LIBRARY_H
#define FUNCTIONS_LIBRARY_H

#include "functions/function.h"

/* The rows that `CREATE FUNCTION sql_name AS 'file:wanted'` means, under the SQL name, ended by { 0 }, in arena. description is the
 * library's tide_function_library and must outlive them. wanted {NULL, 0}: the function of the SQL name, or the only one there
 * is. STATUS_INVALID: another version, a bad signature, no such function. */
Status library_functions(Arena *arena, const void *description, Str file, Str wanted, Str sql_name, const Function **out,
                         Error *err);

#endif
