/* handles.h: what the files that speak Lua share. */
#ifndef HANDLES_H
#define HANDLES_H

#include "columns.h"
#include "csv.h"
#include "lua51.h"
#include "plan.h"
#include "recall.h"
#include "siphash.h"
#include "source.h"

#pragma GCC visibility push(hidden)

/* Each adds its functions to the table on top of the stack. */
void plan_handle_open(lua_State *L);
void batch_handle_open(lua_State *L);
void source_handle_open(lua_State *L);
void feed_handle_open(lua_State *L);
void reader_open(lua_State *L);
void reader_fill_open(lua_State *L);
void record_open(lua_State *L);
void body_handle_open(lua_State *L);
void client_open(lua_State *L);
void login_handle_open(lua_State *L);
void strings_open(lua_State *L);
void system_open(lua_State *L);
void load_ahead_open(lua_State *L);
void commits_handle_open(lua_State *L);
void memory_handle_open(lua_State *L);
void answer_handle_open(lua_State *L);
void csv_out_open(lua_State *L);

/* A class "sertifier.<name>" whose handles have these methods and are closed
** by `close`; the stack is left as it was. */
void handle_class(lua_State *L, const char *name, const luaL_Reg *methods,
                  lua_CFunction close);

/* Pushes a handle of a class, all zero, which is closed: whatever fails from
** here on, collecting it does no harm. */
void *handle_make(lua_State *L, const char *name, size_t size);

/* Lua unloads a module with its state; a thread may still be running in it then:
** the library in which `place` is stays loaded. */
void handle_stay_loaded(void *place);

/* Options of the table at index 1; of a text, `otherwise` where it is not
** there. */
const char *handle_text(lua_State *L, const char *name, const char *otherwise);
double handle_number(lua_State *L, const char *name, double otherwise);

/* The class of bodies: pointers to them, NULL where one is closed. The core
** makes them, and the library that speaks HTTP sends them. */
#define BODY_CLASS "sertifier.body"

/* Pushes a client that is closed, and where its http goes. */
struct http;
struct http **client_push(lua_State *L);

/* Takes the source out of a handle, which is closed then. */
source *source_take(lua_State *L, int index);

/* The open file of Lua's own at an index. */
FILE *handle_file(lua_State *L, int index);

/* nil, message, code on the stack; for `return`. */
int handle_fail(lua_State *L, const char *message, const char *code);

/* A plan, the columns that its cells are read from, room for the cells of one
** row, and the functions in Lua that some of them come from. */
#define PLAN_NO_COLUMN ((size_t)-1)
#define PLAN_MENDING -1
typedef struct plan_handle {
  plan *plan;
  size_t *sources;
  slice *cells;
  size_t *functions; /* the cell of each; PLAN_NO_COLUMN: it chooses rows */
  size_t functions_count;
  int called;  /* references to the list of functions */
  int mending; /* and of those that mend what they give */
  int calling; /* the number of the function that runs, from 1; or 0: none;
               ** or PLAN_MENDING: one that mends, whose error is told as it is */
  recall recall;
  int remembers; /* reference to the memory that it asks */
} plan_handle;
plan_handle *plan_handle_get(lua_State *L, int index);
void plan_handle_forget(lua_State *L, plan_handle *h); /* asks none now */

/* A batch: credentials that are ready to be sent, and the problems of rows
** that made none. */
typedef struct batch batch;
batch *batch_get(lua_State *L, int index);

/* Where the rows' results go. */
plan_output *batch_output(batch *b);

/* Keeps what a row became. `text` is the row as it stands. */
plan_result batch_keep(batch *b, plan_result result, uint64_t line, slice text);

/* Adds the problem of a row that could not be read, and the row as far as it
** could; 0 without memory. */
int batch_add_fault(batch *b, uint64_t line, const char *problem, slice row);

/* Adds a line, with its '\n', to the problems of the last row that has any; 0
** without memory. */
int batch_add_more(batch *b, const char *line);

/* The JSON of a credential: a batch at an index of the stack, and behind it the
** credential's number. */
slice batch_credential(lua_State *L, int index);

size_t batch_count(const batch *b);
size_t batch_faults(const batch *b);

/* The batch keeps its rows' texts from now on. */
void batch_keep_rows(batch *b);

/* Says which columns the rows have, so that records can be made of them. */
void batch_describe(lua_State *L, batch *b, columns *c, char delimiter);

/* The key of a fingerprint at an index; and a text's fingerprint, pushed. */
const unsigned char *fingerprint_key(lua_State *L, int index);
void fingerprint_push(lua_State *L, const unsigned char *key, slice text);

/* What a record is made of: a row's text. */
typedef struct record_row {
  slice text;
  char delimiter;
} record_row;

/* Pushes the class of the records of the batch's rows, nil where it knows no
** columns. */
void batch_push_class(lua_State *L, const batch *b);

/* Pushes a record, whose class is at an index of the stack: where it is known
** how the text was taken apart, a view that can be read until the next one is
** made, or the row is passed; else a copy. */
void batch_push_record(lua_State *L, batch *b, int class, slice text,
                       const csv_row *cut);
void batch_pass_row(batch *b);

/* A row on its way: its cells stand in the plan's handle. `record` is the
** stack's index of the record that functions get; 0: it is made of `text`. */
typedef struct given_row {
  uint64_t line;
  slice text;
  const csv_row *cut; /* how the text was taken apart; NULL: it is not known */
  slice kept; /* what the batch has of it, where that keeps rows */
  int record;
} given_row;

/* Rows' way through a plan into a batch. */
typedef struct row_way {
  plan_handle *plan;
  batch *batch;
  int class;     /* the stack's index of the records' class */
  int functions; /* and of what is below the plan's functions */
} row_way;

/* Runs what adds rows, a C function whose arguments are on top of the stack: 1
** where it ended well, and left its results; 0 where a function of the plan
** failed, whose words are on top then. Any other error goes on. */
int row_protect(lua_State *L, row_way way, lua_CFunction run, int arguments,
                int results);

/* In there: pushes what the way needs; adds what the plan makes of a row. */
void row_begin(lua_State *L, row_way *way);
plan_result row_add(lua_State *L, const row_way *way, given_row r);

/* A reference to the metatable of the records with these columns, which keeps
** what they share. */
typedef struct record_form record_form;
int record_class(lua_State *L, columns *c, record_form **form);

/* Pushes a record that copies a row's text; or one that only points to the row at
** hand, and can be read until there is another one, or none. */
void record_push(lua_State *L, int class, record_form *f, record_row row);
void record_view(lua_State *L, int class, record_form *f, const csv_row *row);
void record_pass(record_form *f);

#pragma GCC visibility pop

#endif
