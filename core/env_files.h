/* env_files.h: the machine's own files, for env_files.c, and for tests that stand between it and the machine. */
#ifndef CORE_ENV_FILES_H
#define CORE_ENV_FILES_H

#include "core/env.h"

extern const EnvFiles env_machine_files;

#endif
