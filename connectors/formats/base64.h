/* base64.h: bytes as text (RFC 4648, with padding), as the dialect's JSON library reads and writes them. */
#ifndef CONNECTORS_FORMATS_BASE64_H
#define CONNECTORS_FORMATS_BASE64_H

#include "core/text.h"

/* Room for the bytes of any text of this length. */
static inline int64_t base64_decoded_max(int64_t text_len)
{
    return text_len / 4 * 3 + 3;
}
/* White space is skipped between groups of four. Returns the bytes written to out, -1 when the text is none. */
int64_t base64_decode(Str text, char *out);
void    base64_encode(Str bytes, Text *out);

#endif
