/* handles.c: how every class of handles is made, and says that it failed. */
#define _GNU_SOURCE /* dladdr */
#include "handles.h"

#include <dlfcn.h>
#include <string.h>

void handle_stay_loaded(void *place) {
  Dl_info library;
  if (dladdr(place, &library))
    (void)dlopen(library.dli_fname, RTLD_LAZY | RTLD_NODELETE);
}

void handle_class(lua_State *L, const char *name, const luaL_Reg *methods,
                  lua_CFunction close) {
  luaL_newmetatable(L, name);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  luaL_setfuncs(L, methods, 0);
  lua_pushcfunction(L, close);
  lua_setfield(L, -2, "__gc");
  lua_pushcfunction(L, close);
  lua_setfield(L, -2, "__close");
  lua_pushcfunction(L, close);
  lua_setfield(L, -2, "close");
  lua_pop(L, 1);
}

void *handle_make(lua_State *L, const char *name, size_t size) {
  void *handle = lua_newuserdata(L, size);
  memset(handle, 0, size);
  luaL_setmetatable(L, name);
  return handle;
}

const char *handle_text(lua_State *L, const char *name,
                        const char *otherwise) {
  const char *text;
  lua_getfield(L, 1, name);
  text = luaL_optstring(L, -1, otherwise);
  lua_pop(L, 1); /* the options keep it alive */
  return text;
}

double handle_number(lua_State *L, const char *name, double otherwise) {
  double number;
  lua_getfield(L, 1, name);
  number = luaL_optnumber(L, -1, otherwise);
  lua_pop(L, 1);
  if (!(number > 0 && number <= 1e9))
    luaL_error(L, "%s: a number above 0 is expected", name);
  return number;
}

/* From Lua 5.2 on, a closed one still points to what is no more. */
FILE *handle_file(lua_State *L, int index) {
#if LUA_VERSION_NUM < 502
  FILE **file = luaL_checkudata(L, index, LUA_FILEHANDLE), *open = *file;
#else
  luaL_Stream *file = luaL_checkudata(L, index, LUA_FILEHANDLE);
  FILE *open = file->closef ? file->f : NULL;
#endif
  luaL_argcheck(L, open, index, "the file is closed");
  return open;
}

int handle_fail(lua_State *L, const char *message, const char *code) {
  lua_pushnil(L);
  lua_pushstring(L, message);
  lua_pushstring(L, code);
  return 3;
}
