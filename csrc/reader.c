/* reader.c: handle: an export's rows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "reader.h"

#define CLASS "sertifier.reader"

reader *reader_get(lua_State *L, int index) {
  reader *r = luaL_checkudata(L, index, CLASS);
  luaL_argcheck(L, r->is_open, index, "the reader is closed");
  return r;
}

static int reader_close(lua_State *L) {
  reader *r = luaL_checkudata(L, 1, CLASS);
  if (!r->is_open) return 0;
  r->is_open = 0;
  rows_close(&r->rows);
  free(r->forms);
  r->forms = NULL;
  return 0;
}

/* core.reader(source, delimiter[, line]) -> reader, or nil, problem, "export",
** and the header's line where that is at fault. The source is the reader's from
** now on; its first line has the number `line`, 1 if not said. */
static int reader_new(lua_State *L) {
  const char *delimiter = luaL_optstring(L, 2, ","), *problem;
  lua_Integer line = luaL_optinteger(L, 3, 1);
  reader *r = handle_make(L, CLASS, sizeof *r);
  problem = rows_open(&r->rows, source_take(L, 1), *delimiter,
                      (uint64_t)line);
  r->is_open = 1;
  if (!problem) return 1;
  handle_fail(L, problem, "export");
  if (!r->rows.header_line) return 3;
  lua_pushinteger(L, (lua_Integer)r->rows.header_line);
  return 4;
}

/* ---- how rows are to be read ---- */

/* reader:footer(): the last rows may be a report's footer */
static int reader_footer(lua_State *L) {
  reader_get(L, 1)->rows.has_footer = 1;
  return 0;
}

/* reader:hint(text, is_plain): what to say of a byte that is no UTF-8; and
** whether the source's offsets are those of the file */
static int reader_hint(lua_State *L) {
  reader *r = reader_get(L, 1);
  snprintf(r->hint, sizeof r->hint, "%s", luaL_checkstring(L, 2));
  r->is_plain = lua_toboolean(L, 3);
  return 0;
}

/* reader:forms(text): a character for each cell of the plan: 'd', 'm' or 'y'
** for a date of this order, ',' or '.' for a number with this decimal mark, 'n'
** for one whose mark nothing proved, 'i' for an Id that nothing folded, '-' for
** others */
static int reader_forms(lua_State *L) {
  reader *r = reader_get(L, 1);
  size_t i, length;
  const char *text = luaL_checklstring(L, 2, &length);
  free(r->forms);
  r->forms = malloc(length + 1);
  if (!r->forms) return luaL_error(L, "out of memory");
  for (i = 0; i < length; i++) r->forms[i] = text[i] == '-' ? 0 : text[i];
  r->forms_count = length;
  return 0;
}

/* reader:prove(columns, kinds) -> forms, or nil, problem, "io": reads on until
** the values prove how each column is to be read; `kinds` has 'd' for a date,
** 'n' for a number and 'i' for an Id. A form is as above, or '?' where nothing proved it. */
static int reader_prove(lua_State *L) {
  reader *r = reader_get(L, 1);
  size_t i, count;
  const char *kinds = luaL_checklstring(L, 3, &count);
  size_t *wanted = lua_newuserdata(L, (count + 1) * sizeof *wanted);
  char *forms = lua_newuserdata(L, count + 1);
  memcpy(forms, kinds, count);
  luaL_checktype(L, 2, LUA_TTABLE);
  for (i = 0; i < count; i++) {
    lua_rawgeti(L, 2, (int)i + 1);
    wanted[i] = (size_t)lua_tointeger(L, -1) - 1;
    lua_pop(L, 1);
    luaL_argcheck(L, wanted[i] < r->rows.columns->count, 2, "no such column");
  }
  if (!rows_prove(&r->rows, wanted, forms, count))
    return handle_fail(L, source_problem(r->rows.source), "io");
  for (i = 0; i < count; i++)
    if (!forms[i]) forms[i] = '-';
  lua_pushlstring(L, forms, count);
  return 1;
}

/* ---- what was read ---- */

/* reader:columns() -> the names in the header */
static int reader_columns(lua_State *L) {
  const columns *c = reader_get(L, 1)->rows.columns;
  size_t i;
  lua_createtable(L, (int)c->count, 0);
  for (i = 0; i < c->count; i++) {
    lua_pushlstring(L, c->names[i].bytes, c->names[i].length);
    lua_rawseti(L, -2, (int)i + 1);
  }
  return 1;
}

/* reader:line() -> the line on which the last row read starts */
static int reader_line(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)rows_line(&reader_get(L, 1)->rows));
  return 1;
}

static int push_text(lua_State *L, slice text) {
  lua_pushlstring(L, text.bytes, text.length);
  return 1;
}

/* reader:header() -> the header as it stands */
static int reader_header(lua_State *L) {
  const buffer *header = &reader_get(L, 1)->rows.header;
  return push_text(L, text_slice(header->bytes, header->length));
}

/* reader:text() -> the row that was read last, as it stands */
static int reader_text(lua_State *L) {
  return push_text(L, rows_text(&reader_get(L, 1)->rows));
}

static int push_fault(lua_State *L, const rows *r) {
  char problem[512];
  rows_problem(r, problem, sizeof problem);
  lua_pushboolean(L, 0);
  lua_pushstring(L, problem);
  return 2;
}

static int push_cells(lua_State *L, reader *r) {
  const columns *c = r->rows.columns;
  size_t i, *wanted;
  slice *values;
  wanted = lua_newuserdata(L, (c->count + 1) * sizeof *wanted);
  values = lua_newuserdata(L, (c->count + 1) * sizeof *values);
  for (i = 0; i < c->count; i++) wanted[i] = i;
  if (!rows_cells(&r->rows, wanted, NULL, c->count, values))
    return luaL_error(L, "out of memory");
  lua_createtable(L, 0, (int)c->count);
  for (i = 0; i < c->count; i++) {
    lua_pushlstring(L, c->names[i].bytes, c->names[i].length);
    lua_pushlstring(L, values[i].bytes, values[i].length);
    lua_rawset(L, -3);
  }
  return 1;
}

/* reader:cells() -> the next row's cells by column; nil at the end; false and
** the problem of a row that cannot be read; or nil, problem, "io" */
static int reader_cells(lua_State *L) {
  reader *r = reader_get(L, 1);
  switch (rows_next(&r->rows)) {
    case CSV_END: return 0;
    case CSV_FAILED:
      return handle_fail(L, source_problem(r->rows.source), "io");
    case CSV_FAULT: return push_fault(L, &r->rows);
    case CSV_ROW: break;
  }
  return push_cells(L, r);
}

/* reader:cut(text, count) -> a row's first cells, as they stand */
static int reader_cut(lua_State *L) {
  const reader *r = reader_get(L, 1);
  lua_Integer count = luaL_checkinteger(L, 3);
  slice text, *cells;
  text.bytes = luaL_checklstring(L, 2, &text.length);
  luaL_argcheck(L, count > 0 && count <= CSV_MAX_COLUMNS, 3, "no such cell");
  cells = lua_newuserdata(L, (size_t)count * sizeof *cells);
  cells += cell_split(text, r->rows.delimiter, cells, (size_t)count) - 1;
  text.length = (size_t)(cells->bytes - text.bytes) + cells->length;
  return push_text(L, text);
}

/* reader:offset() -> of the row that was read last, in the source */
static int reader_offset(lua_State *L) {
  const reader *r = reader_get(L, 1);
  lua_pushinteger(L, (lua_Integer)csv_at(r->rows.csv)->offset);
  return 1;
}

/* reader:counts() -> rows, rows of the footer, headers of further pages, and
** whether the last row has its end */
static int reader_counts(lua_State *L) {
  const rows *r = &reader_get(L, 1)->rows;
  lua_pushinteger(L, (lua_Integer)r->count);
  lua_pushinteger(L, (lua_Integer)r->footer_rows);
  lua_pushinteger(L, (lua_Integer)r->headers);
  lua_pushboolean(L, csv_is_whole(r->csv));
  return 4;
}

void reader_open(lua_State *L) {
  static const luaL_Reg methods[] = {
    {"fill", reader_fill}, {"footer", reader_footer}, {"hint", reader_hint},
    {"forms", reader_forms}, {"prove", reader_prove},
    {"columns", reader_columns}, {"line", reader_line},
    {"header", reader_header}, {"text", reader_text},
    {"cells", reader_cells}, {"cut", reader_cut},
    {"offset", reader_offset},
    {"counts", reader_counts}, {NULL, NULL}};
  handle_class(L, CLASS, methods, reader_close);
  lua_pushcfunction(L, reader_new);
  lua_setfield(L, -2, "reader");
}
