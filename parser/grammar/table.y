/* ---- options ---------------------------------------------------------------------------------------------------- */

%type option       {OptionNode}
%type option_list  {OptionList}
%type options      {Options}
%type with_options {Options}

option(A) ::= string(K) EQ string(V).                  { A = build_option(&K, V); }
option_list(A) ::= option(O).                          { A = build_options(builder, (OptionList){ 0 }, O); }
option_list(A) ::= option_list(L) COMMA option(O).     { A = build_options(builder, L, O); }
options(A) ::= LP(L) RP(R).                            { A = (Options){ .span = span_join(L.span, R.span) }; }
options(A) ::= LP(L) option_list(O) RP(R).             { A = (Options){ O, span_join(L.span, R.span) }; }
with_options(A) ::= .                                  { A = (Options){ .span = SPAN_NONE }; }
with_options(A) ::= WITH options(O).                   { A = O; }

%type key_list {OptionList}
key_list(A) ::= string(K).                    { A = build_options(builder, (OptionList){ 0 }, build_key(K)); }
key_list(A) ::= key_list(L) COMMA string(K).  { A = build_options(builder, L, build_key(K)); }

%type comment {Str}
comment(A) ::= .                    { A = (Str){ NULL, 0 }; }
comment(A) ::= COMMENT string(T).   { A = T.text; }

%type partition_values {OptionList}
%type partition_value  {OptionNode}
partition_values(A) ::= partition_value(O). {
    A = build_options(builder, (OptionList){ 0 }, O);
}
partition_values(A) ::= partition_values(L) COMMA partition_value(O).  { A = build_options(builder, L, O); }
partition_value(A) ::= ident(I) EQ expr(E).   { A = build_partition_value(builder, I, E); }

/* ANALYZE TABLE: a key may stand without a value. */
%type partition_keys_or_values {OptionList}
%type partition_key_or_value   {OptionNode}
partition_keys_or_values(A) ::= partition_key_or_value(O).  { A = build_options(builder, (OptionList){ 0 }, O); }
partition_keys_or_values(A) ::= partition_keys_or_values(L) COMMA partition_key_or_value(O). {
    A = build_options(builder, L, O);
}
partition_key_or_value(A) ::= partition_value(O).  { A = O; }
partition_key_or_value(A) ::= ident(I).            { A = build_partition_value(builder, I, NULL); }

%type partition_opt {OptionList}
partition_opt(A) ::= .                                       { A = (OptionList){ 0 }; }
partition_opt(A) ::= PARTITION LP partition_values(L) RP.    { A = L; }

/* ---- table elements: columns, watermarks, constraints ------------------------------------------------------------ */

%type element  {TableElement}
%type elements {CreateTable *}
%type element_list {CreateTable *}

elements(A) ::= .                              { A = build_create_table(builder); }
elements(A) ::= LP element_list(L) RP.         { A = L; }
element_list(A) ::= element(E).                { A = build_element(builder, build_create_table(builder), E); }
element_list(A) ::= element_list(L) COMMA element(E). { A = build_element(builder, L, E); }

element(A) ::= column(C).       { A = C; }
element(A) ::= WATERMARK(K) FOR name(N) AS expr(E). { A = build_watermark(builder, K, N, E); }
element(A) ::= constraint_name(N) PRIMARY(K) KEY LP ident_list(L) RP(R) enforced(E). {
    A = build_constraint(builder, AST_PRIMARY_KEY, N, K, L, R, E);
}
element(A) ::= constraint_name(N) UNIQUE(K) LP ident_list(L) RP(R) enforced(E). {
    A = build_constraint(builder, AST_UNIQUE, N, K, L, R, E);
}

%type column {TableElement}
column(A) ::= name(N).                                     { A = build_name_column(builder, N); }
column(A) ::= name(N) type_nullable(T) column_key(K) comment(C).    { A = build_physical(builder, N, T, K, C); }
column(A) ::= name(N) type_nullable(T) METADATA(M) metadata_key(K) virtual(V) comment(C). {
    A = build_metadata(builder, N, T, M, K, V, C);
}
column(A) ::= name(N) AS expr(E) comment(C).               { A = build_computed(builder, N, E, C); }

%type metadata_key {Token}
metadata_key(A) ::= .                 { A = (Token){ 0 }; }
metadata_key(A) ::= FROM string(T).   { A = T; }
%type virtual {Token}
virtual(A) ::= .           { A = (Token){ 0 }; }
virtual(A) ::= VIRTUAL(T). { A = T; }

%type column_key {ConstraintNode}
column_key(A) ::= .                                              { A = (ConstraintNode){ .span = SPAN_NONE }; }
column_key(A) ::= constraint_name(N) PRIMARY(K) KEY(R) enforced(E). {
    A = build_column_key(AST_PRIMARY_KEY, N, K, R, E);
}
column_key(A) ::= constraint_name(N) UNIQUE(K) enforced(E).         { A = build_column_key(AST_UNIQUE, N, K, K, E); }

%type constraint_name {Ident}
constraint_name(A) ::= .                      { A = (Ident){ 0 }; }
constraint_name(A) ::= CONSTRAINT ident(I).   { A = I; }

%type enforced {Enforced}
enforced(A) ::= .                 { A = (Enforced){ AST_ENFORCED_UNSAID, SPAN_NONE }; }
enforced(A) ::= ENFORCED(T).      { A = (Enforced){ AST_ENFORCED, T.span }; }
enforced(A) ::= NOT ENFORCED(T).  { A = (Enforced){ AST_NOT_ENFORCED, T.span }; }

/* ---- CREATE TABLE ----------------------------------------------------------------------------------------------- */

%type distribution {Distribution}
distribution(A) ::= .                     { A = (Distribution){ .buckets = -1 }; }
distribution(A) ::= distribution_given(D). { A = D; }
%type distribution_given {Distribution}
distribution_given(A) ::= DISTRIBUTED(K) BY ident_list_paren(L) buckets(B). {
    A = build_distribution(K, (Token){ 0 }, L, B);
}
distribution_given(A) ::= DISTRIBUTED(K) BY HASH|RANGE(T) ident_list_paren(L) buckets(B). {
    A = build_distribution(K, T, L, B);
}
distribution_given(A) ::= DISTRIBUTED(K) INTO INTEGER(N) BUCKETS. {
    A = build_distribution(K, (Token){ 0 }, (IdentList){ 0 }, build_int(builder, N));
}
/* ALTER TABLE .. ADD DISTRIBUTION BY ..: the same with another word. */
%type distribution_alter {Distribution}
distribution_alter(A) ::= DISTRIBUTION(K) BY ident_list_paren(L) buckets(B). {
    A = build_distribution(K, (Token){ 0 }, L, B);
}
distribution_alter(A) ::= DISTRIBUTION(K) BY HASH|RANGE(T) ident_list_paren(L) buckets(B). {
    A = build_distribution(K, T, L, B);
}
distribution_alter(A) ::= DISTRIBUTION(K) INTO INTEGER(N) BUCKETS. {
    A = build_distribution(K, (Token){ 0 }, (IdentList){ 0 }, build_int(builder, N));
}
%type ident_list_paren {IdentList}
ident_list_paren(A) ::= LP ident_list(L) RP.  { A = L; }
%type buckets {int32_t}
buckets(A) ::= .                         { A = -1; }
buckets(A) ::= INTO INTEGER(N) BUCKETS.  { A = build_int(builder, N); }

%type partitioned {IdentList}
partitioned(A) ::= .                                     { A = (IdentList){ 0 }; }
partitioned(A) ::= PARTITIONED BY ident_list_paren(L).   { A = L; }

%type table_body {CreateTable *}
table_body(A) ::= elements(E) comment(C) distribution(D) partitioned(P) with_options(O). {
    A = build_table_body(E, C, D, P, O);
}

statement(A) ::= create(K) temporary(T) TABLE if_not_exists(I) name(N) table_body(B). {
    A = build_create(builder, STATEMENT_CREATE_TABLE, K, T, I, N);
    build_table(builder, A, K, B, NULL);
}
statement(A) ::= create(K) temporary(T) TABLE if_not_exists(I) name(N) table_body(B) AS query(Q). {
    A = build_create(builder, STATEMENT_CREATE_TABLE, K, T, I, N);
    build_table(builder, A, K, B, Q);
}
statement(A) ::= create(K) temporary(T) TABLE if_not_exists(I) name(N) table_body(B) LIKE name(S) like_options(L). {
    A = build_create(builder, STATEMENT_CREATE_TABLE, K, T, I, N);
    build_table_like(builder, A, K, B, S, L);
}

%type like_options {LikeOptionList}
%type like_option_list {LikeOptionList}
%type like_option {LikeOption}
like_options(A) ::= .                           { A = (LikeOptionList){ 0 }; }
like_options(A) ::= LP like_option_list(L) RP.  { A = L; }
like_option_list(A) ::= like_option(O). {
    A = (LikeOptionList){ 0 };
    list_push(builder->arena, &A, O);
}
like_option_list(A) ::= like_option_list(L) like_option(O). { A = L; list_push(builder->arena, &A, O); }
like_option(A) ::= INCLUDING|EXCLUDING|OVERWRITING(M) like_feature(F). { A = build_like_option(M, F); }
%type like_feature {LikeOption}
like_feature(A) ::= ALL(T).           { A = (LikeOption){ .feature = AST_LIKE_ALL, .span = T.span }; }
like_feature(A) ::= CONSTRAINTS(T).   { A = (LikeOption){ .feature = AST_LIKE_CONSTRAINTS, .span = T.span }; }
like_feature(A) ::= DISTRIBUTION(T).  { A = (LikeOption){ .feature = AST_LIKE_DISTRIBUTION, .span = T.span }; }
like_feature(A) ::= GENERATED(T).     { A = (LikeOption){ .feature = AST_LIKE_GENERATED, .span = T.span }; }
like_feature(A) ::= METADATA(T).      { A = (LikeOption){ .feature = AST_LIKE_METADATA, .span = T.span }; }
like_feature(A) ::= OPTIONS(T).       { A = (LikeOption){ .feature = AST_LIKE_OPTIONS, .span = T.span }; }
like_feature(A) ::= PARTITIONS(T).    { A = (LikeOption){ .feature = AST_LIKE_PARTITIONS, .span = T.span }; }
like_feature(A) ::= WATERMARKS(T).    { A = (LikeOption){ .feature = AST_LIKE_WATERMARKS, .span = T.span }; }

/* ---- CREATE MATERIALIZED TABLE ---------------------------------------------------------------------------------- */

statement(A) ::= create(K) MATERIALIZED TABLE name(N) table_body(B) start_mode(S) freshness(F) refresh_mode(R)
                 AS query(Q). {
    A = build_create(builder, STATEMENT_CREATE_MATERIALIZED_TABLE, K, (Temporary){ 0 }, false, N);
    build_materialized(builder, A, K, B, F, R, S, Q);
}
freshness(A) ::= .                              { A = NULL; }
freshness(A) ::= FRESHNESS EQ interval(I).      { A = I; }
%type refresh_mode {Str}
refresh_mode(A) ::= .                                     { A = (Str){ NULL, 0 }; }
refresh_mode(A) ::= REFRESH_MODE EQ FULL|CONTINUOUS(T).   { A = T.text; }
%type start_mode {Str}
start_mode(A) ::= .                          { A = (Str){ NULL, 0 }; }
start_mode(A) ::= START_MODE EQ ident(I).    { A = build_start_mode(builder, I, NULL); }
start_mode(A) ::= START_MODE EQ ident(I) LP expr(E) RP. { A = build_start_mode(builder, I, E); }

/* ---- ALTER TABLE, ALTER MATERIALIZED TABLE ----------------------------------------------------------------------- */

%type alter_table {Statement *}
alter_table(A) ::= ALTER(K) TABLE if_exists(E) name(N). {
    A = build_alter(builder, STATEMENT_ALTER_TABLE, K, E, N);
}
alter_table(A) ::= ALTER(K) MATERIALIZED TABLE name(N).  {
    A = build_alter(builder, STATEMENT_ALTER_MATERIALIZED_TABLE, K, false, N);
}

statement(A) ::= alter_table(S) RENAME TO name(N). {
    A = build_alter_for(builder, build_alter_rename(S, N), STATEMENT_ALTER_TABLE);
}
statement(A) ::= alter_table(S) RENAME name(C) TO name(N). {
    A = build_alter_for(builder, build_alter_rename_column(S, C, N), STATEMENT_ALTER_TABLE);
}
statement(A) ::= alter_table(S) SET options(O).                  { A = build_alter_options(S, ALTER_SET, O.list); }
statement(A) ::= alter_table(S) RESET LP RP. {
    A = build_alter_options(S, ALTER_RESET, (OptionList){ 0 });
}
statement(A) ::= alter_table(S) RESET LP key_list(L) RP.         { A = build_alter_options(S, ALTER_RESET, L); }
statement(A) ::= alter_table(S) ADD alter_parts(P).              { A = build_alter_parts(builder, S, ALTER_ADD, P); }
statement(A) ::= alter_table(S) MODIFY alter_parts(P).           { A = build_alter_parts(builder, S, ALTER_MODIFY, P); }
statement(A) ::= alter_table(S) ADD if_not_exists(I) partition_specs(L). {
    A = build_alter_for(builder, build_alter_partitions(S, ALTER_ADD_PARTITIONS, I, L), STATEMENT_ALTER_TABLE);
}
statement(A) ::= alter_table(S) DROP if_exists(I) drop_partitions(L). {
    A = build_alter_for(builder, build_alter_partitions(S, ALTER_DROP_PARTITIONS, I, L), STATEMENT_ALTER_TABLE);
}
statement(A) ::= alter_table(S) DROP name(N). {
    A = build_alter_drop(builder, S, ALTER_DROP_COLUMNS, N);
}
statement(A) ::= alter_table(S) DROP LP name_list(L) RP.         { A = build_alter_drop_list(S, L); }
statement(A) ::= alter_table(S) DROP PRIMARY KEY. {
    A = build_alter_action(S, ALTER_DROP_PRIMARY_KEY);
}
statement(A) ::= alter_table(S) DROP CONSTRAINT ident(I). {
    A = build_alter_drop(builder, S, ALTER_DROP_CONSTRAINT, build_name(builder, I));
}
statement(A) ::= alter_table(S) DROP WATERMARK.                  { A = build_alter_action(S, ALTER_DROP_WATERMARK); }
statement(A) ::= alter_table(S) DROP DISTRIBUTION. {
    A = build_alter_action(S, ALTER_DROP_DISTRIBUTION);
}
statement(A) ::= alter_table(S) SUSPEND. {
    A = build_alter_for(builder, build_alter_action(S, ALTER_SUSPEND), STATEMENT_ALTER_MATERIALIZED_TABLE);
}
statement(A) ::= alter_table(S) RESUME with_options(O). {
    A = build_alter_for(builder, build_alter_options(S, ALTER_RESUME, O.list), STATEMENT_ALTER_MATERIALIZED_TABLE);
}
statement(A) ::= alter_table(S) REFRESH partition_opt(P). {
    A = build_alter_for(builder, build_alter_refresh(builder, S, P), STATEMENT_ALTER_MATERIALIZED_TABLE);
}
statement(A) ::= alter_table(S) SET FRESHNESS EQ interval(I). {
    A = build_alter_for(builder, build_alter_freshness(S, I), STATEMENT_ALTER_MATERIALIZED_TABLE);
}
statement(A) ::= alter_table(S) SET REFRESH_MODE EQ FULL|CONTINUOUS(T). {
    A = build_alter_for(builder, build_alter_refresh_mode(S, T), STATEMENT_ALTER_MATERIALIZED_TABLE);
}
statement(A) ::= alter_table(S) AS query(Q). {
    A = build_alter_for(builder, build_alter_query(S, Q), STATEMENT_ALTER_MATERIALIZED_TABLE);
}

%type alter_parts {CreateTable *}
%type alter_list {CreateTable *}
%type alter_element {TableElement}
alter_parts(A) ::= alter_element(E).           { A = build_element(builder, build_create_table(builder), E); }
alter_parts(A) ::= LP alter_list(L) RP.        { A = L; }
alter_parts(A) ::= distribution_alter(D).      { A = build_create_table(builder); A->distribution = D; }
alter_list(A) ::= alter_element(E).                   { A = build_element(builder, build_create_table(builder), E); }
alter_list(A) ::= alter_list(L) COMMA alter_element(E). { A = build_element(builder, L, E); }
alter_element(A) ::= element(E).                 { A = E; }
alter_element(A) ::= column(C) FIRST.            { A = build_position_of(C, AST_FIRST, NULL); }
alter_element(A) ::= column(C) AFTER name(N).    { A = build_position_of(C, AST_AFTER, &N); }

%type partition_specs {PartitionList}
%type drop_partitions {PartitionList}
partition_specs(A) ::= partition_spec(P). {
    A = (PartitionList){ 0 };
    list_push(builder->arena, &A, P);
}
partition_specs(A) ::= partition_specs(L) partition_spec(P). { A = L; list_push(builder->arena, &A, P); }
drop_partitions(A) ::= partition_key(P). {
    A = (PartitionList){ 0 };
    list_push(builder->arena, &A, P);
}
drop_partitions(A) ::= drop_partitions(L) COMMA partition_key(P). { A = L; list_push(builder->arena, &A, P); }
%type partition_spec {PartitionSpec}
%type partition_key {PartitionSpec}
partition_spec(A) ::= partition_key(P) with_options(O).       { A = P; A.options = O.list; }
partition_key(A) ::= PARTITION(K) LP partition_values(L) RP(R). {
    A = (PartitionSpec){ .values = L, .span = span_join(K.span, R.span) };
}
