/* Grammar of the claim language (docs/claim-language.md).  Names are resolved while parsing, by the builders of
 * build.c. */
%require "3.8"
%define api.pure full
%define api.prefix {mc_lang_yy}
%define api.token.prefix {TOKEN_}
%define api.location.type {mc_span}
%define parse.error custom
%define parse.lac full
%locations
%lex-param {void *scanner}
%parse-param {void *scanner} {mc_parser *p}

%code requires {
#include "parser_state.h"
}

%code provides {
#define YYSTYPE MC_LANG_YYSTYPE
#define YYLTYPE MC_LANG_YYLTYPE
}

%code {
#include <string.h>

#define YYLLOC_DEFAULT(current, rhs, n)                                                                                \
  do {                                                                                                                 \
    if (n) {                                                                                                           \
      (current) = YYRHSLOC(rhs, 1);                                                                                    \
      (current).end = YYRHSLOC(rhs, n).end;                                                                            \
    } else {                                                                                                           \
      (current) = YYRHSLOC(rhs, 0);                                                                                    \
      (current).begin = (current).end;                                                                                 \
    }                                                                                                                  \
  } while (0)

int mc_lang_yylex(MC_LANG_YYSTYPE *value, mc_span *where, void *scanner);
static void mc_lang_yyerror(mc_span *where, void *scanner, mc_parser *p, const char *text);

/* Stop at the author's first mistake. */
#define CHECK                                                                                                          \
  do {                                                                                                                 \
    if (p->failed)                                                                                                     \
      YYABORT;                                                                                                         \
  } while (0)
}

%union {
  const char *text;
  mc_expr *expr;
  mc_list *list;
  mc_slice slice;
  mc_beyond beyond;
  unsigned long count;
  mc_relation relation;
  mc_interval interval;
  bool flag;
}

%token START_SPEC "a spec file" START_STATEMENT "a statement"
%token END 0 "the end"
%token <text> PAPER "'paper'" TITLE "'title'" REF "'ref'" LET "'let'" DEF "'def'" SCHEDULE "'schedule'"
%token <text> REPEAT "'repeat'" THEN "'then'" CITE "'cite'" CLAIM "'claim'" EXPECT "'expect'" PROVED "'proved'"
%token <text> REFUTED "'refuted'" UNDECIDED "'undecided'" FORALL "'forall'" EXISTS "'exists'" WHERE "'where'" AND "'and'" IN "'in'"
%token <text> ITER "'iter'" APPLY "'apply'" CAMPAIGN "'campaign'" MEASURE "'measure'" BY "'by'" HOLDS "'holds'"
%token <text> VIOLATED "'violated'" SHAPES "'shapes'" SPECTRA "'spectra'" TRIALS "'trials'" AUDIT "'audit'"
%token <text> INPUT "'input'" OUTPUT "'output'" PRESET "'preset'" DTYPE "'dtype'"
%token <text> PROFILE "'profile'" SERIES "'series'" MET "'met'"
%token <text> NAME "a name" ID "a block's name" STRING "a string" NUMBER "a number"
%token GE ">=" LE "<=" RANGE ".."

%type <expr> expr
%type <list> exprs rows row parameters names condition chain part
%type <slice> slice
%type <beyond> beyond
%type <count> repeat integer
%type <relation> relation
%type <interval> domain interval
%type <flag> open close
%type <text> audit_value

%left '+' '-'
%left '*' '/'
%precedence NEGATION
%right '^'

%%

input: START_SPEC blocks
     | START_STATEMENT { mc_lang_begin_claim(p, @1, "prove"); CHECK; } statement { mc_lang_finish_claim(p, @3); CHECK; }
     | START_STATEMENT definitions { mc_lang_begin_claim(p, @1, "prove"); CHECK; } quantified
         { mc_lang_finish_claim(p, @4); CHECK; }
     ;

blocks: %empty | blocks block ;
definitions: definition | definitions definition ;

block: paper | definition | claim | campaign | audit ;

definition: let { mc_lang_note_source(p, @1); CHECK; }
  | def { mc_lang_note_source(p, @1); CHECK; }
  | schedule { mc_lang_note_source(p, @1); CHECK; }
  ;

paper: PAPER ID { p->paper = mc_lang_allocate(p, 1, sizeof *p->paper); CHECK; p->paper->name = $2; } paper_items ;
paper_items: %empty
  | paper_items TITLE STRING { mc_lang_set_text(p, @2, &p->paper->title, "title", $3); CHECK; }
  | paper_items REF STRING   { mc_lang_set_text(p, @2, &p->paper->reference, "ref", $3); CHECK; }
  ;

let: LET NAME '=' expr { mc_lang_define(p, @2, $2, NULL, $4); CHECK; } ;

def: DEF NAME '(' parameters ')' '=' expr { mc_lang_define(p, @2, $2, $4, $7); CHECK; } ;
parameters: NAME
      { $$ = mc_lang_list_new(p); CHECK; mc_lang_bind(p, @1, $1, false); mc_lang_list_add(p, $$, (void *)$1); CHECK; }
  | parameters ',' NAME { $$ = $1; mc_lang_bind(p, @3, $3, false); mc_lang_list_add(p, $$, (void *)$3); CHECK; }
  ;

schedule: SCHEDULE NAME '=' rows beyond { mc_lang_add_schedule(p, @2, $2, $4, $5, NULL); CHECK; }
  | SCHEDULE NAME '=' rows beyond CITE STRING { mc_lang_add_schedule(p, @2, $2, $4, $5, $7); CHECK; }
  ;
rows: row
  | rows ',' row
      {
        $$ = $1;
        for (size_t i = 0; i < $3->count; i++)
          mc_lang_list_add(p, $$, $3->items[i]);
        CHECK;
      }
  ;
row: '(' exprs ')' repeat { $$ = mc_lang_row(p, @2, $2, $4); CHECK; }
  | NAME slice repeat { $$ = mc_lang_rows_of(p, @1, $1, &$2, NULL, $3); CHECK; }
  | NAME slice '/' expr repeat { $$ = mc_lang_rows_of(p, @1, $1, &$2, $4, $5); CHECK; }
  ;
slice: %empty { $$ = (mc_slice){0, 0}; }
  | '{' integer '}' { $$ = (mc_slice){$2, $2}; }
  | '{' integer RANGE integer '}' { $$ = (mc_slice){$2, $4}; }
  ;
beyond: %empty { $$ = MC_BEYOND_UNSAID; } | THEN NAME { $$ = mc_lang_beyond(p, @2, $2); CHECK; } ;
repeat: %empty { $$ = 1; } | REPEAT integer { $$ = $2; } ;
integer: NUMBER { $$ = mc_lang_count(p, @1, mc_lang_number(p, @1, $1, @1.end - @1.begin)); CHECK; } ;

claim: CLAIM ID { mc_lang_begin_claim(p, @1, $2); CHECK; } claim_items statement claim_items
         { mc_lang_finish_claim(p, (mc_span){.begin = @2.end, .end = @6.end}); CHECK; } ;
claim_items: %empty | claim_items claim_item ;
claim_item: CITE STRING { mc_lang_set_text(p, @1, &p->claim->block.cite, "cite", $2); CHECK; }
  | EXPECT PROVED    { p->claim->expected = MC_EXPECT_PROVED; }
  | EXPECT REFUTED   { p->claim->expected = MC_EXPECT_REFUTED; }
  | EXPECT UNDECIDED { p->claim->expected = MC_EXPECT_UNDECIDED; }
  | EXPECT '?' IN '[' expr ',' expr ']'
      {
        mc_interval interval = {.lower = $5, .upper = $7, .span = @4};
        interval.span.end = @8.end;
        mc_lang_check_interval(p, &interval);
        CHECK;
        p->claim->expected_lower = $5;
        p->claim->expected_upper = $7;
      }
  ;

statement: quantified
  | { p->unknown_allowed = true; } condition
      {
        p->unknown_allowed = false;
        p->claim->body = mc_lang_condition(p, $2);
        p->claim->block.statement = mc_lang_statement_text(p, @2);
        CHECK;
      }
  ;
quantified: quantifier { p->unknown_allowed = true; } bindings { p->unknown_allowed = false; } where ':'
             { p->unknown_allowed = true; } condition
             {
               p->unknown_allowed = false;
               p->claim->body = mc_lang_condition(p, $8);
               p->claim->block.statement = mc_lang_statement_text(p, @$);
               CHECK;
             }
  ;
quantifier: FORALL { p->claim->exists = false; } | EXISTS { p->claim->exists = true; } ;
bindings: binding | bindings ',' binding ;
binding: names IN domain { mc_lang_quantify(p, $1, &$3); CHECK; } ;
names: NAME { $$ = mc_lang_list_new(p); CHECK; mc_named *n = mc_lang_allocate(p, 1, sizeof *n); CHECK;
              *n = (mc_named){$1, @1}; mc_lang_list_add(p, $$, n); CHECK; }
  | names ',' NAME { $$ = $1; mc_named *n = mc_lang_allocate(p, 1, sizeof *n); CHECK;
              *n = (mc_named){$3, @3}; mc_lang_list_add(p, $$, n); CHECK; }
  ;
domain: interval
  | '{' expr RANGE expr '}' { $$ = (mc_interval){.lower = $2, .upper = $4, .integer = true, .span = @$}; }
  ;
interval: open expr ',' expr close
    { $$ = (mc_interval){.lower = $2, .upper = $4, .lower_open = $1, .upper_open = $5, .span = @$}; } ;
open: '[' { $$ = false; } | '(' { $$ = true; } ;
close: ']' { $$ = false; } | ')' { $$ = true; } ;
where: %empty | WHERE condition { p->claim->where = mc_lang_condition(p, $2); CHECK; } ;

condition: part
  | condition AND part
      {
        $$ = $1;
        for (size_t i = 0; i < $3->count; i++)
          mc_lang_list_add(p, $$, $3->items[i]);
        CHECK;
      }
  ;
part: chain
  | expr IN interval
      {
        $$ = mc_lang_list_new(p);
        CHECK;
        mc_lang_check_interval(p, &$3);
        CHECK;
        mc_lang_member(p, $$, $1, &$3);
        CHECK;
      }
  ;
chain: expr relation expr { $$ = mc_lang_list_new(p); CHECK; mc_lang_compare(p, @2, $$, $2, $1, $3); CHECK; }
  | chain relation expr
      {
        $$ = $1;
        mc_lang_compare(p, @2, $$, $2, ((mc_comparison *)$1->items[$1->count - 1])->right, $3);
        CHECK;
      }
  ;
relation: GE { $$ = MC_RELATION_GE; } | '>' { $$ = MC_RELATION_GT; } | LE { $$ = MC_RELATION_LE; }
  | '<' { $$ = MC_RELATION_LT; } | '=' { $$ = MC_RELATION_EQ; } ;

campaign: CAMPAIGN ID
            {
              p->campaign = mc_lang_allocate(p, 1, sizeof *p->campaign);
              CHECK;
              mc_lang_begin_block(p, &p->campaign->block, @1, $2);
              CHECK;
            } campaign_items { mc_lang_finish_campaign(p); CHECK; } ;
campaign_items: campaign_item | campaign_items campaign_item ;
campaign_item: CITE STRING { mc_lang_set_text(p, @1, &p->campaign->block.cite, "cite", $2); CHECK; }
  | MEASURE names BY NAME
      {
        mc_lang_set_text(p, @1, &p->campaign->property, "measure", $4);
        CHECK;
        p->campaign->measures = mc_lang_allocate(p, $2->count, sizeof *p->campaign->measures);
        CHECK;
        p->campaign->measure_count = $2->count;
        for (size_t i = 0; i < $2->count; i++) {
          const mc_named *n = $2->items[i];
          p->campaign->measures[i] = n->text;
          mc_lang_bind(p, n->span, n->text, true);
          CHECK;
        }
      }
  | WHERE condition
      {
        if (p->campaign->where.count > 0)
          mc_lang_error_at(p, @1, "a second 'where': join conditions with 'and'");
        CHECK;
        p->campaign->where = mc_lang_condition(p, $2);
        p->campaign->hypothesis = mc_lang_statement_text(p, @2);
        CHECK;
      }
  | HOLDS condition
      {
        if (p->campaign->holds.count > 0)
          mc_lang_error_at(p, @1, p->series ? "'holds' stands before the brackets of 'series'"
                                            : "a second 'holds': one statement per block, joined with 'and'");
        CHECK;
        p->campaign->holds = mc_lang_condition(p, $2);
        p->campaign->block.statement = mc_lang_statement_text(p, @2);
        CHECK;
      }
  | SERIES NAME ':' expr { mc_lang_add_series(p, @2, $2, $4, NULL, @4); CHECK; }
  | SERIES NAME ':' expr IN interval
      {
        mc_lang_add_series(p, @2, $2, $4, &$6, (mc_span){.begin = @4.begin, .end = @6.end});
        CHECK;
      }
  | SHAPES shapes
  | SPECTRA spectra
  | TRIALS integer { p->campaign->trials = $2; }
  | TRIALS integer MET integer
      {
        if ($4 > $2)
          mc_lang_error_at(p, @4, "more trials are to meet the hypotheses than there are");
        CHECK;
        p->campaign->trials = $2;
        p->campaign->met = $4;
      }
  | PROFILE NAME
      {
        if (strcmp($2, "full") != 0)
          mc_lang_error_at(p, @2, "the only profile that a campaign can be kept for is 'full'");
        CHECK;
        p->campaign->full = true;
      }
  | EXPECT HOLDS { p->campaign->expected = MC_EXPECT_HOLDS; }
  | EXPECT VIOLATED { p->campaign->expected = MC_EXPECT_VIOLATED; }
  | EXPECT UNDECIDED { p->campaign->expected = MC_EXPECT_CAMPAIGN_UNDECIDED; }
  ;
shapes: shape | shapes ',' shape ;
shape: integer BY integer { mc_lang_add_shape(p, @$, $1, $3); CHECK; } ;
spectra: spectrum | spectra ',' spectrum ;
spectrum: NAME { mc_lang_add_spectrum(p, @1, $1, NULL); CHECK; }
  | NAME '(' exprs ')' { mc_lang_add_spectrum(p, @1, $1, $3); CHECK; }
  ;

audit: AUDIT ID
         {
           p->audit = mc_lang_allocate(p, 1, sizeof *p->audit);
           CHECK;
           mc_lang_begin_block(p, &p->audit->block, @1, $2);
           CHECK;
         } audit_items { mc_lang_finish_audit(p); CHECK; } ;
audit_items: audit_item | audit_items audit_item ;
audit_item: INPUT STRING { mc_lang_set_text(p, @1, &p->audit->input, "input", $2); CHECK; }
  | OUTPUT STRING { mc_lang_set_text(p, @1, &p->audit->output, "output", $2); CHECK; }
  | PRESET ID     { mc_lang_set_text(p, @1, &p->audit->preset, "preset", $2); CHECK; }
  | DTYPE ID      { mc_lang_set_text(p, @1, &p->audit->dtype, "dtype", $2); CHECK; }
  | EXPECT NAME   { mc_lang_set_text(p, @1, &p->audit->expected, "expect", $2); CHECK; }
  | EXPECT UNDECIDED { mc_lang_set_text(p, @1, &p->audit->expected, "expect", $2); CHECK; }
  | CITE STRING   { mc_lang_set_text(p, @1, &p->audit->block.cite, "cite", $2); CHECK; }
  | NAME audit_value { mc_lang_set_audit(p, @1, $1, $2); CHECK; }
  ;
audit_value: STRING | NAME | NUMBER ;

exprs: expr { $$ = mc_lang_list_new(p); CHECK; mc_lang_list_add(p, $$, $1); CHECK; }
  | exprs ',' expr { $$ = $1; mc_lang_list_add(p, $$, $3); CHECK; }
  ;

expr: NUMBER { $$ = mc_lang_number(p, @1, $1, @1.end - @1.begin); CHECK; }
  | NAME { $$ = mc_lang_name(p, @1, $1); CHECK; }
  | '?' { $$ = mc_lang_unknown(p, @1); CHECK; }
  | NAME '(' exprs ')' { $$ = mc_lang_call(p, @1, $1, $3); CHECK; }
  | ITER '(' NAME ',' expr ',' expr ')' { $$ = mc_lang_iterate(p, @3, $3, $5, $7); CHECK; }
  | APPLY '(' NAME ',' expr ')' { $$ = mc_lang_apply(p, @3, $3, $5); CHECK; }
  | '(' expr ')' { $$ = $2; }
  | '-' expr %prec NEGATION { $$ = mc_lang_operator(p, @1, MC_EXPR_NEG, $2, NULL); CHECK; }
  | expr '+' expr { $$ = mc_lang_operator(p, @2, MC_EXPR_ADD, $1, $3); CHECK; }
  | expr '-' expr { $$ = mc_lang_operator(p, @2, MC_EXPR_SUB, $1, $3); CHECK; }
  | expr '*' expr { $$ = mc_lang_operator(p, @2, MC_EXPR_MUL, $1, $3); CHECK; }
  | expr '/' expr { $$ = mc_lang_operator(p, @2, MC_EXPR_DIV, $1, $3); CHECK; }
  | expr '^' expr { $$ = mc_lang_operator(p, @2, MC_EXPR_POW, $1, $3); CHECK; }
  ;

%%

/* The words for a set of expected tokens: expressions, operators and comparisons are named as such. */
static void describe_expected(mc_text *out, const yypcontext_t *context) {
  yysymbol_kind_t expected[YYNTOKENS];
  int count = yypcontext_expected_tokens(context, expected, YYNTOKENS);
  bool expression = false, comparison = false;
  for (int i = 0; i < count; i++) {
    expression |= expected[i] == YYSYMBOL_NUMBER;
    comparison |= expected[i] == YYSYMBOL_GE;
  }
  const char *words[YYNTOKENS + 2];
  int n = 0;
  if (expression)
    words[n++] = "an expression";
  if (comparison)
    words[n++] = "a comparison (>= > <= < = in)";
  for (int i = 0; i < count; i++) {
    const char *name = yysymbol_name(expected[i]);
    bool in_expression = strcmp(name, "a number") == 0 || strcmp(name, "a name") == 0 || strcmp(name, "'iter'") == 0 ||
                         strcmp(name, "'apply'") == 0 || strcmp(name, "'?'") == 0 || strcmp(name, "'('") == 0 ||
                         strcmp(name, "'-'") == 0;
    bool is_operator = strcmp(name, "'+'") == 0 || strcmp(name, "'-'") == 0 || strcmp(name, "'*'") == 0 ||
                       strcmp(name, "'/'") == 0 || strcmp(name, "'^'") == 0;
    bool in_comparison = strcmp(name, ">=") == 0 || strcmp(name, "<=") == 0 || strcmp(name, "'>'") == 0 ||
                         strcmp(name, "'<'") == 0 || strcmp(name, "'='") == 0 || strcmp(name, "'in'") == 0;
    if ((expression && in_expression) || is_operator || (comparison && in_comparison))
      continue;
    words[n++] = name;
  }
  for (int i = 0; i < n; i++)
    mc_text_printf(out, "%s%s", i == 0 ? "" : i + 1 == n ? " or " : ", ", words[i]);
}

static int yyreport_syntax_error(const yypcontext_t *context, void *scanner, mc_parser *p) {
  (void)scanner;
  mc_span where = *yypcontext_location(context);
  yysymbol_kind_t token = yypcontext_token(context);
  mc_text expected;
  mc_text_init(&expected);
  describe_expected(&expected, context);
  if (token == YYSYMBOL_YYEOF)
    mc_lang_error_at(p, where, "expected %s, but the text ends here", expected.data ? expected.data : "more");
  else
    mc_lang_error_at(p, where, "expected %s, found %.*s", expected.data ? expected.data : "the end",
                     (int)(where.end - where.begin > 40 ? 40 : where.end - where.begin),
                     p->document->source + where.begin);
  mc_text_clear(&expected);
  return 0;
}

/* Bison calls this only when its stack is full. */
static void mc_lang_yyerror(mc_span *where, void *scanner, mc_parser *p, const char *text) {
  (void)scanner;
  (void)text;
  mc_lang_error_at(p, *where, "this is nested too deeply");
}
