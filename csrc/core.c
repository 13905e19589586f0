/* core.c: opens the native parts, but those that speak HTTP. */
#include "handles.h"

/* The version, which whoever builds takes from the rockspec, as a text. */
#define TEXT_OF(words) #words
#define TEXT(macro) TEXT_OF(macro)

/* The one name that others see. */
__attribute__((visibility("default")))
int luaopen_sertifier_core(lua_State *L);

int luaopen_sertifier_core(lua_State *L) {
  /* The thread of load_ahead.c. */
  handle_stay_loaded((void *)luaopen_sertifier_core);
  lua_newtable(L);
  lua_pushliteral(L, TEXT(SERTIFIER_VERSION));
  lua_setfield(L, -2, "version");
  plan_handle_open(L);
  batch_handle_open(L);
  record_open(L);
  source_handle_open(L);
  feed_handle_open(L);
  reader_open(L);
  reader_fill_open(L);
  body_handle_open(L);
  strings_open(L);
  system_open(L);
  load_ahead_open(L);
  commits_handle_open(L);
  memory_handle_open(L);
  answer_handle_open(L);
  csv_out_open(L);
  return 1;
}
