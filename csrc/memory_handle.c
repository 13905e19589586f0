/* memory_handle.c: handle: a memory, and the plan that asks it. */
#include <stdlib.h>

#include "handles.h"
#include "memory.h"
#include "value.h"

#define CLASS "sertifier.memory"
#define MOST_BYTES (64 * 1024 * 1024) /* a part of it as text */

static memory **slot(lua_State *L) {
  return luaL_checkudata(L, 1, CLASS);
}

static memory *memory_get(lua_State *L) {
  memory *m = *slot(L);
  luaL_argcheck(L, m, 1, "the memory is closed");
  return m;
}

static int handle_close(lua_State *L) {
  memory **m = slot(L), *open = *m;
  *m = NULL;
  memory_close(open);
  return 0;
}

/* core.memory() -> an empty memory */
static int handle_new(lua_State *L) {
  memory **m = handle_make(L, CLASS, sizeof *m);
  *m = memory_open();
  return *m ? 1 : luaL_error(L, "out of memory");
}

static int handle_length(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)memory_count(memory_get(L)));
  return 1;
}

/* memory:read(text) -> whether it was one that memory:write made */
static int handle_read(lua_State *L) {
  slice text;
  text.bytes = luaL_checklstring(L, 2, &text.length);
  lua_pushboolean(L, memory_read(memory_get(L), text));
  return 1;
}

/* memory:write(place, most) -> text, the next place: begin with 0, and go on
** until the text is empty */
static int handle_write(lua_State *L) {
  const memory *m = memory_get(L);
  size_t at = (size_t)luaL_checkinteger(L, 2);
  buffer text;
  int ok;
  buffer_open(&text, MOST_BYTES);
  ok = memory_write(m, &at, (size_t)luaL_checkinteger(L, 3), &text);
  if (ok) lua_pushlstring(L, text.bytes ? text.bytes : "", text.length);
  buffer_close(&text);
  if (!ok) return luaL_error(L, "out of memory");
  lua_pushinteger(L, (lua_Integer)at);
  return 2;
}

/* Reads an Id, the second argument; 0 where it is none. */
static int read_id(lua_State *L, char id[VALUE_ID]) {
  slice text;
  text.bytes = luaL_checklstring(L, 2, &text.length);
  return value_id(text, id);
}

/* memory:done(Id): something came of what fired for this record */
static int handle_done(lua_State *L) {
  memory *m = memory_get(L);
  char id[VALUE_ID];
  memory_entry *e = read_id(L, id) ? memory_find(m, id) : NULL;
  if (e) e->flags &= (unsigned char)~MEMORY_OWED;
  return 0;
}

/* memory:forget(Id) -> whether it was there: memory:write leaves it out */
static int handle_forget(lua_State *L) {
  memory *m = memory_get(L);
  char id[VALUE_ID];
  lua_pushboolean(L, read_id(L, id) && memory_forget(m, id));
  return 1;
}

/* ---- attaching ---- */

static size_t cell_field(lua_State *L, int table, const char *name,
                         size_t cells) {
  lua_Integer cell;
  lua_getfield(L, table, name);
  cell = lua_tointeger(L, -1);
  lua_pop(L, 1);
  luaL_argcheck(L, cell >= 0 && (size_t)cell <= cells, 3, "no such cell");
  return (size_t)cell - 1; /* RECALL_NO_CELL for 0 */
}

/* The fields of the list on top of the stack. */
static void read_fields(lua_State *L, recall *r, size_t cells) {
  size_t i, count = lua_rawlen(L, -1);
  int list = lua_gettop(L);
  r->now = calloc(2 * count + 1, sizeof *r->now);
  r->values = calloc(count + 1, sizeof *r->values);
  if (!r->now || !r->values) {
    luaL_error(L, "out of memory");
    return;
  }
  r->prior = r->now + count;
  for (i = 0; i < count; i++) {
    lua_rawgeti(L, list, (int)i + 1);
    r->now[i] = cell_field(L, list + 1, "now", cells);
    r->prior[i] = cell_field(L, list + 1, "cell", cells);
    luaL_argcheck(L, r->now[i] != RECALL_NO_CELL &&
                  r->prior[i] != RECALL_NO_CELL, 3, "a field has no cell");
    lua_pop(L, 1); /* the field */
  }
  r->count = count;
}

/* memory:attach(plan, { trigger = letter, id = cell, known = cell or 0,
** fields = { { now = cell, cell = cell of what it was }, … } }): rows that go
** through the plan are looked up here, and remembered. */
static int handle_attach(lua_State *L) {
  memory *m = memory_get(L);
  plan_handle *h = plan_handle_get(L, 2);
  size_t cells = plan_cells(h->plan);
  const char *trigger;
  luaL_checktype(L, 3, LUA_TTABLE);
  plan_handle_forget(L, h);
  lua_getfield(L, 3, "trigger");
  trigger = luaL_checkstring(L, -1);
  h->recall.trigger = *trigger;
  h->recall.cells = cells;
  h->recall.id = cell_field(L, 3, "id", cells);
  luaL_argcheck(L, h->recall.id != RECALL_NO_CELL, 3, "the Id has no cell");
  h->recall.known = cell_field(L, 3, "known", cells);
  lua_getfield(L, 3, "fields");
  luaL_checktype(L, -1, LUA_TTABLE);
  read_fields(L, &h->recall, cells);
  lua_pushvalue(L, 1);
  h->remembers = luaL_ref(L, LUA_REGISTRYINDEX);
  h->recall.memory = m;
  return 0;
}

void memory_handle_open(lua_State *L) {
  static const luaL_Reg methods[] = {
    {"__len", handle_length}, {"read", handle_read}, {"write", handle_write},
    {"done", handle_done}, {"forget", handle_forget},
    {"attach", handle_attach}, {NULL, NULL}};
  handle_class(L, CLASS, methods, handle_close);
  lua_pushcfunction(L, handle_new);
  lua_setfield(L, -2, "memory");
}
