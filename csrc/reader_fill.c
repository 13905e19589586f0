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

/* What one row became; `*end` where there was none, or none could be read. */
static plan_result read_row(lua_State *L, reader *r, const plan_handle *h,
                            batch *b, csv_result *end) {
  given_row one;
  *end = rows_next(&r->rows);
  if (*end == CSV_FAULT) return read_fault(r, b);
  if (*end != CSV_ROW) return PLAN_SKIPPED;
  if (!rows_cells(&r->rows, h->sources, r->forms, plan_cells(h->plan),
                  h->cells))
    return PLAN_NO_MEMORY;
  one.line = rows_line(&r->rows);
  one.text = one.kept = rows_text(&r->rows);
  one.cut = rows_cut(&r->rows);
  one.record = 0;
  return blame_bytes(r, b, row_add(L, h, b, one));
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
static int push_counts(lua_State *L, const lua_Integer *count, int is_ended,
                       plan_result last) {
  lua_Integer read = 0;
  int i;
  for (i = 0; i < PLAN_NO_MEMORY; i++) read += count[i];
  lua_pushinteger(L, read);
  lua_pushinteger(L, count[PLAN_SKIPPED]);
  lua_pushinteger(L, count[PLAN_INVALID]);
  lua_pushboolean(L, is_ended);
  if (last != PLAN_FAILED) return 4;
  lua_pushvalue(L, -5); /* the error, below what is given */
  return 5;
}

/* reader:fill(plan, batch, credentials, rows, with_records)
**   -> read, skipped, invalid, ended; or nil, problem, "io"
** Reads on until the batch has that many credentials, that many rows were
** read, or the export ends. Where a function of the plan fails at a row, that
** row is the last, and its error comes fifth. */
int reader_fill(lua_State *L) {
  reader *r = reader_get(L, 1);
  const plan_handle *h = plan_handle_get(L, 2);
  batch *b = batch_get(L, 3);
  size_t most = (size_t)luaL_checkinteger(L, 4);
  lua_Integer wanted = luaL_checkinteger(L, 5), count[PLAN_NO_MEMORY] = {0};
  csv_result end = CSV_ROW;
  plan_result result = PLAN_SKIPPED;
  lua_Integer read = 0;
  check_sources(L, r, h);
  if (lua_toboolean(L, 6) || h->functions_count)
    batch_describe(L, b, r->rows.columns, r->rows.delimiter);
  while (result != PLAN_FAILED && read < wanted && batch_count(b) < most &&
         batch_faults(b) < MOST_FAULTS) {
    result = read_row(L, r, h, b, &end);
    if (end == CSV_END) break;
    if (end == CSV_FAILED)
      return handle_fail(L, source_problem(r->rows.source), "io");
    if (result == PLAN_NO_MEMORY) return luaL_error(L, "out of memory");
    count[result]++;
    read++;
  }
  return push_counts(L, count, end == CSV_END, result);
}

/* The cells that the plan reads, of a table at index 3; they stay on the stack
** while they are used. */
static void take_cells(lua_State *L, const plan_handle *h) {
  size_t i, count = plan_cells(h->plan);
  luaL_checkstack(L, (int)count + 4, "too many cells");
  for (i = 0; i < count; i++) {
    if (h->sources[i] == PLAN_NO_COLUMN) continue;
    lua_rawgeti(L, 3, (int)h->sources[i] + 1);
    h->cells[i].bytes = luaL_checklstring(L, -1, &h->cells[i].length);
  }
}

/* For rows that Lua has: core.feed(plan, batch, cells, line, record, text) ->
** "skipped", "invalid" or "ready"; or "failed" and the error of a function that
** got the record. The cells are those of the export's columns; `text` is the
** row that the batch keeps, if it is to. */
static int fill_one(lua_State *L) {
  static const char *const words[] = {"skipped", "invalid", "ready", "failed"};
  const plan_handle *h = plan_handle_get(L, 1);
  batch *b = batch_get(L, 2);
  plan_result result;
  given_row one;
  luaL_checktype(L, 3, LUA_TTABLE);
  one.line = (uint64_t)luaL_checkinteger(L, 4);
  one.text = text_slice("", 0);
  one.cut = NULL;
  one.record = 5;
  lua_settop(L, 6);
  one.kept.bytes = luaL_optlstring(L, 6, "", &one.kept.length);
  if (one.kept.length) batch_keep_rows(b);
  take_cells(L, h);
  result = row_add(L, h, b, one);
  if (result == PLAN_NO_MEMORY) return luaL_error(L, "out of memory");
  lua_pushstring(L, words[result]);
  if (result != PLAN_FAILED) return 1;
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
