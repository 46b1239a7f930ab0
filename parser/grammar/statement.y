/* ---- what a parse begins with ------------------------------------------------------------------------------------ */

%start_symbol input
%type statement {Statement *}

input ::= statement(S).                   { builder->statement = S; }
input ::= START_EXPRESSION expr(E).       { builder->expression = E; }
input ::= START_QUERY query(Q).           { builder->query = Q; }
input ::= START_TYPE type_nullable(T).    { builder->type = T; }

/* ---- queries and changes ---------------------------------------------------------------------------------------- */

statement(A) ::= query(Q).                { A = build_query_statement(builder, Q); }
statement(A) ::= EXECUTE query(Q).        { A = build_query_statement(builder, Q); }
statement(A) ::= insert(S).               { A = S; }
statement(A) ::= EXECUTE insert(S).       { A = S; }

%type insert {Statement *}
%type insert_target {Statement *}
insert(A) ::= insert_target(S) query(Q) on_conflict(C). {
    A = build_insert(S, (NameList){ 0 }, Q, C);
}
insert(A) ::= insert_target(S) LP name_list(L) RP query(Q) on_conflict(C).   { A = build_insert(S, L, Q, C); }
insert_target(A) ::= INSERT(K) INTO name(N) hints(H) partition_opt(P). {
    A = build_insert_target(builder, K, N, H, P, false);
}
insert_target(A) ::= INSERT(K) OVERWRITE name(N) hints(H) partition_opt(P). {
    A = build_insert_target(builder, K, N, H, P, true);
}
%type on_conflict {AstConflict}
on_conflict(A) ::= .                            { A = AST_CONFLICT_UNSAID; }
on_conflict(A) ::= ON CONFLICT DO ERROR.        { A = AST_CONFLICT_ERROR; }
on_conflict(A) ::= ON CONFLICT DO NOTHING.      { A = AST_CONFLICT_NOTHING; }
on_conflict(A) ::= ON CONFLICT DO DEDUPLICATE.  { A = AST_CONFLICT_DEDUPLICATE; }

statement(A) ::= UPDATE(K) name(N) change_alias(I) SET assignments(L) where(W). {
    A = build_change(builder, STATEMENT_UPDATE, K, N, I, L, W);
}
statement(A) ::= DELETE(K) FROM name(N) change_alias(I) where(W). {
    A = build_change(builder, STATEMENT_DELETE, K, N, I, (AssignmentList){ 0 }, W);
}
%type change_alias {Ident}
change_alias(A) ::= .             { A = (Ident){ 0 }; }
change_alias(A) ::= ident(I).     { A = I; }
change_alias(A) ::= AS ident(I).  { A = I; }
%type assignments {AssignmentList}
assignments(A) ::= name(N) EQ expr(E). {
    A = (AssignmentList){ 0 };
    list_push(builder->arena, &A, (Assignment){ N, E });
}
assignments(A) ::= assignments(L) COMMA name(N) EQ expr(E). {
    A = L;
    list_push(builder->arena, &A, (Assignment){ N, E });
}
statement(A) ::= TRUNCATE(K) TABLE name(N).  { A = build_named(builder, STATEMENT_TRUNCATE_TABLE, K, N); }

/* ---- statement sets --------------------------------------------------------------------------------------------- */

%type statement_set {Statement *}
%type set_items {StatementList}
%type set_item {Statement *}
statement(A) ::= EXECUTE(K) statement_set(S). {
    A = S;
    A->span.start = K.span.start;
    A->span.line = K.span.line;
    A->span.column = K.span.column;
}
statement_set(A) ::= STATEMENT(K) SET BEGIN set_items(L) END.  { A = build_statement_set(builder, K, L); }
statement(A) ::= BEGIN(K) STATEMENT SET SEMI set_items(L) END. { A = build_statement_set(builder, K, L); }
set_items(A) ::= set_item(S) SEMI.               { A = (StatementList){ 0 }; list_push(builder->arena, &A, S); }
set_items(A) ::= set_items(L) set_item(S) SEMI.  { A = L; list_push(builder->arena, &A, S); }
set_item(A) ::= insert(S).                       { A = S; }
set_item(A) ::= EXECUTE insert(S).               { A = S; }
set_item(A) ::= create(K) TABLE if_not_exists(I) name(N) table_body(B) AS query(Q). {
    A = build_create(builder, STATEMENT_CREATE_TABLE, K, (Temporary){ 0 }, I, N);
    build_table(builder, A, K, B, Q);
}

/* ---- plans ------------------------------------------------------------------------------------------------------ */

%type details {uint32_t}
%type detail {uint32_t}
%type explained {Statement *}
statement(A) ::= EXPLAIN(K) explained(S).            { A = build_plan(builder, STATEMENT_EXPLAIN, K, S); }
statement(A) ::= EXPLAIN(K) PLAN FOR explained(S).   { A = build_plan(builder, STATEMENT_EXPLAIN, K, S); }
statement(A) ::= EXPLAIN(K) details(D) explained(S). {
    A = build_plan(builder, STATEMENT_EXPLAIN, K, S);
    A->plan.details = D;
}
details(A) ::= detail(D).                  { A = D; }
details(A) ::= details(L) COMMA detail(D). { A = L | D; }
detail(A) ::= ESTIMATED_COST.       { A = EXPLAIN_ESTIMATED_COST; }
detail(A) ::= CHANGELOG_MODE.       { A = EXPLAIN_CHANGELOG_MODE; }
detail(A) ::= PLAN_ADVICE.          { A = EXPLAIN_PLAN_ADVICE; }
detail(A) ::= JSON_EXECUTION_PLAN.  { A = EXPLAIN_JSON_EXECUTION_PLAN; }
explained(A) ::= query(Q).                  { A = build_query_statement(builder, Q); }
explained(A) ::= insert(S).                 { A = S; }
explained(A) ::= statement_set(S).          { A = S; }
explained(A) ::= EXECUTE query(Q).          { A = build_query_statement(builder, Q); }
explained(A) ::= EXECUTE insert(S).         { A = S; }
explained(A) ::= EXECUTE statement_set(S).  { A = S; }
explained(A) ::= create(K) TABLE if_not_exists(I) name(N) table_body(B) AS query(Q). {
    A = build_create(builder, STATEMENT_CREATE_TABLE, K, (Temporary){ 0 }, I, N);
    build_table(builder, A, K, B, Q);
}

%type compiled {Statement *}
compiled(A) ::= insert(S).         { A = S; }
compiled(A) ::= statement_set(S).  { A = S; }
statement(A) ::= COMPILE(K) PLAN string(P) if_not_exists(I) FOR compiled(S). {
    A = build_plan(builder, STATEMENT_COMPILE_PLAN, K, S);
    A->plan.path = P.text;
    A->if_not_exists = I;
}
statement(A) ::= COMPILE(K) AND EXECUTE PLAN string(P) FOR compiled(S). {
    A = build_plan(builder, STATEMENT_COMPILE_AND_EXECUTE_PLAN, K, S);
    A->plan.path = P.text;
}
statement(A) ::= EXECUTE(K) PLAN string(P). {
    A = build_statement(builder, STATEMENT_EXECUTE_PLAN, K);
    A->plan.path = P.text;
}

statement(A) ::= ANALYZE(K) TABLE name(N) COMPUTE STATISTICS analyze_columns(C). {
    A = build_analyze(builder, K, N, false, (OptionList){ 0 }, C);
}
statement(A) ::= ANALYZE(K) TABLE name(N) PARTITION LP partition_keys_or_values(P) RP COMPUTE STATISTICS
                 analyze_columns(C). {
    A = build_analyze(builder, K, N, true, P, C);
}
%type analyze_columns {AnalyzeColumns}
analyze_columns(A) ::= .                             { A = (AnalyzeColumns){ 0 }; }
analyze_columns(A) ::= FOR COLUMNS ident_list(L).    { A = (AnalyzeColumns){ .columns = L }; }
analyze_columns(A) ::= FOR ALL COLUMNS.              { A = (AnalyzeColumns){ .all = true }; }

statement(A) ::= CALL(K) call(C).  { A = build_statement(builder, STATEMENT_CALL, K); A->call = C; }

/* ---- DESCRIBE --------------------------------------------------------------------------------------------------- */

%type describe {Token}
describe(A) ::= DESCRIBE(T).  { A = T; }
describe(A) ::= DESC(T).      { A = T; }
%type extended {bool}
extended(A) ::= . [LOWEST] { A = false; }
extended(A) ::= EXTENDED.  { A = true; }
statement(A) ::= describe(K) extended(E) name(N). {
    A = build_describe(builder, STATEMENT_DESCRIBE_TABLE, K, E, N);
}
statement(A) ::= DESCRIBE(K) TABLE name(N). {
    A = build_describe(builder, STATEMENT_DESCRIBE_TABLE, K, false, N);
}
statement(A) ::= describe(K) CATALOG extended(E) simple_name(N). {
    A = build_describe(builder, STATEMENT_DESCRIBE_CATALOG, K, E, N);
}
statement(A) ::= describe(K) DATABASE extended(E) name(N). {
    A = build_describe(builder, STATEMENT_DESCRIBE_DATABASE, K, E, N);
}
statement(A) ::= describe(K) FUNCTION extended(E) name(N). {
    A = build_describe(builder, STATEMENT_DESCRIBE_FUNCTION, K, E, N);
}
statement(A) ::= describe(K) MODEL extended(E) name(N). {
    A = build_describe(builder, STATEMENT_DESCRIBE_MODEL, K, E, N);
}
statement(A) ::= describe(K) CONNECTION extended(E) name(N). {
    A = build_describe(builder, STATEMENT_DESCRIBE_CONNECTION, K, E, N);
}
statement(A) ::= describe(K) JOB string(T). {
    A = build_statement(builder, STATEMENT_DESCRIBE_JOB, K);
    A->job.id = T.text;
}

/* ---- SHOW ------------------------------------------------------------------------------------------------------- */

%type show_from {ShowFrom}
show_from(A) ::= .                 { A = (ShowFrom){ 0 }; }
show_from(A) ::= FROM|IN name(N).  { A = (ShowFrom){ .name = N, .is_given = true }; }
%type show_like {ShowLike}
show_like(A) ::= .                      { A = (ShowLike){ .pattern = { NULL, 0 } }; }
show_like(A) ::= LIKE string(T).        { A = (ShowLike){ .pattern = T.text }; }
show_like(A) ::= NOT LIKE string(T).    { A = (ShowLike){ .pattern = T.text, .is_negated = true }; }
%type show_ilike {ShowLike}
show_ilike(A) ::= show_like(L).         { A = L; }
show_ilike(A) ::= ILIKE string(T).      { A = (ShowLike){ .pattern = T.text, .is_ilike = true }; }
show_ilike(A) ::= NOT ILIKE string(T).  { A = (ShowLike){ .pattern = T.text, .is_ilike = true, .is_negated = true }; }

statement(A) ::= SHOW(K) CATALOGS show_ilike(L). {
    A = build_show(builder, STATEMENT_SHOW_CATALOGS, K, (ShowFrom){ 0 }, L);
}
statement(A) ::= SHOW(K) CURRENT CATALOG. {
    A = build_statement(builder, STATEMENT_SHOW_CURRENT_CATALOG, K);
}
statement(A) ::= SHOW(K) CURRENT DATABASE. {
    A = build_statement(builder, STATEMENT_SHOW_CURRENT_DATABASE, K);
}
statement(A) ::= SHOW(K) DATABASES show_from(F) show_ilike(L). {
    A = build_show(builder, STATEMENT_SHOW_DATABASES, K, F, L);
}
statement(A) ::= SHOW(K) TABLES show_from(F) show_like(L). {
    A = build_show(builder, STATEMENT_SHOW_TABLES, K, F, L);
}
statement(A) ::= SHOW(K) VIEWS show_from(F) show_like(L). {
    A = build_show(builder, STATEMENT_SHOW_VIEWS, K, F, L);
}
statement(A) ::= SHOW(K) MATERIALIZED TABLES show_from(F) show_like(L). {
    A = build_show(builder, STATEMENT_SHOW_MATERIALIZED_TABLES, K, F, L);
}
statement(A) ::= SHOW(K) COLUMNS FROM|IN name(N) show_like(L). {
    A = build_show(builder, STATEMENT_SHOW_COLUMNS, K, (ShowFrom){ .name = N, .is_given = true }, L);
}
statement(A) ::= SHOW(K) PARTITIONS name(N) partition_opt(P). {
    A = build_named(builder, STATEMENT_SHOW_PARTITIONS, K, N);
    A->show.partition = P;
}
statement(A) ::= SHOW(K) FUNCTIONS show_from(F) show_ilike(L). {
    A = build_show(builder, STATEMENT_SHOW_FUNCTIONS, K, F, L);
}
statement(A) ::= SHOW(K) USER FUNCTIONS show_from(F) show_ilike(L). {
    A = build_show(builder, STATEMENT_SHOW_FUNCTIONS, K, F, L);
    A->show.is_user = true;
}
statement(A) ::= SHOW(K) PROCEDURES show_from(F) show_ilike(L). {
    A = build_show(builder, STATEMENT_SHOW_PROCEDURES, K, F, L);
}
statement(A) ::= SHOW(K) MODULES. {
    A = build_statement(builder, STATEMENT_SHOW_MODULES, K);
}
statement(A) ::= SHOW(K) FULL MODULES. {
    A = build_statement(builder, STATEMENT_SHOW_MODULES, K);
    A->show.is_full = true;
}
statement(A) ::= SHOW(K) JARS. {
    A = build_statement(builder, STATEMENT_SHOW_JARS, K);
}
statement(A) ::= SHOW(K) JOBS. {
    A = build_statement(builder, STATEMENT_SHOW_JOBS, K);
}
statement(A) ::= SHOW(K) MODELS show_from(F) show_like(L). {
    A = build_show(builder, STATEMENT_SHOW_MODELS, K, F, L);
}
statement(A) ::= SHOW(K) CONNECTIONS show_from(F) show_like(L). {
    A = build_show(builder, STATEMENT_SHOW_CONNECTIONS, K, F, L);
}
statement(A) ::= SHOW(K) CREATE TABLE name(N). {
    A = build_named(builder, STATEMENT_SHOW_CREATE_TABLE, K, N);
}
statement(A) ::= SHOW(K) CREATE VIEW name(N). {
    A = build_named(builder, STATEMENT_SHOW_CREATE_VIEW, K, N);
}
statement(A) ::= SHOW(K) CREATE CATALOG simple_name(N). {
    A = build_named(builder, STATEMENT_SHOW_CREATE_CATALOG, K, N);
}
statement(A) ::= SHOW(K) CREATE MODEL name(N). {
    A = build_named(builder, STATEMENT_SHOW_CREATE_MODEL, K, N);
}
statement(A) ::= SHOW(K) CREATE CONNECTION name(N). {
    A = build_named(builder, STATEMENT_SHOW_CREATE_CONNECTION, K, N);
}
statement(A) ::= SHOW(K) CREATE MATERIALIZED TABLE name(N). {
    A = build_named(builder, STATEMENT_SHOW_CREATE_MATERIALIZED_TABLE, K, N);
}
statement(A) ::= SHOW(K) CREATE OR ALTER MATERIALIZED TABLE name(N). {
    A = build_named(builder, STATEMENT_SHOW_CREATE_MATERIALIZED_TABLE, K, N);
    A->show.or_alter = true;
}

/* ---- session, jobs, client -------------------------------------------------------------------------------------- */

statement(A) ::= SET(K).                          { A = build_setting(builder, STATEMENT_SET, K, NULL, NULL); }
statement(A) ::= SET(K) string(N) EQ string(V).   { A = build_setting(builder, STATEMENT_SET, K, &N, &V); }
statement(A) ::= RESET(K).                        { A = build_setting(builder, STATEMENT_RESET, K, NULL, NULL); }
statement(A) ::= RESET(K) string(N).              { A = build_setting(builder, STATEMENT_RESET, K, &N, NULL); }

statement(A) ::= ADD(K) JAR string(T).     { A = build_statement(builder, STATEMENT_ADD_JAR, K); A->jar = T.text; }
statement(A) ::= REMOVE(K) JAR string(T).  { A = build_statement(builder, STATEMENT_REMOVE_JAR, K); A->jar = T.text; }

statement(A) ::= STOP(K) JOB string(T).                      { A = build_stop(builder, K, T, false, false); }
statement(A) ::= STOP(K) JOB string(T) WITH SAVEPOINT.       { A = build_stop(builder, K, T, true, false); }
statement(A) ::= STOP(K) JOB string(T) WITH SAVEPOINT WITH DRAIN. { A = build_stop(builder, K, T, true, true); }

statement(A) ::= HELP(K).   { A = build_statement(builder, STATEMENT_HELP, K); }
statement(A) ::= QUIT(K).   { A = build_statement(builder, STATEMENT_QUIT, K); }
statement(A) ::= EXIT(K).   { A = build_statement(builder, STATEMENT_QUIT, K); }
statement(A) ::= CLEAR(K).  { A = build_statement(builder, STATEMENT_CLEAR, K); }
