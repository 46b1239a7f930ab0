/* union.c: UNION ALL. The rows come from several edges; the task has merged their watermarks, so nothing is left to do.
 * */
#include "runtime/operators/operators.h"

const OpType op_union = { .name = "union" };
