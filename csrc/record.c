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

/* The cells and the row's bytes follow it: Lua collects by what it has given. */
typedef struct record {
  size_t split; /* cells that were asked for, and those before them */
  slice rest;   /* of the row */
  char delimiter;
  slice cells[];
} record;

static int form_close(lua_State *L) {
  form *f = luaL_checkudata(L, 1, FORM);
  columns_release(f->columns);
  f->columns = NULL;
  return 0;
}

void record_push(lua_State *L, int class, const columns *c, char delimiter,
                 slice text) {
  size_t room = sizeof(record) + c->count * sizeof(slice);
  record *r = lua_newuserdata(L, room + text.length + 1);
  char *bytes = (char *)r + room;
  memcpy(bytes, text.bytes, text.length);
  r->split = 0;
  r->rest = text_slice(bytes, text.length);
  r->delimiter = delimiter;
  lua_rawgeti(L, LUA_REGISTRYINDEX, class);
  lua_setmetatable(L, -2);
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

/* ---- what its metatable has: functions with these upvalues ---- */

#define THE_FORM lua_upvalueindex(1)
#define PLACES lua_upvalueindex(2) /* of columns by the names that were read */
#define THE_CLASS lua_upvalueindex(3)

static record *check_record(lua_State *L) {
  int is_ours = lua_getmetatable(L, 1) && lua_rawequal(L, -1, THE_CLASS);
  luaL_argcheck(L, is_ours, 1, "a record is expected");
  lua_pop(L, 1);
  return lua_touserdata(L, 1);
}

/* The column of the name at index 2, whatever its case. */
static size_t find_column(lua_State *L) {
  const form *f = lua_touserdata(L, THE_FORM);
  slice name;
  size_t i;
  name.bytes = luaL_checklstring(L, 2, &name.length);
  i = columns_find(f->columns, name);
  if (i == f->columns->count)
    luaL_error(L, "the export has no column %s", name.bytes);
  lua_pushvalue(L, 2);
  lua_pushinteger(L, (lua_Integer)i);
  lua_rawset(L, PLACES);
  return i;
}

/* record.Field: the cell's text, whatever the case of the name; "" where it is
** empty, an error where the export has no such column. */
static int record_index(lua_State *L) {
  record *r = check_record(L);
  size_t i;
  lua_settop(L, 2);
  lua_pushvalue(L, 2);
  lua_rawget(L, PLACES);
  i = lua_isnil(L, 3) ? find_column(L) : (size_t)lua_tointeger(L, 3);
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

/* Adds the function that reads a cell to the metatable on top of the stack. */
static void add_index(lua_State *L, columns *c) {
  form *f = handle_make(L, FORM, sizeof *f);
  f->columns = columns_hold(c);
  lua_newtable(L);
  lua_pushvalue(L, -3); /* the metatable */
  lua_pushcclosure(L, record_index, 3);
  lua_setfield(L, -2, "__index");
}

int record_class(lua_State *L, columns *c) {
  static const luaL_Reg methods[] = {
    {"__newindex", record_newindex}, {"__tostring", record_text}, {NULL, NULL}};
  lua_newtable(L);
  luaL_setfuncs(L, methods, 0);
  add_index(L, c);
  return luaL_ref(L, LUA_REGISTRYINDEX);
}

void record_open(lua_State *L) {
  static const luaL_Reg methods[] = {{NULL, NULL}};
  handle_class(L, FORM, methods, form_close);
}
