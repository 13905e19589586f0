/* record.c: handle: a lazy view of one row, for hooks written in Lua. */
#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "handles.h"

#define CLASS "sertifier.record"

typedef struct record {
  columns *columns;
  slice *cells; /* the row's bytes follow them */
} record;

static int record_close(lua_State *L) {
  record *r = luaL_checkudata(L, 1, CLASS);
  columns_release(r->columns);
  free(r->cells);
  r->columns = NULL;
  r->cells = NULL;
  return 0;
}

/* Copies the text and takes it apart; 0 without memory. */
static int record_fill(record *r, columns *c, char delimiter, slice text) {
  size_t cells = c->count * sizeof *r->cells, i;
  char *bytes;
  r->cells = malloc(cells + text.length + 1);
  if (!r->cells) return 0;
  bytes = (char *)r->cells + cells;
  memcpy(bytes, text.bytes, text.length);
  i = cell_split(text_slice(bytes, text.length), delimiter, r->cells, c->count);
  for (; i < c->count; i++) r->cells[i] = text_slice(bytes, 0);
  r->columns = columns_hold(c);
  return 1;
}

int record_push(lua_State *L, columns *c, char delimiter, slice text) {
  record *r = lua_newuserdata(L, sizeof *r);
  memset(r, 0, sizeof *r);
  luaL_setmetatable(L, CLASS);
  if (!record_fill(r, c, delimiter, text))
    return luaL_error(L, "out of memory");
  return 1;
}

/* A raw cell's value; a Lua buffer holds it where quotes were doubled. */
static void push_value(lua_State *L, slice raw) {
  char *room = lua_newuserdata(L, raw.length + 1);
  slice value = cell_value(raw, 1, room);
  lua_pushlstring(L, value.bytes, value.length);
  lua_remove(L, -2); /* the room */
}

/* record.Field: the cell's text, whatever the case of the name; "" where it is
** empty, an error where the export has no such column. */
static int record_index(lua_State *L) {
  const record *r = luaL_checkudata(L, 1, CLASS);
  slice name;
  size_t i;
  name.bytes = luaL_checklstring(L, 2, &name.length);
  luaL_argcheck(L, r->columns, 1, "the record is closed");
  i = columns_find(r->columns, name);
  if (i == r->columns->count)
    return luaL_error(L, "the export has no column %s", name.bytes);
  push_value(L, r->cells[i]);
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
