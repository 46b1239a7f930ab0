/* display_width.h: how many columns of a terminal a UTF-8 text takes: East Asian wide and full-width characters two,
 * all others one. */
#ifndef SHELL_DISPLAY_WIDTH_H
#define SHELL_DISPLAY_WIDTH_H

#include <stddef.h>

size_t display_width(const char *text, size_t size);
/* The bytes of the longest start of the text that takes at most width columns; *taken says how many it takes. */
size_t display_fit(const char *text, size_t size, size_t width, size_t *taken);

#endif
