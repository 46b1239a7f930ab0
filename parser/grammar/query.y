/* ---- queries ---------------------------------------------------------------------------------------------------- */

%type query       {Query *}
%type query_bare  {Query *}
%type query_body  {Query *}
%type paren_query {Query *}
%type select      {Query *}

query(A) ::= query_body(B) query_tail(T).                 { A = build_query(builder, NULL, B, T); }
query(A) ::= WITH(K) recursive(R) with_list(W) query_body(B) query_tail(T). {
    A = build_query(builder, &(WithClause){ W, R, K.span }, B, T);
}
/* A query that stands as the argument of a function; one that begins with a parenthesis is an expression. */
query_bare(A) ::= select(S) query_tail(T).                { A = build_query(builder, NULL, S, T); }
query_bare(A) ::= VALUES(K) expr_list(L).                 { A = build_values(builder, K, L); }

query_body(A) ::= select(S).                              { A = S; }
query_body(A) ::= VALUES(K) expr_list(L). [LOWEST]        { A = build_values(builder, K, L); }
query_body(A) ::= TABLE(K) name(N).                       { A = build_table_query(builder, K, N); }
query_body(A) ::= paren_query(Q). [ORDER]                 { A = Q; }
query_body(A) ::= query_body(L) UNION|EXCEPT(T) set_quantifier(Q) query_body(R). [UNION] {
    A = build_set_query(builder, L, T, Q, R);
}
query_body(A) ::= query_body(L) INTERSECT(T) set_quantifier(Q) query_body(R). [INTERSECT] {
    A = build_set_query(builder, L, T, Q, R);
}
paren_query(A) ::= LP(L) query(Q) RP(R).                  { A = build_query_parentheses(Q, L, R); }

%type set_quantifier {bool}
set_quantifier(A) ::= .          { A = false; }
set_quantifier(A) ::= DISTINCT.  { A = false; }
set_quantifier(A) ::= ALL.       { A = true; }

%type recursive {bool}
recursive(A) ::= .           { A = false; }
recursive(A) ::= RECURSIVE.  { A = true; }

%type with_list {CommonTableList}
with_list(A) ::= common_table(C). {
    A = (CommonTableList){ 0 };
    list_push(builder->arena, &A, C);
}
with_list(A) ::= with_list(L) COMMA common_table(C).  { A = L; list_push(builder->arena, &A, C); }
%type common_table {CommonTable}
common_table(A) ::= ident(I) columns_opt(C) AS LP query(Q) RP. { A = (CommonTable){ I, C, Q }; }

%type columns_opt {IdentList}
columns_opt(A) ::= .                        { A = (IdentList){ 0 }; }
columns_opt(A) ::= LP ident_list(L) RP.     { A = L; }

/* ---- SELECT ----------------------------------------------------------------------------------------------------- */

select(A) ::= SELECT(K) hints(H) select_quantifier(D) select_list(L). {
    A = build_select(builder, K, H, D, L, (SelectBody){ 0 });
}
select(A) ::= SELECT(K) hints(H) select_quantifier(D) select_list(L) FROM from(F) select_body(B). {
    B.from = F;
    A = build_select(builder, K, H, D, L, B);
}
%type select_quantifier {bool}
select_quantifier(A) ::= .          { A = false; }
select_quantifier(A) ::= ALL.       { A = false; }
select_quantifier(A) ::= DISTINCT.  { A = true; }

%type select_list {SelectItemList}
%type select_item {SelectItem}
select_list(A) ::= select_item(I). {
    A = (SelectItemList){ 0 };
    list_push(builder->arena, &A, I);
}
select_list(A) ::= select_list(L) COMMA select_item(I). { A = L; list_push(builder->arena, &A, I); }
select_item(A) ::= expr(E).               { A = (SelectItem){ E, { .is_quoted = false } }; }
select_item(A) ::= expr(E) AS ident(I).   { A = (SelectItem){ E, I }; }
select_item(A) ::= expr(E) ident(I).      { A = (SelectItem){ E, I }; }
select_item(A) ::= STAR(T). {
    A = (SelectItem){ build_star(builder, NULL, T), { .is_quoted = false } };
}
select_item(A) ::= name(N) DOT STAR(T).   { A = (SelectItem){ build_star(builder, &N, T), { .is_quoted = false } }; }

%type select_body {SelectBody}
select_body(A) ::= where(W) group_by(G) having(H) windows(N) qualify(Q). {
    A = (SelectBody){ .where = W, .group = G, .having = H, .windows = N, .qualify = Q };
}
where(A) ::= .                  { A = NULL; }
where(A) ::= WHERE expr(E).     { A = E; }
having(A) ::= .                 { A = NULL; }
having(A) ::= HAVING expr(E).   { A = E; }
qualify(A) ::= .                { A = NULL; }
qualify(A) ::= QUALIFY expr(E). { A = E; }

%type windows {NamedWindowList}
%type window_list {NamedWindowList}
windows(A) ::= .                        { A = (NamedWindowList){ 0 }; }
windows(A) ::= WINDOW window_list(L).   { A = L; }
window_list(A) ::= ident(I) AS window_spec(W). {
    A = (NamedWindowList){ 0 };
    list_push(builder->arena, &A, (NamedWindow){ I, W });
}
window_list(A) ::= window_list(L) COMMA ident(I) AS window_spec(W). {
    A = L;
    list_push(builder->arena, &A, (NamedWindow){ I, W });
}

%type group_by {GroupClause}
group_by(A) ::= .                             { A = (GroupClause){ 0 }; }
group_by(A) ::= GROUP BY group_list(L).       { A = (GroupClause){ .items = L, .is_given = true }; }
group_by(A) ::= GROUP BY ALL group_list(L).   { A = (GroupClause){ .items = L, .is_given = true }; }
group_by(A) ::= GROUP BY DISTINCT group_list(L). {
    A = (GroupClause){ .items = L, .is_given = true, .is_distinct = true };
}
%type group_list {NodeList}
group_list(A) ::= group_item(I).                     { A = build_list(builder, I); }
group_list(A) ::= group_list(L) COMMA group_item(I). { A = L; list_push(builder->arena, &A, I); }
group_item(A) ::= expr(E).                                  { A = E; }
group_item(A) ::= LP(L) RP(R). {
    A = build_grouping(builder, AST_GROUPING_EMPTY, L, (NodeList){ 0 }, R);
}
group_item(A) ::= GROUPING(K) SETS LP group_list(L) RP(R). {
    A = build_grouping(builder, AST_GROUPING_SETS, K, L, R);
}
group_item(A) ::= ROLLUP(K) LP group_list(L) RP(R).         { A = build_grouping(builder, AST_ROLLUP, K, L, R); }
group_item(A) ::= CUBE(K) LP group_list(L) RP(R).           { A = build_grouping(builder, AST_CUBE, K, L, R); }

/* ---- ORDER BY, LIMIT, OFFSET, FETCH ------------------------------------------------------------------------------ */

%type query_tail {QueryTail}
query_tail(A) ::= args_order(O) limits(L).  { A = L; A.order_by = O; }

%type limits {QueryTail}
limits(A) ::= .                                       { A = (QueryTail){ 0 }; }
limits(A) ::= LIMIT limit(L).                         { A = (QueryTail){ .limit = L }; }
limits(A) ::= LIMIT limit(L) OFFSET count(O) row_word. { A = (QueryTail){ .limit = L, .offset = O }; }
limits(A) ::= OFFSET count(O) row_word.                { A = (QueryTail){ .offset = O }; }
limits(A) ::= OFFSET count(O) row_word fetch(L).       { A = (QueryTail){ .limit = L, .offset = O }; }
limits(A) ::= fetch(L).                               { A = (QueryTail){ .limit = L }; }
limit(A) ::= count(E).  { A = E; }
limit(A) ::= ALL.       { A = NULL; }
count(A) ::= INTEGER(T). { A = build_literal(builder, LITERAL_INTEGER, T); }
fetch(A) ::= FETCH first_word count(E) ROW|ROWS ONLY.  { A = E; }
first_word ::= FIRST.
first_word ::= NEXT.
row_word ::= .
row_word ::= ROW|ROWS.

%type order_list {OrderList}
%type order_item {OrderItem}
%type order_direction {bool}
%type order_nulls {int32_t}
order_list(A) ::= order_item(I).                      { A = build_order_list(builder, I); }
order_list(A) ::= order_list(L) COMMA order_item(I).  { A = L; list_push(builder->arena, &A, I); }
order_item(A) ::= expr(E) order_direction(D) order_nulls(N). { A = build_order_item(E, D, N); }
order_direction(A) ::= .      { A = false; }
order_direction(A) ::= ASC.   { A = false; }
order_direction(A) ::= DESC.  { A = true; }
order_nulls(A) ::= .             { A = AST_NULLS_UNSAID; }
order_nulls(A) ::= NULLS FIRST.  { A = AST_NULLS_FIRST; }
order_nulls(A) ::= NULLS LAST.   { A = AST_NULLS_LAST; }

/* ---- FROM ------------------------------------------------------------------------------------------------------- */

%type from        {TableRef *}
%type joined      {TableRef *}
%type table_ref   {TableRef *}
%type table_named {TableRef *}
%type table_plain {TableRef *}

from(A) ::= joined(T). [LOWEST]         { A = T; }
from(A) ::= from(L) COMMA(K) joined(R). {
    A = build_join(builder, L, (JoinWord){ AST_JOIN_COMMA, false, K.span }, R, (JoinOn){ 0 });
}

joined(A) ::= table_ref(T).                                { A = T; }
joined(A) ::= joined_parts(T).                             { A = T; }

%type join_word {JoinWord}
%type join_type {AstJoin}
join_word(A) ::= join_type(T) JOIN(K).          { A = (JoinWord){ T, false, K.span }; }
join_type(A) ::= .             { A = AST_JOIN_INNER; }
join_type(A) ::= INNER.        { A = AST_JOIN_INNER; }
join_type(A) ::= LEFT outer.   { A = AST_JOIN_LEFT; }
join_type(A) ::= RIGHT outer.  { A = AST_JOIN_RIGHT; }
join_type(A) ::= FULL outer.   { A = AST_JOIN_FULL; }
outer ::= .
outer ::= OUTER.

%type join_on {JoinOn}
join_on(A) ::= ON expr(E).                  { A = (JoinOn){ .on = E }; }
join_on(A) ::= USING LP ident_list(L) RP.   { A = (JoinOn){ .columns = L }; }

table_ref(A) ::= table_named(T) sample(S).   { A = T; A->sample = S; }
table_named(A) ::= table_plain(T).                              { A = T; }
table_named(A) ::= table_plain(T) ident(I) columns_opt(C).      { A = build_alias(builder, T, I, C); }
table_named(A) ::= table_plain(T) AS ident(I) columns_opt(C).   { A = build_alias(builder, T, I, C); }

table_plain(A) ::= name(N) hints(H) system_time(S). [LOWEST]  { A = build_table_name(builder, N, H, S); }
table_plain(A) ::= paren_query(Q). [LOWEST]             { A = build_table_subquery(builder, Q, NULL); }
table_plain(A) ::= LATERAL(K) paren_query(Q).           { A = build_table_subquery(builder, Q, &K); }
table_plain(A) ::= paren_join(T).                       { A = T; }
table_plain(A) ::= call(C).                             { A = build_table_function(builder, NULL, C, NULL); }
table_plain(A) ::= TABLE(K) LP call(C) RP(R).           { A = build_table_function(builder, &K, C, &R); }
table_plain(A) ::= LATERAL(K) TABLE LP call(C) RP(R). {
    A = build_table_function(builder, &K, C, &R);
    A->is_lateral = true;
}
table_plain(A) ::= unnest(T).                           { A = T; }
table_plain(A) ::= LATERAL unnest(T).                   { A = T; A->is_lateral = true; }
table_plain(A) ::= table_plain(T) MATCH_RECOGNIZE LP match(M) RP(R). { A = build_match(builder, T, M, R); }

%type joined_parts {TableRef *}
%type paren_join   {TableRef *}
paren_join(A) ::= LP(L) joined_parts(T) RP(R).  { T->span = span_join(L.span, R.span); A = T; }
paren_join(A) ::= LP(L) paren_join(T) RP(R).    { T->span = span_join(L.span, R.span); A = T; }
joined_parts(A) ::= joined(L) join_word(W) table_ref(R) join_on(O). { A = build_join(builder, L, W, R, O); }
joined_parts(A) ::= joined(L) NATURAL join_type(T) JOIN(K) table_ref(R). {
    A = build_join(builder, L, (JoinWord){ T, true, K.span }, R, (JoinOn){ 0 });
}
joined_parts(A) ::= joined(L) CROSS JOIN(K) table_ref(R). {
    A = build_join(builder, L, (JoinWord){ AST_JOIN_CROSS, false, K.span }, R, (JoinOn){ 0 });
}

%type unnest {TableRef *}
unnest(A) ::= UNNEST(K) LP expr_list(L) RP(R).                     { A = build_unnest(builder, K, L, false, R); }
unnest(A) ::= UNNEST(K) LP expr_list(L) RP WITH ORDINALITY(R).     { A = build_unnest(builder, K, L, true, R); }

system_time(A) ::= . [LOWEST]                        { A = NULL; }
system_time(A) ::= FOR SYSTEM_TIME AS OF expr(E).    { A = E; }

sample(A) ::= .                                                    { A = NULL; }
sample(A) ::= TABLESAMPLE ident(M) LP expr(E) RP(R) repeatable(S). {
    A = build_sample(builder, build_name(builder, M), E, S, R);
}
sample(A) ::= TABLESAMPLE SYSTEM(T) LP expr(E) RP(R) repeatable(S). {
    A = build_sample(builder, build_name(builder, build_ident(builder, T)), E, S, R);
}
repeatable(A) ::= .                        { A = NULL; }
repeatable(A) ::= REPEATABLE LP expr(E) RP. { A = E; }

/* ---- hints ------------------------------------------------------------------------------------------------------ */

%type hints {HintList}
%type hint_list {HintList}
%type hint {Hint}
hints(A) ::= . [LOWEST]                          { A = (HintList){ 0 }; }
hints(A) ::= HINT_BEGIN hint_list(L) HINT_END.   { A = L; }
hint_list(A) ::= hint(H).                        { A = (HintList){ 0 }; list_push(builder->arena, &A, H); }
hint_list(A) ::= hint_list(L) COMMA hint(H).     { A = L; list_push(builder->arena, &A, H); }
hint(A) ::= ident(I).                            { A = (Hint){ .name = I, .span = I.span }; }
hint(A) ::= ident(I) LP RP(R).                   { A = (Hint){ .name = I, .span = span_join(I.span, R.span) }; }
hint(A) ::= ident(I) LP hint_args(L) RP(R). {
    A = (Hint){ .name = I, .options = L, .span = span_join(I.span, R.span) };
}

%type hint_args {OptionList}
%type hint_arg {OptionNode}
hint_args(A) ::= hint_arg(O).                    { A = build_options(builder, (OptionList){ 0 }, O); }
hint_args(A) ::= hint_args(L) COMMA hint_arg(O). { A = build_options(builder, L, O); }
hint_arg(A) ::= option(O).                       { A = O; }
hint_arg(A) ::= string(T).                       { A = build_option(NULL, T); }
hint_arg(A) ::= ident(K) EQ string(T).           { A = build_option(&(Token){ .text = K.text, .span = K.span }, T); }
hint_arg(A) ::= name(N).                         { A = build_option(NULL, build_name_token(builder, N)); }
hint_arg(A) ::= INTEGER(T).                      { A = build_option(NULL, T); }

/* ---- MATCH_RECOGNIZE -------------------------------------------------------------------------------------------- */

%type match {MatchRecognize *}
match(A) ::= window_partition(P) args_order(O) match_measures(M) match_rows(R) match_skip(S)
             PATTERN LP pattern(X) RP match_within(W) match_subsets(U) DEFINE defines(D). {
    A = build_match_clauses(builder, P, O, M, R, S, X, W, U, D);
}
%type match_measures {MatchItemList}
%type measures {MatchItemList}
match_measures(A) ::= .                       { A = (MatchItemList){ 0 }; }
match_measures(A) ::= MEASURES measures(L).   { A = L; }
measures(A) ::= measure(M).                   { A = (MatchItemList){ 0 }; list_push(builder->arena, &A, M); }
measures(A) ::= measures(L) COMMA measure(M). { A = L; list_push(builder->arena, &A, M); }
%type measure {MatchItem}
measure(A) ::= expr(E) AS ident(I).           { A = (MatchItem){ E, I, AST_MEASURE_UNSAID }; }
measure(A) ::= FINAL expr(E) AS ident(I).     { A = (MatchItem){ E, I, AST_MEASURE_FINAL }; }
measure(A) ::= RUNNING expr(E) AS ident(I).   { A = (MatchItem){ E, I, AST_MEASURE_RUNNING }; }

%type match_rows {int32_t}
match_rows(A) ::= .                      { A = AST_ROWS_UNSAID; }
match_rows(A) ::= ONE ROW PER MATCH.     { A = AST_ONE_ROW; }
match_rows(A) ::= ALL ROWS PER MATCH.    { A = AST_ALL_ROWS; }

%type match_skip {MatchSkip}
match_skip(A) ::= .                                      { A = (MatchSkip){ 0 }; }
match_skip(A) ::= AFTER MATCH SKIP TO NEXT ROW.          { A = (MatchSkip){ .kind = AST_SKIP_NEXT_ROW }; }
match_skip(A) ::= AFTER MATCH SKIP PAST LAST ROW.        { A = (MatchSkip){ .kind = AST_SKIP_PAST_LAST }; }
match_skip(A) ::= AFTER MATCH SKIP TO FIRST ident(I).    { A = (MatchSkip){ AST_SKIP_FIRST, I }; }
match_skip(A) ::= AFTER MATCH SKIP TO LAST ident(I).     { A = (MatchSkip){ AST_SKIP_LAST, I }; }
match_skip(A) ::= AFTER MATCH SKIP TO ident(I).          { A = (MatchSkip){ AST_SKIP_TO, I }; }

match_within(A) ::= .                    { A = NULL; }
match_within(A) ::= WITHIN interval(I).  { A = I; }

%type match_subsets {MatchSubsetList}
%type subsets {MatchSubsetList}
match_subsets(A) ::= .                       { A = (MatchSubsetList){ 0 }; }
match_subsets(A) ::= SUBSET subsets(L).      { A = L; }
subsets(A) ::= ident(I) EQ LP ident_list(L) RP. {
    A = (MatchSubsetList){ 0 };
    list_push(builder->arena, &A, (MatchSubset){ I, L });
}
subsets(A) ::= subsets(S) COMMA ident(I) EQ LP ident_list(L) RP. {
    A = S;
    list_push(builder->arena, &A, (MatchSubset){ I, L });
}
%type defines {MatchItemList}
defines(A) ::= ident(I) AS expr(E). {
    A = (MatchItemList){ 0 };
    list_push(builder->arena, &A, (MatchItem){ E, I, AST_MEASURE_UNSAID });
}
defines(A) ::= defines(L) COMMA ident(I) AS expr(E). {
    A = L;
    list_push(builder->arena, &A, (MatchItem){ E, I, AST_MEASURE_UNSAID });
}

%type pattern       {MatchPattern *}
%type pattern_terms {MatchPattern *}
%type pattern_term  {MatchPattern *}
%type pattern_atom  {MatchPattern *}
pattern(A) ::= pattern_terms(T).                  { A = T; }
pattern(A) ::= pattern(L) PIPE pattern_terms(R).  { A = build_pattern_more(builder, AST_PATTERN_CHOICE, L, R); }
pattern_terms(A) ::= pattern_term(T).                   { A = T; }
pattern_terms(A) ::= pattern_terms(L) pattern_term(R). {
    A = build_pattern_more(builder, AST_PATTERN_SEQUENCE, L, R);
}
pattern_term(A) ::= pattern_atom(T).                { A = T; }
pattern_term(A) ::= pattern_atom(T) STAR reluctant(R).  { A = build_pattern_times(T, 0, -1, R); }
pattern_term(A) ::= pattern_atom(T) PLUS reluctant(R).  { A = build_pattern_times(T, 1, -1, R); }
pattern_term(A) ::= pattern_atom(T) HOOK reluctant(R).  { A = build_pattern_times(T, 0, 1, R); }
pattern_term(A) ::= pattern_atom(T) LBRACE INTEGER(N) RBRACE reluctant(R). {
    A = build_pattern_times(T, build_int(builder, N), build_int(builder, N), R);
}
pattern_term(A) ::= pattern_atom(T) LBRACE INTEGER(N) COMMA RBRACE reluctant(R). {
    A = build_pattern_times(T, build_int(builder, N), -1, R);
}
pattern_term(A) ::= pattern_atom(T) LBRACE COMMA INTEGER(M) RBRACE reluctant(R). {
    A = build_pattern_times(T, 0, build_int(builder, M), R);
}
pattern_term(A) ::= pattern_atom(T) LBRACE INTEGER(N) COMMA INTEGER(M) RBRACE reluctant(R). {
    A = build_pattern_times(T, build_int(builder, N), build_int(builder, M), R);
}
pattern_atom(A) ::= ident(I).                                { A = build_pattern_name(builder, I); }
pattern_atom(A) ::= CARET(T). {
    A = build_pattern_anchor(builder, AST_PATTERN_START, T);
}
pattern_atom(A) ::= DOLLAR(T). {
    A = build_pattern_anchor(builder, AST_PATTERN_END, T);
}
pattern_atom(A) ::= LP(L) pattern(P) RP(R).                  { A = build_pattern_group(builder, P, L, R); }
pattern_atom(A) ::= LBRACE_MINUS(L) pattern(P) MINUS_RBRACE(R). {
    A = build_pattern_wrap(builder, AST_PATTERN_EXCLUDE, P, span_join(L.span, R.span));
}
pattern_atom(A) ::= PERMUTE(L) LP pattern_list(P) RP(R).     { A = P; A->span = span_join(L.span, R.span); }
%type pattern_list {MatchPattern *}
pattern_list(A) ::= pattern(P). {
    A = build_pattern_wrap(builder, AST_PATTERN_PERMUTE, P, P->span);
}
pattern_list(A) ::= pattern_list(L) COMMA pattern(P).  { A = build_pattern_more(builder, AST_PATTERN_PERMUTE, L, P); }
%type reluctant {bool}
reluctant(A) ::= .      { A = false; }
reluctant(A) ::= HOOK.  { A = true; }
