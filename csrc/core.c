/* core.c: opens the native parts. */
#define _GNU_SOURCE /* dladdr */
#include <dlfcn.h>

#include "handles.h"

/* The version, which whoever builds takes from the rockspec, as a text. */
#define TEXT_OF(words) #words
#define TEXT(macro) TEXT_OF(macro)

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
  lua_pushliteral(L, TEXT(SERTIFIER_VERSION));
  lua_setfield(L, -2, "version");
  plan_handle_open(L);
  batch_open(L);
  record_open(L);
  source_handle_open(L);
  feed_handle_open(L);
  reader_open(L);
  reader_fill_open(L);
  client_open(L);
  login_handle_open(L);
  strings_open(L);
  system_open(L);
  commits_handle_open(L);
  memory_handle_open(L);
  answer_handle_open(L);
  csv_out_open(L);
  return 1;
}
