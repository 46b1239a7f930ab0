/* ---- function calls --------------------------------------------------------------------------------------------- */

%type args {Arguments}

expr(A) ::= call(C). [LOWEST]  { A = C; }
expr(A) ::= NILADIC(T). [LOWEST] { A = build_niladic(builder, T); }

call(A) ::= name(N) LP args(L) RP(R).           { A = build_call(builder, N, L, R); }
call(A) ::= function_word(T) LP args(L) RP(R).  { A = build_word_call(builder, T, L, R); }

%type function_word {Token}
function_word(A) ::= FUNCTION_WORD(T).  { A = T; }
function_word(A) ::= NILADIC(T).        { A = T; }
function_word(A) ::= UNIT_WORD(T).      { A = T; }
function_word(A) ::= LEFT(T).           { A = T; }
function_word(A) ::= RIGHT(T).          { A = T; }
function_word(A) ::= TRUNCATE(T).       { A = T; }
function_word(A) ::= GROUPING(T).       { A = T; }

args(A) ::= .                             { A = (Arguments){ 0 }; }
args(A) ::= STAR.                         { A = (Arguments){ .is_star = true }; }
args(A) ::= arg_list(L) args_order(O).    { A = (Arguments){ .items = L, .order_by = O }; }
args(A) ::= DISTINCT arg_list(L) args_order(O). { A = (Arguments){ .items = L, .order_by = O, .is_distinct = true }; }
args(A) ::= ALL arg_list(L) args_order(O).      { A = (Arguments){ .items = L, .order_by = O }; }
args(A) ::= arg_list(L) null_treatment(T) args_order(O). { A = (Arguments){ .items = L, .order_by = O, .nulls = T }; }
args(A) ::= query_bare(Q). {
    A = (Arguments){ .items = build_list(builder, build_scalar_query(builder, Q)) };
}

%type null_treatment {int32_t}
null_treatment(A) ::= IGNORE NULLS.   { A = AST_IGNORE_NULLS; }
null_treatment(A) ::= RESPECT NULLS.  { A = AST_RESPECT_NULLS; }

%type args_order {OrderList}
args_order(A) ::= .                     { A = (OrderList){ 0 }; }
args_order(A) ::= ORDER BY order_list(L). { A = L; }

%type arg_list {NodeList}
arg_list(A) ::= arg(E).                    { A = build_list(builder, E); }
arg_list(A) ::= arg_list(L) COMMA arg(E).  { A = L; list_push(builder->arena, &A, E); }

arg(A) ::= expr(E).                        { A = E; }
arg(A) ::= table_arg(E).                   { A = E; }
arg(A) ::= name(N) DOT STAR(T).            { A = build_star(builder, &N, T); }
arg(A) ::= ident(I) ARROW expr(E).         { A = build_named_arg(builder, I, E); }
arg(A) ::= ident(I) ARROW table_arg(E).    { A = build_named_arg(builder, I, E); }

table_arg(A) ::= TABLE(K) name(N) partition_by(P) table_arg_order(O). { A = build_table_arg(builder, K, N, P, O); }
table_arg(A) ::= paren_query(Q) PARTITION BY partition_keys(P) table_arg_order(O). {
    A = build_query_arg(builder, Q, P, O);
}
table_arg(A) ::= MODEL(K) name(N).         { A = build_model_arg(builder, K, N); }

%type table_arg_order {OrderList}
table_arg_order(A) ::= . [LOWEST]              { A = (OrderList){ 0 }; }
table_arg_order(A) ::= ORDER BY order_item(I). { A = build_order_keys(builder, I); }

/* PARTITION BY a, b stops at the first comma of an argument list: several keys need parentheses there. */
%type partition_by   {NodeList}
%type partition_keys {NodeList}
partition_by(A) ::= . [LOWEST]                      { A = (NodeList){ 0 }; }
partition_by(A) ::= PARTITION BY partition_keys(L). { A = L; }
partition_keys(A) ::= expr(E).                      { A = build_partition_keys(builder, E); }

/* ---- what may follow a call ------------------------------------------------------------------------------------- */

call(A) ::= call(C) IGNORE NULLS(T).                         { A = build_call_nulls(C, AST_IGNORE_NULLS, T); }
call(A) ::= call(C) RESPECT NULLS(T).                        { A = build_call_nulls(C, AST_RESPECT_NULLS, T); }
call(A) ::= call(C) WITHIN GROUP LP ORDER BY order_list(L) RP(R). { A = build_call_within(builder, C, L, R); }
call(A) ::= call(C) FILTER LP WHERE expr(E) RP(R).           { A = build_call_filter(builder, C, E, R); }
call(A) ::= call(C) OVER window_spec(W).                     { A = build_call_over(builder, C, W); }
call(A) ::= call(C) OVER ident(I). {
    A = build_call_over(builder, C, build_window_name(builder, I));
}

%type window_spec {WindowSpec *}
window_spec(A) ::= LP(L) window_base(B) window_partition(P) args_order(O) frame(F) RP(R). {
    A = build_window(builder, L, B, P, O, F, R);
}
%type window_base {Ident}
window_base(A) ::= .          { A = (Ident){ 0 }; }
window_base(A) ::= ident(I).  { A = I; }
%type window_partition {NodeList}
window_partition(A) ::= .                            { A = (NodeList){ 0 }; }
window_partition(A) ::= PARTITION BY expr_list(L).   { A = L; }

%type frame {Frame}
%type frame_unit {int32_t}
%type bound {FrameBound}
frame(A) ::= .                                              { A = (Frame){ 0 }; }
frame(A) ::= frame_unit(U) bound(S).                        { A = (Frame){ .unit = U, .start = S }; }
frame(A) ::= frame_unit(U) BETWEEN bound(S) AND bound(E).   { A = (Frame){ .unit = U, .start = S, .end = E }; }
frame_unit(A) ::= ROWS.   { A = AST_FRAME_ROWS; }
frame_unit(A) ::= RANGE.  { A = AST_FRAME_RANGE; }
bound(A) ::= UNBOUNDED(T) PRECEDING(E). { A = build_bound(AST_BOUND_UNBOUNDED_PRECEDING, NULL, T, E); }
bound(A) ::= UNBOUNDED(T) FOLLOWING(E). { A = build_bound(AST_BOUND_UNBOUNDED_FOLLOWING, NULL, T, E); }
bound(A) ::= CURRENT(T) ROW(E).         { A = build_bound(AST_BOUND_CURRENT_ROW, NULL, T, E); }
bound(A) ::= expr(X) PRECEDING(E).      { A = build_bound(AST_BOUND_PRECEDING, X, E, E); }
bound(A) ::= expr(X) FOLLOWING(E).      { A = build_bound(AST_BOUND_FOLLOWING, X, E, E); }

/* ---- calls with a syntax of their own --------------------------------------------------------------------------- */

call(A) ::= EXTRACT(K) LP unit(U) FROM expr(E) RP(R). {
    A = build_special(builder, K, R, build_unit(builder, U), E, NULL, NULL);
}
call(A) ::= ROUND_TIME(K) LP expr(E) RP(R).             { A = build_plain(builder, K, R, E, NULL, NULL); }
call(A) ::= ROUND_TIME(K) LP expr(E) TO unit(U) RP(R). {
    A = build_special(builder, K, R, E, build_unit(builder, U), NULL, NULL);
}
call(A) ::= TIMESTAMP_STEP(K) LP unit(U) COMMA expr(E) COMMA expr(F) RP(R). {
    A = build_plain(builder, K, R, build_unit(builder, U), E, F);
}
call(A) ::= POSITION(K) LP expr(E) IN expr(F) RP(R). { A = build_position(builder, K, R, E, F, NULL); }
call(A) ::= POSITION(K) LP expr(E) IN expr(F) FROM expr(G) RP(R). { A = build_position(builder, K, R, E, F, G); }
call(A) ::= SUBSTRING(K) LP expr(E) FROM expr(F) RP(R). { A = build_plain(builder, K, R, E, F, NULL); }
call(A) ::= SUBSTRING(K) LP expr(E) FROM expr(F) FOR expr(G) RP(R). { A = build_plain(builder, K, R, E, F, G); }
call(A) ::= SUBSTRING(K) LP expr(E) COMMA expr(F) RP(R).            { A = build_plain(builder, K, R, E, F, NULL); }
call(A) ::= SUBSTRING(K) LP expr(E) COMMA expr(F) COMMA expr(G) RP(R). { A = build_plain(builder, K, R, E, F, G); }
call(A) ::= OVERLAY(K) LP expr(E) PLACING expr(F) FROM expr(G) RP(R). {
    A = build_special(builder, K, R, E, F, G, NULL);
}
call(A) ::= OVERLAY(K) LP expr(E) PLACING expr(F) FROM expr(G) FOR expr(H) RP(R). {
    A = build_special(builder, K, R, E, F, G, H);
}
call(A) ::= TRIM(K) LP expr(E) RP(R).                        { A = build_plain(builder, K, R, E, NULL, NULL); }
call(A) ::= TRIM(K) LP expr(C) FROM expr(E) RP(R).           { A = build_trim(builder, K, NULL, C, E, R); }
call(A) ::= TRIM(K) LP BOTH|LEADING|TRAILING(W) expr(C) FROM expr(E) RP(R). {
    A = build_trim(builder, K, &W, C, E, R);
}
call(A) ::= TRIM(K) LP BOTH|LEADING|TRAILING(W) FROM expr(E) RP(R). {
    A = build_trim(builder, K, &W, NULL, E, R);
}
call(A) ::= TRIM(K) LP BOTH|LEADING|TRAILING(W) expr(E) RP(R). {
    A = build_trim(builder, K, &W, NULL, E, R);
}

/* ---- JSON ------------------------------------------------------------------------------------------------------- */

%type json {JsonClauses *}

call(A) ::= JSON_VALUE|JSON_EXISTS|JSON_QUERY(K) LP json_expr(E) COMMA expr(P) json_clauses(C) RP(R). {
    A = build_json_path(builder, K, E, P, C, R);
}
json_expr(A) ::= expr(E).              { A = E; }
json_expr(A) ::= expr(E) FORMAT JSON.  { A = E; A->is_format_json = true; }

%type json_clauses {JsonClauses *}
json_clauses(A) ::= .                                   { A = NULL; }
json_clauses(A) ::= json_clauses(C) RETURNING type(T).  { A = build_json(builder, C); A->returning = T; }
json_clauses(A) ::= json_clauses(C) json_behavior(B) ON EMPTY. { A = build_json_empty(builder, C, B); }
json_clauses(A) ::= json_clauses(C) json_behavior(B) ON ERROR. { A = build_json_error(builder, C, B); }
json_clauses(A) ::= json_clauses(C) json_wrapper(W) WRAPPER.   { A = build_json(builder, C); A->wrapper = W; }

%type json_behavior {JsonAction}
json_behavior(A) ::= NULL.             { A = (JsonAction){ .behavior = JSON_NULL }; }
json_behavior(A) ::= ERROR.            { A = (JsonAction){ .behavior = JSON_ERROR }; }
json_behavior(A) ::= TRUE.             { A = (JsonAction){ .behavior = JSON_TRUE }; }
json_behavior(A) ::= FALSE.            { A = (JsonAction){ .behavior = JSON_FALSE }; }
json_behavior(A) ::= UNKNOWN.          { A = (JsonAction){ .behavior = JSON_UNKNOWN }; }
json_behavior(A) ::= EMPTY ARRAY.      { A = (JsonAction){ .behavior = JSON_EMPTY_ARRAY }; }
json_behavior(A) ::= EMPTY OBJECT.     { A = (JsonAction){ .behavior = JSON_EMPTY_OBJECT }; }
json_behavior(A) ::= DEFAULT expr(E).  { A = (JsonAction){ .behavior = JSON_DEFAULT, .value = E }; }

%type json_wrapper {int32_t}
json_wrapper(A) ::= WITHOUT array_word.                { A = JSON_WRAPPER_WITHOUT; }
json_wrapper(A) ::= WITH array_word.                   { A = JSON_WRAPPER_UNCONDITIONAL; }
json_wrapper(A) ::= WITH CONDITIONAL array_word.       { A = JSON_WRAPPER_CONDITIONAL; }
json_wrapper(A) ::= WITH UNCONDITIONAL array_word.     { A = JSON_WRAPPER_UNCONDITIONAL; }
array_word ::= .
array_word ::= ARRAY.

call(A) ::= JSON_OBJECT(K) LP RP(R). {
    A = build_json_call(builder, K, (NodeList){ 0 }, 0, R);
}
call(A) ::= JSON_OBJECT(K) LP json_pairs(L) json_nulls(N) RP(R).   { A = build_json_call(builder, K, L, N, R); }
call(A) ::= JSON_OBJECTAGG(K) LP json_pair(L) json_nulls(N) RP(R). { A = build_json_call(builder, K, L, N, R); }
call(A) ::= JSON_ARRAY(K) LP RP(R). {
    A = build_json_call(builder, K, (NodeList){ 0 }, 0, R);
}
call(A) ::= JSON_ARRAY(K) LP json_items(L) json_nulls(N) RP(R).    { A = build_json_call(builder, K, L, N, R); }
call(A) ::= JSON_ARRAYAGG(K) LP json_expr(E) args_order(O) json_nulls(N) RP(R). {
    A = build_json_array_agg(builder, K, E, O, N, R);
}

%type json_pairs {NodeList}
%type json_pair  {NodeList}
%type json_items {NodeList}
json_pairs(A) ::= json_pair(P).                      { A = P; }
json_pairs(A) ::= json_pairs(L) COMMA json_pair(P).  { A = build_list_join(builder, L, P); }
json_pair(A) ::= expr(N) VALUE json_expr(V).         { A = build_list(builder, N); list_push(builder->arena, &A, V); }
json_pair(A) ::= expr(N) COLON json_expr(V).         { A = build_list(builder, N); list_push(builder->arena, &A, V); }
json_pair(A) ::= KEY expr(N) VALUE json_expr(V).     { A = build_list(builder, N); list_push(builder->arena, &A, V); }
json_items(A) ::= json_expr(E).                      { A = build_list(builder, E); }
json_items(A) ::= json_items(L) COMMA json_expr(E).  { A = L; list_push(builder->arena, &A, E); }

%type json_nulls {int32_t}
json_nulls(A) ::= .               { A = JSON_NULLS_UNSAID; }
json_nulls(A) ::= NULL ON NULL.   { A = JSON_NULL_ON_NULL; }
json_nulls(A) ::= ABSENT ON NULL. { A = JSON_ABSENT_ON_NULL; }
