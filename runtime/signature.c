/* signature.c: see signature.h. */
#include "runtime/signature.h"

void node_signature(const Plan *plan, Text *out)
{
    plan_print_node(plan, out);
    text_put(out, '\n');
    plan_identity(plan, out);
    if (out->len > 0 && text_str(out).ptr[out->len - 1] == '\n')
        out->len--;
}
