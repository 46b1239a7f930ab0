/* help.h: what HELP prints. */
#ifndef SHELL_HELP_H
#define SHELL_HELP_H

extern const char help_text[];

#endif
