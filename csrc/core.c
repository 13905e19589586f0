/* core.c: opens the native parts. */
#define _GNU_SOURCE /* dladdr */
#include <dlfcn.h>

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

/* Lua unloads a module with its state; a thread of libcurl's, such as one that
** resolves a name, may still be running in it then. */
static void stay_loaded(void) {
  Dl_info place;
  if (dladdr((void *)luaopen_sertifier_core, &place))
    (void)dlopen(place.dli_fname, RTLD_LAZY | RTLD_NODELETE);
}

int luaopen_sertifier_core(lua_State *L) {
  stay_loaded();
  lua_newtable(L);
  plan_handle_open(L);
  batch_open(L);
  record_open(L);
  reader_open(L);
  client_open(L);
  system_open(L);
  return 1;
}
