/* coerce.h: what types two values must have to be compared (reference 3d, 5.11, 8). */
#ifndef FUNCTIONS_COERCE_H
#define FUNCTIONS_COERCE_H

#include "functions/function.h"

/* For function rows: casts all arguments to types that the kernels of functions/scalar/compare.c can compare.
 * Text meets a date or time as one; numbers meet at the wider type, exact ones at their own scales. */
/* =, <>, IS DISTINCT FROM */
Status coerce_equality(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err);
Status coerce_ordering(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err); /* <, BETWEEN */
Status coerce_members(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err);  /* IN */

#endif
