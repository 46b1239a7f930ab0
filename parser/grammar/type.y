/* ---- types ------------------------------------------------------------------------------------------------------ */

%type type          {TypeNode *}
%type type_nullable {TypeNode *}
%type type_field    {TypeField}
%type type_fields   {TypeFieldList}

type_nullable(A) ::= type(T).              { A = T; }
type_nullable(A) ::= type(T) NOT NULL(E).  { A = build_nullability(T, AST_NOT_NULL, E); }
type_nullable(A) ::= type(T) NULL(E).      { A = build_nullability(T, AST_NULL, E); }

type(A) ::= TYPE_WORD(T).                       { A = build_type(builder, T, -1, -1); }
type(A) ::= DOUBLE(T).                          { A = build_type(builder, T, -1, -1); }
type(A) ::= DOUBLE(T) PRECISION(E).             { A = build_type_to(build_type(builder, T, -1, -1), E); }
type(A) ::= LENGTH_TYPE(T) precision(P).        { A = build_type(builder, T, P, -1); }
type(A) ::= LENGTH_TYPE(T) VARYING precision(P). { A = build_varying(builder, T, P); }
type(A) ::= DECIMAL_TYPE(T) precision(P).       { A = build_type(builder, T, P, -1); }
type(A) ::= DECIMAL_TYPE(T) LP INTEGER(P) COMMA INTEGER(S) RP(E). {
    A = build_type_to(build_type(builder, T, build_int(builder, P), build_int(builder, S)), E);
}
type(A) ::= DATE(T).                            { A = build_type(builder, T, -1, -1); }
type(A) ::= TIME(T) precision(P) without_zone.  { A = build_type(builder, T, P, -1); }
type(A) ::= TIMESTAMP(T) precision(P) without_zone.          { A = build_type(builder, T, P, -1); }
type(A) ::= TIMESTAMP(T) precision(P) WITH LOCAL TIME ZONE(E). {
    A = build_timestamp(builder, T, P, TYPE_NODE_TIMESTAMP_LTZ, E);
}
type(A) ::= TIMESTAMP(T) precision(P) WITH TIME ZONE(E). {
    A = build_timestamp(builder, T, P, TYPE_NODE_TIMESTAMP_TZ, E);
}
type(A) ::= TIMESTAMP_LTZ(T) precision(P).      { A = build_type(builder, T, P, -1); }
type(A) ::= INTERVAL(T) interval_qualifier(Q).  { A = build_interval_type(builder, T, Q); }
type(A) ::= ARRAY(T) LT type_nullable(E) GT(R). {
    A = build_nested_type(builder, TYPE_NODE_ARRAY, T, NULL, E, R);
}
type(A) ::= MULTISET(T) LT type_nullable(E) GT(R). {
    A = build_nested_type(builder, TYPE_NODE_MULTISET, T, NULL, E, R);
}
type(A) ::= MAP(T) LT type_nullable(K) COMMA type_nullable(V) GT(R). {
    A = build_nested_type(builder, TYPE_NODE_MAP, T, K, V, R);
}
type(A) ::= type(E) ARRAY(R).                   { A = build_postfix_type(builder, TYPE_NODE_ARRAY, E, R); }
type(A) ::= type(E) MULTISET(R).                { A = build_postfix_type(builder, TYPE_NODE_MULTISET, E, R); }
type(A) ::= ROW(T) NE(R).                       { A = build_row_type(builder, T, (TypeFieldList){ 0 }, R); }
type(A) ::= ROW(T) LT type_fields(F) GT(R).     { A = build_row_type(builder, T, F, R); }
type(A) ::= ROW(T) LP type_fields(F) RP(R).     { A = build_row_type(builder, T, F, R); }
type(A) ::= RAW(T) LP string(C) COMMA string(S) RP(R).    { A = build_raw_type(builder, T, C, S, R); }
type(A) ::= STRUCTURED(T) LT string(C) GT(R).   { A = build_structured_type(builder, T, C, (TypeFieldList){ 0 }, R); }
type(A) ::= STRUCTURED(T) LT string(C) COMMA type_fields(F) GT(R). { A = build_structured_type(builder, T, C, F, R); }
type(A) ::= name(N).                            { A = build_named_type(builder, N); }

without_zone ::= . [LOWEST]
without_zone ::= WITHOUT TIME ZONE.

type_fields(A) ::= type_field(F).                      { A = (TypeFieldList){ 0 }; list_push(builder->arena, &A, F); }
type_fields(A) ::= type_fields(L) COMMA type_field(F). { A = L; list_push(builder->arena, &A, F); }
type_field(A) ::= ident(I) type_nullable(T).           { A = (TypeField){ .name = I, .type = T }; }
type_field(A) ::= ident(I) type_nullable(T) string(C). { A = (TypeField){ .name = I, .type = T, .comment = C.text }; }
