/* lua51.h: the few functions of Lua's C API that Lua 5.1 lacks. */
#ifndef LUA51_H
#define LUA51_H

#include "needs.h" /* before what may be missing */

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#if LUA_VERSION_NUM < 502

/* LuaJIT's headers declare some of these already; ours serve both, so that a
** module built on the headers of Lua 5.1 also loads in LuaJIT. */
#define luaL_setfuncs lua51_setfuncs
#define luaL_setmetatable lua51_setmetatable
#define luaL_testudata lua51_testudata
#define lua_rawlen lua_objlen

static inline void lua51_setfuncs(lua_State *L, const luaL_Reg *list, int up) {
  (void)up; /* always 0 here */
  for (; list->name; list++) {
    lua_pushcfunction(L, list->func);
    lua_setfield(L, -2, list->name);
  }
}

static inline void lua51_setmetatable(lua_State *L, const char *name) {
  luaL_getmetatable(L, name);
  lua_setmetatable(L, -2);
}

static inline void *lua51_testudata(lua_State *L, int index, const char *name) {
  void *p = lua_touserdata(L, index);
  int same;
  if (!p || !lua_getmetatable(L, index)) return NULL;
  luaL_getmetatable(L, name);
  same = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return same ? p : NULL;
}

#endif

#endif
