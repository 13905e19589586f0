/* csv_out.c: rows of CSV, for Lua to write. */
#include <string.h>

#include "handles.h"

static slice cell_at(lua_State *L, int i) {
  slice cell;
  lua_rawgeti(L, 1, i);
  luaL_argcheck(L, lua_type(L, -1) == LUA_TSTRING, 1, "texts are expected");
  cell.bytes = lua_tolstring(L, -1, &cell.length);
  lua_pop(L, 1); /* the table keeps it */
  return cell;
}

static void add_quoted(luaL_Buffer *text, slice cell) {
  size_t i;
  luaL_addchar(text, '"');
  for (i = 0; i < cell.length; i++) {
    if (cell.bytes[i] == '"') luaL_addchar(text, '"');
    luaL_addchar(text, cell.bytes[i]);
  }
  luaL_addchar(text, '"');
}

static void add_cell(luaL_Buffer *text, slice cell) {
  if (strcspn(cell.bytes, ",\"\r\n") < cell.length) /* or it holds a NUL */
    add_quoted(text, cell);
  else
    luaL_addlstring(text, cell.bytes, cell.length);
}

/* core.csv_text(cells, width[, count]) -> the first cells of a list as rows of
** `width` cells each, with quotes where a cell needs them */
static int csv_out_text(lua_State *L) {
  luaL_Buffer text;
  lua_Integer i, width = luaL_checkinteger(L, 2), count;
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argcheck(L, width > 0, 2, "a cell at the least is expected");
  count = luaL_optinteger(L, 3, (lua_Integer)lua_rawlen(L, 1));
  luaL_buffinit(L, &text);
  for (i = 1; i <= count; i++) {
    add_cell(&text, cell_at(L, (int)i));
    luaL_addchar(&text, i % width ? ',' : '\n');
  }
  luaL_pushresult(&text);
  return 1;
}

void csv_out_open(lua_State *L) {
  lua_pushcfunction(L, csv_out_text);
  lua_setfield(L, -2, "csv_text");
}
