/* commands.h: what the program can be asked to do. Each returns the exit code. */
#ifndef SHELL_COMMANDS_H
#define SHELL_COMMANDS_H

#include "arguments.h"

int command_run(const Arguments *arguments);
int command_check(const Arguments *arguments);
int command_checkpoint(const Arguments *arguments);
int command_savepoint(const Arguments *arguments);
int command_doc(const Arguments *arguments);
int command_txn(const Arguments *arguments);
int command_shell(const Arguments *arguments);

#endif
