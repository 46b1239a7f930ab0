/* ---- names ------------------------------------------------------------------------------------------------------ */

%type ident      {Ident}
%type ident_list {IdentList}
%type name       {Name}
%type name_list  {NameList}

ident(A) ::= ID(T).            { A = build_ident(builder, T); }
ident(A) ::= QUOTED_NAME(T).   { A = build_ident(builder, T); }
/* Names that also begin a construct of their own. */
ident(A) ::= MAP(T). [LOWEST]           { A = build_ident(builder, T); }
ident(A) ::= MODEL(T). [LOWEST]         { A = build_ident(builder, T); }
ident(A) ::= TIMESTAMP_STEP(T). [LOWEST] { A = build_ident(builder, T); }

ident_list(A) ::= ident(I).                     { A = (IdentList){ 0 }; list_push(builder->arena, &A, I); }
ident_list(A) ::= ident_list(L) COMMA ident(I). { A = L; list_push(builder->arena, &A, I); }

name(A) ::= ident(I).              { A = build_name(builder, I); }
name(A) ::= name(N) DOT ident(I).  { A = build_name_more(builder, N, I); }

/* Where a path makes no sense: catalogs, modules. */
%type simple_name  {Name}
%type simple_names {NameList}
simple_name(A) ::= ident(I).                        { A = build_name(builder, I); }
simple_names(A) ::= simple_name(N).                 { A = (NameList){ 0 }; list_push(builder->arena, &A, N); }
simple_names(A) ::= simple_names(L) COMMA simple_name(N). { A = L; list_push(builder->arena, &A, N); }

name_list(A) ::= name(N).                    { A = (NameList){ 0 }; list_push(builder->arena, &A, N); }
name_list(A) ::= name_list(L) COMMA name(N). { A = L; list_push(builder->arena, &A, N); }

/* ---- literals --------------------------------------------------------------------------------------------------- */

%type string {Token}

/* Decoded: text is the value. */
string(A) ::= string_part(T).            { A = T; }
string(A) ::= string(L) string_part(T).  { A = build_string_join(builder, L, T); }

%type string_part {Token}
string_part(A) ::= STRING(T).            { A = build_string(builder, T); }
string_part(A) ::= ESCAPE_STRING(T).     { A = build_string(builder, T); }
string_part(A) ::= PREFIXED_STRING(T).   { A = build_string(builder, T); }
string_part(A) ::= UNICODE_STRING(T). [LOWEST] { A = build_unicode_string(builder, T, NULL); }
string_part(A) ::= UNICODE_STRING(T) UESCAPE STRING(E). { A = build_unicode_string(builder, T, &E); }

expr(A) ::= string(T). [LOWEST]      { A = build_literal(builder, LITERAL_STRING, T); }
expr(A) ::= INTEGER(T).              { A = build_literal(builder, LITERAL_INTEGER, T); }
expr(A) ::= DECIMAL_NUMBER(T).       { A = build_literal(builder, LITERAL_DECIMAL, T); }
expr(A) ::= APPROXIMATE_NUMBER(T).   { A = build_literal(builder, LITERAL_APPROXIMATE, T); }
expr(A) ::= BINARY_STRING(T).        { A = build_binary(builder, T); }
expr(A) ::= TRUE(T).                 { A = build_boolean(builder, true, T); }
expr(A) ::= FALSE(T).                { A = build_boolean(builder, false, T); }
expr(A) ::= UNKNOWN(T).              { A = build_null(builder, true, T); }
expr(A) ::= NULL(T).                 { A = build_null(builder, false, T); }
expr(A) ::= DATE(K) string(T).       { A = build_typed_literal(builder, LITERAL_DATE, K, T); }
expr(A) ::= TIME(K) string(T).       { A = build_typed_literal(builder, LITERAL_TIME, K, T); }
expr(A) ::= TIMESTAMP(K) string(T).  { A = build_typed_literal(builder, LITERAL_TIMESTAMP, K, T); }
expr(A) ::= TIMESTAMP(K) WITH LOCAL TIME ZONE string(T). {
    A = build_typed_literal(builder, LITERAL_TIMESTAMP_LTZ, K, T);
}

/* ---- time units and intervals ----------------------------------------------------------------------------------- */

%type unit               {Token}
%type interval_qualifier {IntervalQualifier}
%type precision          {int32_t}
%type interval_sign      {bool}

unit(A) ::= UNIT_WORD(T). { A = T; }
unit(A) ::= UNIT_NAME(T). { A = T; }

interval_qualifier(A) ::= unit(U) precision(P). [LOWEST] { A = build_qualifier(builder, U, P, NULL, -1); }
interval_qualifier(A) ::= unit(U) precision(P) TO unit(V) precision(F). { A = build_qualifier(builder, U, P, &V, F); }
interval_qualifier(A) ::= unit(U) LP INTEGER(P) COMMA INTEGER(F) RP. {
    A = build_qualifier(builder, U, build_int(builder, P), NULL, build_int(builder, F));
}

precision(A) ::= . [LOWEST]          { A = -1; }
precision(A) ::= LP INTEGER(T) RP.   { A = build_int(builder, T); }

interval_sign(A) ::= .       { A = false; }
interval_sign(A) ::= PLUS.   { A = false; }
interval_sign(A) ::= MINUS.  { A = true; }

expr(A) ::= interval(I). { A = I; }
interval(A) ::= INTERVAL(K) interval_sign(S) string(T) interval_qualifier(Q). {
    A = build_interval(builder, K, S, build_literal(builder, LITERAL_STRING, T), Q);
}
interval(A) ::= INTERVAL(K) interval_sign(S) INTEGER(T) interval_qualifier(Q). {
    A = build_interval(builder, K, S, build_literal(builder, LITERAL_INTEGER, T), Q);
}
interval(A) ::= INTERVAL(K) interval_sign(S) DECIMAL_NUMBER(T) interval_qualifier(Q). {
    A = build_interval(builder, K, S, build_literal(builder, LITERAL_DECIMAL, T), Q);
}
interval(A) ::= INTERVAL(K) interval_sign(S) name(N) interval_qualifier(Q). {
    A = build_interval(builder, K, S, build_column(builder, N), Q);
}
interval(A) ::= INTERVAL(K) interval_sign(S) LP expr(E) RP interval_qualifier(Q). {
    A = build_interval(builder, K, S, E, Q);
}

/* ---- operators -------------------------------------------------------------------------------------------------- */

expr(A) ::= name(N). [LOWEST]             { A = build_column(builder, N); }
expr(A) ::= LP(L) expr(E) RP(R).          { A = build_parentheses(E, L, R); }
expr(A) ::= LP(L) expr_list2(I) RP(R).    { A = build_row(builder, L, I, R); }
expr(A) ::= paren_query(Q). [COMMA]       { A = build_scalar_query(builder, Q); }
expr(A) ::= DEFAULT(T).                   { A = build_default(builder, T); }

expr(A) ::= expr(L) OR expr(R).           { A = build_chain(builder, OPERATOR_OR, L, R); }
expr(A) ::= expr(L) AND expr(R).          { A = build_chain(builder, OPERATOR_AND, L, R); }
expr(A) ::= expr(L) CONCAT expr(R).       { A = build_chain(builder, OPERATOR_CONCAT, L, R); }
expr(A) ::= NOT(T) expr(E).               { A = build_prefix(builder, OPERATOR_NOT, T, E); }
expr(A) ::= MINUS(T) expr(E). [UNARY]     { A = build_prefix(builder, OPERATOR_NEGATE, T, E); }
expr(A) ::= PLUS(T) expr(E). [UNARY]      { A = build_prefix(builder, OPERATOR_PLUS, T, E); }
expr(A) ::= expr(L) OVERLAPS(T) expr(R).                    { A = build_binary_operator(builder, T, L, R); }
expr(A) ::= expr(L) EQ|NE|LT|LE|GT|GE(T) expr(R).           { A = build_binary_operator(builder, T, L, R); }
expr(A) ::= expr(L) PLUS|MINUS(T) expr(R).                  { A = build_binary_operator(builder, T, L, R); }
expr(A) ::= expr(L) STAR|SLASH|PERCENT_SIGN(T) expr(R).     { A = build_binary_operator(builder, T, L, R); }
expr(A) ::= expr(L) EQ|NE|LT|LE|GT|GE(T) SOME|ANY|ALL(Q) in_operand(R). {
    A = build_quantified(builder, T, Q, L, R);
}
expr(A) ::= expr(L) IS DISTINCT FROM expr(R). [IS] {
    A = build_operator(builder, OPERATOR_DISTINCT_FROM, L, R);
}
expr(A) ::= expr(L) IS NOT DISTINCT FROM expr(R). [IS] {
    A = build_operator(builder, OPERATOR_NOT_DISTINCT_FROM, L, R);
}

expr(A) ::= expr(E) IS is_test(T).            { A = build_is(builder, E, T, false); }
expr(A) ::= expr(E) IS NOT is_test(T). [IS]   { A = build_is(builder, E, T, true); }

%type is_test {IsWord}
is_test(A) ::= NULL(T).          { A = (IsWord){ IS_NULL, T.span }; }
is_test(A) ::= TRUE(T).          { A = (IsWord){ IS_TRUE, T.span }; }
is_test(A) ::= FALSE(T).         { A = (IsWord){ IS_FALSE, T.span }; }
is_test(A) ::= UNKNOWN(T).       { A = (IsWord){ IS_UNKNOWN, T.span }; }
is_test(A) ::= JSON(T). [LOWEST] { A = (IsWord){ IS_JSON_VALUE, T.span }; }
is_test(A) ::= JSON VALUE(T).    { A = (IsWord){ IS_JSON_VALUE, T.span }; }
is_test(A) ::= JSON OBJECT(T).   { A = (IsWord){ IS_JSON_OBJECT, T.span }; }
is_test(A) ::= JSON ARRAY(T).    { A = (IsWord){ IS_JSON_ARRAY, T.span }; }
is_test(A) ::= JSON SCALAR(T).   { A = (IsWord){ IS_JSON_SCALAR, T.span }; }

expr(A) ::= expr(E) BETWEEN symmetric(S) expr(L) AND expr(H). [BETWEEN] {
    A = build_between(builder, E, L, H, false, S);
}
expr(A) ::= expr(E) NOT BETWEEN symmetric(S) expr(L) AND expr(H). [BETWEEN] {
    A = build_between(builder, E, L, H, true, S);
}
%type symmetric {bool}
symmetric(A) ::= .            { A = false; }
symmetric(A) ::= ASYMMETRIC.  { A = false; }
symmetric(A) ::= SYMMETRIC.   { A = true; }

expr(A) ::= expr(E) IN in_operand(O). [IN]      { A = build_in(builder, E, O, false); }
expr(A) ::= expr(E) NOT IN in_operand(O). [IN]  { A = build_in(builder, E, O, true); }

%type in_operand {InOperand}
in_operand(A) ::= LP query(Q) RP(R). [LOWEST] { A = (InOperand){ .query = Q, .span = R.span }; }
in_operand(A) ::= LP expr_list(L) RP(R).  { A = (InOperand){ .list = L, .span = R.span }; }

expr(A) ::= expr(E) like_word(T) expr(P). [LIKE] {
    A = build_like(builder, T, E, P, NULL, false);
}
expr(A) ::= expr(E) NOT like_word(T) expr(P). [LIKE] {
    A = build_like(builder, T, E, P, NULL, true);
}
expr(A) ::= expr(E) like_word(T) expr(P) ESCAPE expr(X). [LIKE] {
    A = build_like(builder, T, E, P, X, false);
}
expr(A) ::= expr(E) NOT like_word(T) expr(P) ESCAPE expr(X). [LIKE] {
    A = build_like(builder, T, E, P, X, true);
}

%type like_word {Token}
like_word(A) ::= LIKE(T).        { A = T; }
like_word(A) ::= SIMILAR(T) TO.  { A = T; }

expr(A) ::= EXISTS(K) LP query(Q) RP(R).  { A = build_exists(builder, K, Q, R); }

expr(A) ::= expr(B) LBRACKET expr(I) RBRACKET(R). { A = build_item(builder, B, I, R); }
expr(A) ::= expr(B) DOT ident(I).                 { A = build_field(builder, B, I); }

%type expr_list  {NodeList}
%type expr_list2 {NodeList}
expr_list(A) ::= expr(E). [LOWEST]             { A = build_list(builder, E); }
expr_list(A) ::= expr_list(L) COMMA expr(E).   { A = L; list_push(builder->arena, &A, E); }
expr_list2(A) ::= expr(F) COMMA expr(E).       { A = build_list(builder, F); list_push(builder->arena, &A, E); }
expr_list2(A) ::= expr_list2(L) COMMA expr(E). { A = L; list_push(builder->arena, &A, E); }

/* ---- CASE, CAST, constructors ----------------------------------------------------------------------------------- */

expr(A) ::= CASE(K) case_operand(O) case_whens(W) case_else(E) END(T). {
    A = build_case(builder, K, O, W, E, T);
}
case_operand(A) ::= .         { A = NULL; }
case_operand(A) ::= expr(E).  { A = E; }
case_else(A) ::= .            { A = NULL; }
case_else(A) ::= ELSE expr(E). { A = E; }

%type case_whens {CaseWhenList}
case_whens(A) ::= WHEN expr_list(W) THEN expr(T). {
    A = build_case_when(builder, (CaseWhenList){ 0 }, W, T);
}
case_whens(A) ::= case_whens(L) WHEN expr_list(W) THEN expr(T). { A = build_case_when(builder, L, W, T); }

expr(A) ::= CAST|TRY_CAST(K) LP expr(E) AS type(T) RP(R). { A = build_cast(builder, K, E, T, R); }

expr(A) ::= ROW(K) LP expr_list(L) RP(R).               { A = build_collection(builder, NODE_ROW, K, L, R); }
expr(A) ::= ARRAY(K) LBRACKET items(L) RBRACKET(R).     { A = build_collection(builder, NODE_ARRAY, K, L, R); }
expr(A) ::= MAP(K) LBRACKET items(L) RBRACKET(R).       { A = build_collection(builder, NODE_MAP, K, L, R); }
expr(A) ::= MULTISET(K) LBRACKET items(L) RBRACKET(R).  { A = build_collection(builder, NODE_MULTISET, K, L, R); }
expr(A) ::= ARRAY(K) paren_query(Q).                    { A = build_collection_query(builder, NODE_ARRAY, K, Q); }
expr(A) ::= MULTISET(K) paren_query(Q).                 { A = build_collection_query(builder, NODE_MULTISET, K, Q); }

%type items {NodeList}
items(A) ::= .              { A = (NodeList){ 0 }; }
items(A) ::= expr_list(L).  { A = L; }
