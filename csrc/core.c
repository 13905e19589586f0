/* core.c: opens the native parts. */
#include "handles.h"

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

/* The one name that others see. */
__attribute__((visibility("default")))
int luaopen_sertifier_core(lua_State *L);

int luaopen_sertifier_core(lua_State *L) {
  lua_newtable(L);
  plan_handle_open(L);
  batch_open(L);
  record_open(L);
  reader_open(L);
  client_open(L);
  system_open(L);
  return 1;
}
