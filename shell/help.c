/* help.c: a page that fits a terminal. */
#include "help.h"

const char help_text[] =
    "Statements end with ; and may span lines.\n"
    "\n"
    "  HELP                     this page\n"
    "  QUIT, EXIT, Ctrl-D       leave; running jobs are stopped\n"
    "  CLEAR                    clear the terminal\n"
    "  SET 'key' = 'value'      change a setting; SET alone lists them\n"
    "  RESET 'key'              its default again; RESET alone: all\n"
    "\n"
    "  CREATE TABLE, CREATE VIEW, DROP ..., ALTER ..., USE ...\n"
    "  SHOW TABLES | VIEWS | FUNCTIONS | JOBS | CREATE TABLE t ...    DESCRIBE t\n"
    "  SELECT ...               shows the rows as they come; Ctrl-C ends the query\n"
    "  INSERT INTO ...          starts a job in the background; STOP JOB 'id' ends it\n"
    "  EXECUTE STATEMENT SET BEGIN ... END    several INSERTs as one job\n"
    "  EXPLAIN ...              the plan of a query or INSERT\n"
    "\n"
    "  Tab completes. Up, Down, Ctrl-R: history. Ctrl-C: drop the line, or cancel what runs.\n"
    "\n"
    "  SET 'sql-client.execution.result-mode' = 'tableau' | 'changelog'    how a query is shown\n"
    "  SET 'execution.runtime-mode' = 'streaming' | 'batch'                changes, or one final result\n";
