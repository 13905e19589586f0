/* http_module.c: opens the native parts that speak HTTP. They are a library of
** their own: libcurl, with the thirty others that it needs, takes longer to load
** than all the rest, and only what sends requests itself needs it. */
#include "handles.h"

/* The one name that others see. */
__attribute__((visibility("default")))
int luaopen_sertifier_http(lua_State *L);

int luaopen_sertifier_http(lua_State *L) {
  /* A thread of libcurl's, such as one that resolves a name. */
  handle_stay_loaded((void *)luaopen_sertifier_http);
  lua_newtable(L);
  client_open(L);
  login_handle_open(L);
  return 1;
}
