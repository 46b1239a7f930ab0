/* qualify.h: full paths for the tables of a query. */
#ifndef PLANNER_QUALIFY_H
#define PLANNER_QUALIFY_H

#include "planner/catalog.h"

/* Changes the tree: tables get [catalog.database.name], and their last name as alias when they had none. */
void qualify_query(const Catalog *catalog, Arena *arena, Query *query);

#endif
