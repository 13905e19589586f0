/* fuzz: the parsers that are written in Lua, by the lines that they reach. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define LINES (1 << 14)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* libFuzzer takes these for branches of the program. */
__attribute__((section("__libfuzzer_extra_counters")))
static uint8_t lines[LINES];

static void count(lua_State *L, lua_Debug *at) {
  uint32_t place;
  const char *c;
  lua_getinfo(L, "Sl", at);
  place = (uint32_t)at->currentline;
  for (c = at->short_src; *c; c++) place = place * 31 + (unsigned char)*c;
  lines[place % LINES]++;
}

static void must(lua_State *L, int failed) {
  if (!failed) return;
  fprintf(stderr, "%s\n", lua_tostring(L, -1));
  abort();
}

/* A state whose top is the function that takes the bytes. */
static lua_State *open(void) {
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  must(L, luaL_dofile(L, "spec/fuzz/modules.lua"));
  lua_sethook(L, count, LUA_MASKLINE, 0);
  return L;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static lua_State *L;
  if (!L) L = open();
  lua_pushvalue(L, -1);
  lua_pushlstring(L, (const char *)data, size);
  must(L, lua_pcall(L, 1, 0, 0));
  return 0;
}
