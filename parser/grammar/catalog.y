/* ---- parts shared by CREATE, ALTER, DROP ------------------------------------------------------------------------ */

%type create        {Creation}
%type temporary     {Temporary}
%type if_not_exists {bool}
%type if_exists     {bool}

create(A) ::= CREATE(T).             { A = (Creation){ .span = T.span }; }
create(A) ::= CREATE(T) OR REPLACE.  { A = (Creation){ .span = T.span, .is_replace = true }; }
create(A) ::= REPLACE(T).            { A = (Creation){ .span = T.span, .is_replace = true, .is_bare = true }; }
create(A) ::= CREATE(T) OR ALTER.    { A = (Creation){ .span = T.span, .or_alter = true }; }

temporary(A) ::= .                  { A = (Temporary){ 0 }; }
temporary(A) ::= TEMPORARY.         { A = (Temporary){ .is_temporary = true }; }
temporary(A) ::= TEMPORARY SYSTEM.  { A = (Temporary){ .is_temporary = true, .is_system = true }; }

if_not_exists(A) ::= .               { A = false; }
if_not_exists(A) ::= IF NOT EXISTS.  { A = true; }
if_exists(A) ::= .                   { A = false; }
if_exists(A) ::= IF EXISTS.          { A = true; }

/* ---- CREATE ----------------------------------------------------------------------------------------------------- */

statement(A) ::= create(K) temporary(T) VIEW if_not_exists(I) name(N) columns_opt(C) comment(M) AS query(Q). {
    A = build_create(builder, STATEMENT_CREATE_VIEW, K, T, I, N);
    build_view(A, C, M, Q);
}
statement(A) ::= create(K) CATALOG if_not_exists(I) simple_name(N) comment(C) with_options(O). {
    A = build_create(builder, STATEMENT_CREATE_CATALOG, K, (Temporary){ 0 }, I, N);
    build_object(A, C, O);
}
statement(A) ::= create(K) DATABASE if_not_exists(I) name(N) comment(C) with_options(O). {
    A = build_create(builder, STATEMENT_CREATE_DATABASE, K, (Temporary){ 0 }, I, N);
    build_object(A, C, O);
}
statement(A) ::= create(K) temporary(T) CONNECTION if_not_exists(I) name(N) comment(C) WITH options(O). {
    A = build_create(builder, STATEMENT_CREATE_CONNECTION, K, T, I, N);
    build_object(A, C, O);
}
statement(A) ::= create(K) temporary(T) FUNCTION if_not_exists(I) name(N) AS string(C) language(L)
                 resources(R) with_options(O). {
    A = build_create(builder, STATEMENT_CREATE_FUNCTION, K, T, I, N);
    A->function = (FunctionNode){ C.text, C.span, L, R, O.list };
}
statement(A) ::= create(K) temporary(T) MODEL if_not_exists(I) name(N) model_in(P) model_out(Q) comment(C)
                 with_options(O). {
    A = build_create(builder, STATEMENT_CREATE_MODEL, K, T, I, N);
    build_model(builder, A, P, Q, C, O, NULL);
}
statement(A) ::= create(K) temporary(T) MODEL if_not_exists(I) name(N) model_in(P) model_out(Q) comment(C)
                 with_options(O) AS query(S). {
    A = build_create(builder, STATEMENT_CREATE_MODEL, K, T, I, N);
    build_model(builder, A, P, Q, C, O, S);
}

%type language {Str}
language(A) ::= .                   { A = (Str){ NULL, 0 }; }
language(A) ::= LANGUAGE JAVA|SCALA|PYTHON|SQL|C(T). { A = T.text; }

%type resources {FunctionResourceList}
%type resource_list {FunctionResourceList}
resources(A) ::= .                        { A = (FunctionResourceList){ 0 }; }
resources(A) ::= USING resource_list(L).  { A = L; }
resource_list(A) ::= JAR|ARTIFACT(K) string(P). {
    A = (FunctionResourceList){ 0 };
    list_push(builder->arena, &A, (FunctionResource){ K.text, P.text });
}
resource_list(A) ::= resource_list(L) COMMA JAR|ARTIFACT(K) string(P). {
    A = L;
    list_push(builder->arena, &A, (FunctionResource){ K.text, P.text });
}

%type model_in {CreateTable *}
%type model_out {CreateTable *}
model_in(A) ::= .                             { A = NULL; }
model_in(A) ::= INPUT LP element_list(L) RP.  { A = L; }
model_out(A) ::= .                            { A = NULL; }
model_out(A) ::= OUTPUT LP element_list(L) RP. { A = L; }

/* ---- ALTER ------------------------------------------------------------------------------------------------------ */

statement(A) ::= ALTER(K) VIEW name(N) RENAME TO name(M). {
    A = build_alter_rename(build_alter(builder, STATEMENT_ALTER_VIEW, K, false, N), M);
}
statement(A) ::= ALTER(K) VIEW name(N) AS query(Q). {
    A = build_alter_query(build_alter(builder, STATEMENT_ALTER_VIEW, K, false, N), Q);
}
statement(A) ::= ALTER(K) DATABASE name(N) SET options(O). {
    A = build_alter_options(build_alter(builder, STATEMENT_ALTER_DATABASE, K, false, N), ALTER_SET, O.list);
}
statement(A) ::= ALTER(K) temporary(T) FUNCTION if_exists(E) name(N) AS string(C) language(L). {
    A = build_alter_function(build_alter(builder, STATEMENT_ALTER_FUNCTION, K, E, N), T, C, L);
}
statement(A) ::= alter_object(S) SET options(O).           { A = build_alter_options(S, ALTER_SET, O.list); }
statement(A) ::= alter_object(S) RESET LP RP. {
    A = build_alter_options(S, ALTER_RESET, (OptionList){ 0 });
}
statement(A) ::= alter_object(S) RESET LP key_list(L) RP.  { A = build_alter_options(S, ALTER_RESET, L); }
statement(A) ::= alter_object(S) RENAME TO name(N).        { A = build_alter_rename(S, N); }
statement(A) ::= alter_object(S) COMMENT string(T).        { A = build_alter_comment(S, T); }
%type alter_object {Statement *}
alter_object(A) ::= ALTER(K) CATALOG simple_name(N). {
    A = build_alter(builder, STATEMENT_ALTER_CATALOG, K, false, N);
}
alter_object(A) ::= ALTER(K) MODEL if_exists(E) name(N). {
    A = build_alter(builder, STATEMENT_ALTER_MODEL, K, E, N);
}
alter_object(A) ::= ALTER(K) CONNECTION if_exists(E) name(N). {
    A = build_alter(builder, STATEMENT_ALTER_CONNECTION, K, E, N);
}

/* ---- DROP ------------------------------------------------------------------------------------------------------- */

statement(A) ::= DROP(K) temporary(T) TABLE if_exists(E) name(N). {
    A = build_drop(builder, STATEMENT_DROP_TABLE, K, T, E, N);
}
statement(A) ::= DROP(K) temporary(T) VIEW if_exists(E) name(N). {
    A = build_drop(builder, STATEMENT_DROP_VIEW, K, T, E, N);
}
statement(A) ::= DROP(K) temporary(T) FUNCTION if_exists(E) name(N). {
    A = build_drop(builder, STATEMENT_DROP_FUNCTION, K, T, E, N);
}
statement(A) ::= DROP(K) temporary(T) MODEL if_exists(E) name(N). {
    A = build_drop(builder, STATEMENT_DROP_MODEL, K, T, E, N);
}
statement(A) ::= DROP(K) temporary(T) CONNECTION if_exists(E) name(N). {
    A = build_drop(builder, STATEMENT_DROP_CONNECTION, K, T, E, N);
}
statement(A) ::= DROP(K) CATALOG if_exists(E) name(N). {
    A = build_drop(builder, STATEMENT_DROP_CATALOG, K, (Temporary){ 0 }, E, N);
}
statement(A) ::= DROP(K) MATERIALIZED TABLE if_exists(E) name(N). {
    A = build_drop(builder, STATEMENT_DROP_MATERIALIZED_TABLE, K, (Temporary){ 0 }, E, N);
}
statement(A) ::= DROP(K) DATABASE if_exists(E) name(N) drop_mode(M). {
    A = build_drop(builder, STATEMENT_DROP_DATABASE, K, (Temporary){ 0 }, E, N);
    A->drop.is_cascade = M == 'c';
    A->drop.is_restrict = M == 'r';
}
%type drop_mode {char}
drop_mode(A) ::= .          { A = 0; }
drop_mode(A) ::= RESTRICT.  { A = 'r'; }
drop_mode(A) ::= CASCADE.   { A = 'c'; }

/* ---- USE, modules ----------------------------------------------------------------------------------------------- */

statement(A) ::= USE(K) CATALOG simple_name(N). { A = build_named(builder, STATEMENT_USE_CATALOG, K, N); }
statement(A) ::= USE(K) name(N).               { A = build_named(builder, STATEMENT_USE, K, N); }
statement(A) ::= USE(K) MODULES simple_names(L). {
    A = build_statement(builder, STATEMENT_USE_MODULES, K);
    A->modules = L;
}
statement(A) ::= LOAD(K) MODULE simple_name(N) with_options(O). {
    A = build_named(builder, STATEMENT_LOAD_MODULE, K, N);
    build_object(A, (Str){ NULL, 0 }, O);
}
statement(A) ::= UNLOAD(K) MODULE simple_name(N).     { A = build_named(builder, STATEMENT_UNLOAD_MODULE, K, N); }
