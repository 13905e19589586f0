/* record.c: handle: a lazy view of one row, for hooks written in Lua. */
#include <string.h>

#include "cell.h"
#include "handles.h"

#define CLASS "sertifier.record"

/* The cells and the row's bytes follow it: Lua collects by what it has given. */
typedef struct record {
  columns *columns;
  size_t split; /* cells that were asked for, and those before them */
  slice rest;   /* of the row */
  char delimiter;
  slice cells[];
} record;

static int record_close(lua_State *L) {
  record *r = luaL_checkudata(L, 1, CLASS);
  columns_release(r->columns);
  r->columns = NULL;
  return 0;
}

int record_push(lua_State *L, columns *c, char delimiter, slice text) {
  size_t room = sizeof(record) + c->count * sizeof(slice);
  record *r = handle_make(L, CLASS, room + text.length + 1);
  char *bytes = (char *)r + room;
  memcpy(bytes, text.bytes, text.length);
  r->rest = text_slice(bytes, text.length);
  r->delimiter = delimiter;
  r->columns = columns_hold(c);
  return 1;
}

/* The row is taken apart as far as it is read. */
static slice record_cell(record *r, size_t i) {
  for (; r->split <= i; r->split++)
    if (!cell_next(&r->rest, r->delimiter, &r->cells[r->split]))
      r->cells[r->split] = text_slice("", 0);
  return r->cells[i];
}

/* A raw cell's value. */
static void push_value(lua_State *L, slice raw) {
  slice value = cell_value(raw, 0, NULL);
  if (value.bytes != raw.bytes && memchr(value.bytes, '"', value.length))
    value = cell_undouble(value, lua_newuserdata(L, value.length + 1));
  lua_pushlstring(L, value.bytes, value.length);
}

/* record.Field: the cell's text, whatever the case of the name; "" where it is
** empty, an error where the export has no such column. */
static int record_index(lua_State *L) {
  record *r = luaL_checkudata(L, 1, CLASS);
  slice name;
  size_t i;
  name.bytes = luaL_checklstring(L, 2, &name.length);
  luaL_argcheck(L, r->columns, 1, "the record is closed");
  i = columns_find(r->columns, name);
  if (i == r->columns->count)
    return luaL_error(L, "the export has no column %s", name.bytes);
  push_value(L, record_cell(r, i));
  return 1;
}

static int record_newindex(lua_State *L) {
  return luaL_error(L, "a record cannot be changed");
}

static int record_text(lua_State *L) {
  lua_pushliteral(L, "sertifier record"); /* no values: it may be logged */
  return 1;
}

void record_open(lua_State *L) {
  static const luaL_Reg methods[] = {
    {"__newindex", record_newindex}, {"__tostring", record_text}, {NULL, NULL}};
  handle_class(L, CLASS, methods, record_close);
  luaL_getmetatable(L, CLASS);
  lua_pushcfunction(L, record_index);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}
