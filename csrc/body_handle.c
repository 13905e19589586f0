/* body_handle.c: handle: the body of a request that issues credentials. */
#include "body.h"
#include "handles.h"

#define CLASS BODY_CLASS

static body **slot(lua_State *L, int index) {
  return luaL_checkudata(L, index, CLASS);
}

static body *open_one(lua_State *L, int index) {
  body *b = *slot(L, index);
  luaL_argcheck(L, b, index, "the body is closed");
  return b;
}

static int handle_close(lua_State *L) {
  body **b = slot(L, 1), *open = *b;
  *b = NULL;
  body_release(open);
  return 0;
}

/* core.body() -> a body without credentials */
static int handle_new(lua_State *L) {
  body **b = handle_make(L, CLASS, sizeof *b);
  *b = body_open();
  return *b ? 1 : luaL_error(L, "out of memory");
}

static int handle_length(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)body_count(open_one(L, 1)));
  return 1;
}

/* body:add(batch, i): adds the JSON of a credential in a batch */
static int handle_add(lua_State *L) {
  body *b = open_one(L, 1);
  slice credential = batch_credential(L, 2);
  luaL_argcheck(L, b->holders == 1, 1, "the body is being sent");
  return body_add(b, credential) ? 0 : luaL_error(L, "out of memory");
}

/* The number at a place of the list at index 2, which names a credential. */
static size_t listed(lua_State *L, const body *b, int place) {
  lua_Integer index;
  lua_rawgeti(L, 2, place);
  index = lua_tointeger(L, -1);
  lua_pop(L, 1);
  luaL_argcheck(L, index >= 1 && (size_t)index <= body_count(b), 2,
                "the body has no such credential");
  return (size_t)index - 1;
}

/* body:part { i, ... } -> a body of these of its credentials */
static int handle_part(lua_State *L) {
  const body *b = open_one(L, 1);
  body *part;
  int i, count;
  luaL_checktype(L, 2, LUA_TTABLE);
  count = (int)lua_rawlen(L, 2);
  handle_new(L);
  part = open_one(L, -1);
  for (i = 1; i <= count; i++)
    if (!body_add(part, body_credential(b, listed(L, b, i))))
      return luaL_error(L, "out of memory");
  return 1;
}

void body_handle_open(lua_State *L) {
  static const luaL_Reg methods[] = {
    {"__len", handle_length}, {"add", handle_add}, {"part", handle_part},
    {NULL, NULL}};
  handle_class(L, CLASS, methods, handle_close);
  lua_pushcfunction(L, handle_new);
  lua_setfield(L, -2, "body");
}
