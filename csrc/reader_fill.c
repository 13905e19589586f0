/* reader_fill.c: fills batches with rows, through a plan. */
#include <stdio.h>
#include <string.h>

#include "reader.h"

#define MOST_FAULTS 1000 /* in one batch: then Lua takes them over */

/* Its text, where the whole of it was found. */
static slice faulty_row(const rows *r) {
  int is_whole = r->held.bytes || !csv_problem(r->csv)->column;
  return is_whole ? rows_text(r) : text_slice("", 0);
}

static plan_result read_fault(reader *r, batch *b) {
  char text[512];
  rows_problem(&r->rows, text, sizeof text);
  return batch_add_fault(b, rows_line(&r->rows), text, faulty_row(&r->rows))
    ? PLAN_INVALID : PLAN_NO_MEMORY;
}

/* Where a row is invalid for bytes that are no text, says which they are. */
static plan_result blame_bytes(reader *r, batch *b, plan_result result) {
  char text[256];
  uint64_t offset;
  unsigned char byte;
  if (result != PLAN_INVALID || !rows_bad_byte(&r->rows, &offset, &byte) ||
      !r->hint[0])
    return result;
  if (r->is_plain)
    snprintf(text, sizeof text, "byte %llu of the file is 0x%02X%s%s\n",
             (unsigned long long)offset + 1, byte, byte ? ", " : "",
             byte ? r->hint : "");
  else
    snprintf(text, sizeof text, "%s\n", r->hint);
  return batch_add_more(b, text) ? result : PLAN_NO_MEMORY;
}

/* Rows on their way from a reader into a batch. */
typedef struct filling {
  reader *reader;
  row_way way;
  size_t most;        /* credentials in the batch */
  lua_Integer wanted; /* rows */
  lua_Integer read, count[PLAN_NO_MEMORY];
  csv_result end;     /* CSV_ROW: there may be more */
} filling;

/* What one row became, where there was one that could be read. */
static plan_result read_row(lua_State *L, filling *f) {
  reader *r = f->reader;
  const plan_handle *h = f->way.plan;
  given_row one;
  f->end = rows_next(&r->rows);
  if (f->end == CSV_FAULT) return read_fault(r, f->way.batch);
  if (f->end != CSV_ROW) return PLAN_SKIPPED;
  if (!rows_cells(&r->rows, h->sources, r->forms, plan_cells(h->plan),
                  h->cells))
    return PLAN_NO_MEMORY;
  one.line = rows_line(&r->rows);
  one.text = one.kept = rows_text(&r->rows);
  one.cut = rows_cut(&r->rows);
  one.record = 0;
  return blame_bytes(r, f->way.batch, row_add(L, &f->way, one));
}

static void check_sources(lua_State *L, const reader *r,
                          const plan_handle *h) {
  size_t i, count = plan_cells(h->plan);
  for (i = 0; i < count; i++)
    luaL_argcheck(L, h->sources[i] == PLAN_NO_COLUMN ||
                  h->sources[i] < r->rows.columns->count, 2,
                  "the plan reads a column that the export lacks");
  luaL_argcheck(L, !r->forms || r->forms_count == count, 2,
                "the forms are those of another plan");
}

/* What was read, and what became of it; the error of a function is on top. */
static int push_counts(lua_State *L, const filling *f, int is_sound) {
  lua_pushinteger(L, f->read + !is_sound);
  lua_pushinteger(L, f->count[PLAN_SKIPPED]);
  lua_pushinteger(L, f->count[PLAN_INVALID]);
  lua_pushboolean(L, f->end == CSV_END);
  if (is_sound) return 4;
  lua_pushvalue(L, -5); /* the error, below what is given */
  return 5;
}

static int wants_more(const filling *f) {
  return f->read < f->wanted && batch_count(f->way.batch) < f->most &&
         batch_faults(f->way.batch) < MOST_FAULTS;
}

/* Reads rows until `filling`, at index 1, has what it wants. */
static int read_rows(lua_State *L) {
  filling *f = lua_touserdata(L, 1);
  row_begin(L, &f->way);
  while (wants_more(f)) {
    plan_result result = read_row(L, f);
    if (f->end == CSV_END || f->end == CSV_FAILED) break;
    if (result == PLAN_NO_MEMORY) return luaL_error(L, "out of memory");
    f->count[result]++;
    f->read++;
  }
  return 0;
}

/* What reader:fill is given. */
static filling *push_filling(lua_State *L) {
  filling given = {.reader = reader_get(L, 1), .way.plan = plan_handle_get(L, 2),
                   .way.batch = batch_get(L, 3), .end = CSV_ROW};
  filling *f = lua_newuserdata(L, sizeof *f);
  given.most = (size_t)luaL_checkinteger(L, 4);
  given.wanted = luaL_checkinteger(L, 5);
  return *f = given, f;
}

/* reader:fill(plan, batch, credentials, rows, with_records)
**   -> read, skipped, invalid, ended; or nil, problem, "io"
** Reads on until the batch has that many credentials, that many rows were
** read, or the export ends. Where a function of the plan fails at a row, that
** row is the last, and its error comes fifth. */
int reader_fill(lua_State *L) {
  filling *f;
  const rows *r;
  int is_sound;
  lua_settop(L, 6);
  f = push_filling(L);
  r = &f->reader->rows;
  check_sources(L, f->reader, f->way.plan);
  batch_describe(L, f->way.batch, r->columns, r->delimiter);
  if (lua_toboolean(L, 6)) batch_keep_rows(f->way.batch);
  lua_pushvalue(L, -1);
  is_sound = row_protect(L, f->way, read_rows, 1, 0);
  if (f->end == CSV_FAILED)
    return handle_fail(L, source_problem(r->source), "io");
  return push_counts(L, f, is_sound);
}

/* The cells that the plan reads, of a table at index 3; they stay on the stack
** while they are used. What no column has is not to be that of the row before. */
static void take_cells(lua_State *L, const plan_handle *h) {
  size_t i, count = plan_cells(h->plan);
  luaL_checkstack(L, (int)count + 4, "too many cells");
  for (i = 0; i < count; i++) {
    h->cells[i] = text_slice("", 0);
    if (h->sources[i] == PLAN_NO_COLUMN) continue;
    lua_rawgeti(L, 3, (int)h->sources[i] + 1);
    h->cells[i].bytes = luaL_checklstring(L, -1, &h->cells[i].length);
  }
}

/* core.feed, but for a function's error. */
static int feed_row(lua_State *L) {
  static const char *const words[] = {"skipped", "invalid", "ready"};
  row_way way = {.plan = plan_handle_get(L, 1), .batch = batch_get(L, 2)};
  given_row one = {.record = 5};
  plan_result result;
  luaL_checktype(L, 3, LUA_TTABLE);
  one.line = (uint64_t)luaL_checkinteger(L, 4);
  one.text = text_slice("", 0);
  one.kept.bytes = luaL_optlstring(L, 6, "", &one.kept.length);
  if (one.kept.length) batch_keep_rows(way.batch);
  take_cells(L, way.plan);
  row_begin(L, &way);
  result = row_add(L, &way, one);
  if (result == PLAN_NO_MEMORY) return luaL_error(L, "out of memory");
  return lua_pushstring(L, words[result]), 1;
}

/* For rows that Lua has: core.feed(plan, batch, cells, line, record, text) ->
** "skipped", "invalid" or "ready"; or "failed" and the error of a function that
** got the record. The cells are those of the export's columns; `text` is the
** row that the batch keeps, if it is to. */
static int fill_one(lua_State *L) {
  row_way way = {.plan = plan_handle_get(L, 1), .batch = batch_get(L, 2)};
  int i;
  lua_settop(L, 6);
  if (!way.plan->functions_count) return feed_row(L);
  for (i = 1; i <= 6; i++) lua_pushvalue(L, i);
  if (row_protect(L, way, feed_row, 6, 1)) return 1;
  lua_pushliteral(L, "failed");
  lua_insert(L, -2); /* the error behind it */
  return 2;
}

/* core.fault(batch, line, problem): of a row that Lua could not read */
static int fill_fault(lua_State *L) {
  batch *b = batch_get(L, 1);
  if (!batch_add_fault(b, (uint64_t)luaL_checkinteger(L, 2),
                       luaL_checkstring(L, 3), text_slice("", 0)))
    return luaL_error(L, "out of memory");
  return 0;
}

void reader_fill_open(lua_State *L) {
  static const luaL_Reg functions[] = {
    {"feed", fill_one}, {"fault", fill_fault}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
