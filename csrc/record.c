/* record.c: handle: a lazy view of one row, for hooks written in Lua. */
#include <string.h>

#include "cell.h"
#include "handles.h"

#define FORM "sertifier.record.form"

/* What the records of an export share. Their metatable keeps it, so that a
** record has nothing to be closed: one is made for each row. */
typedef struct form {
  columns *columns;
} form;

/* Where each cell ends in the row's bytes, which follow: Lua collects by what
** it has given. */
typedef struct record {
  uint32_t count; /* of columns */
  uint32_t split; /* cells whose ends are known, from the first */
  uint32_t length;
  char delimiter;
  uint32_t ends[];
} record;

static int form_close(lua_State *L) {
  form *f = luaL_checkudata(L, 1, FORM);
  columns_release(f->columns);
  f->columns = NULL;
  return 0;
}

static const char *bytes_of(const record *r) {
  return (const char *)(r->ends + r->count);
}

static size_t start_of(const record *r, size_t i) {
  return i ? r->ends[i - 1] + (size_t)1 : 0;
}

static void add_end(record *r, size_t end) {
  r->ends[r->split++] = (uint32_t)end;
}

/* Takes over how the reader took the row apart. */
static void take_cut(record *r, const csv_row *cut) {
  while (r->split < r->count && r->split + 1 < cut->cells)
    add_end(r, cut->stops[r->split] - cut->start);
}

void record_push(lua_State *L, int class, const columns *c, record_row row) {
  size_t room = sizeof(record) + c->count * sizeof(uint32_t);
  record *r = lua_newuserdata(L, room + row.text.length);
  r->count = (uint32_t)c->count;
  r->split = 0;
  r->length = (uint32_t)row.text.length;
  r->delimiter = row.delimiter;
  if (row.cut) take_cut(r, row.cut);
  memcpy((char *)r + room, row.text.bytes, row.text.length);
  lua_rawgeti(L, LUA_REGISTRYINDEX, class);
  lua_setmetatable(L, -2);
}

/* Finds the end of one more cell; of one that the row lacks, the row's. */
static void split_next(record *r) {
  size_t start = start_of(r, r->split);
  slice cell, rest = text_slice(NULL, 0);
  if (start <= r->length)
    rest = text_slice(bytes_of(r) + start, r->length - start);
  if (cell_next(&rest, r->delimiter, &cell)) add_end(r, start + cell.length);
  else add_end(r, r->length);
}

/* The row is taken apart as far as it is read. */
static slice record_cell(record *r, size_t i) {
  size_t start;
  while (r->split <= i) split_next(r);
  start = start_of(r, i);
  if (start > r->ends[i]) return text_slice("", 0);
  return text_slice(bytes_of(r) + start, r->ends[i] - start);
}

/* A raw cell's value. */
static void push_value(lua_State *L, slice raw) {
  slice value = cell_value(raw, 0, NULL);
  if (value.bytes != raw.bytes && memchr(value.bytes, '"', value.length))
    value = cell_undouble(value, lua_newuserdata(L, value.length + 1));
  lua_pushlstring(L, value.bytes, value.length);
}

/* ---- what its metatable has, which nobody else gets: each is given a record */

#define THE_FORM lua_upvalueindex(1)
#define PLACES lua_upvalueindex(2) /* of columns by the names read, from 1 */

/* Notes where the column of the name at index 2 is, whatever its case. */
static size_t find_place(lua_State *L) {
  const form *f = lua_touserdata(L, THE_FORM);
  slice name;
  size_t i;
  name.bytes = luaL_checklstring(L, 2, &name.length);
  i = columns_find(f->columns, name);
  if (i == f->columns->count)
    luaL_error(L, "the export has no column %s", name.bytes);
  lua_pushvalue(L, 2);
  lua_pushinteger(L, (lua_Integer)i + 1);
  lua_rawset(L, PLACES);
  return i + 1;
}

/* record.Field: the cell's text, whatever the case of the name; "" where it is
** empty, an error where the export has no such column. */
static int record_index(lua_State *L) {
  size_t place;
  lua_pushvalue(L, 2);
  lua_rawget(L, PLACES);
  place = (size_t)lua_tointeger(L, -1); /* of nil it is 0 */
  if (!place) place = find_place(L);
  push_value(L, record_cell(lua_touserdata(L, 1), place - 1));
  return 1;
}

static int record_newindex(lua_State *L) {
  return luaL_error(L, "a record cannot be changed");
}

static int record_text(lua_State *L) {
  lua_pushliteral(L, "sertifier record"); /* no values: it may be logged */
  return 1;
}

/* Adds the function that reads a cell to the metatable on top of the stack. */
static void add_index(lua_State *L, columns *c) {
  form *f = handle_make(L, FORM, sizeof *f);
  f->columns = columns_hold(c);
  lua_newtable(L);
  lua_pushcclosure(L, record_index, 2);
  lua_setfield(L, -2, "__index");
}

int record_class(lua_State *L, columns *c) {
  static const luaL_Reg methods[] = {
    {"__newindex", record_newindex}, {"__tostring", record_text}, {NULL, NULL}};
  lua_newtable(L);
  luaL_setfuncs(L, methods, 0);
  add_index(L, c);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  return luaL_ref(L, LUA_REGISTRYINDEX);
}

void record_open(lua_State *L) {
  static const luaL_Reg methods[] = {{NULL, NULL}};
  handle_class(L, FORM, methods, form_close);
}
