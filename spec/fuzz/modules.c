/* fuzz: the parsers that are written in Lua, by the lines that they reach. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES (1 << 14)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most,
                               unsigned int seed);

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

static lua_State *open(void) {
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  if (luaL_dofile(L, "spec/fuzz/modules.lua")) {
    fprintf(stderr, "%s\n", lua_tostring(L, -1));
    abort();
  }
  lua_sethook(L, count, LUA_MASKLINE, 0);
  return L;
}

/* Calls a function of modules.lua with the bytes and a number; what it gives is
** on top then. */
static lua_State *call(const char *name, const uint8_t *data, size_t size,
                       unsigned int number) {
  static lua_State *L;
  if (!L) L = open();
  lua_settop(L, 1);
  lua_getfield(L, 1, name);
  lua_pushlstring(L, (const char *)data, size);
  lua_pushinteger(L, number);
  if (lua_pcall(L, 2, 1, 0)) {
    fprintf(stderr, "%s\n", lua_tostring(L, -1));
    abort();
  }
  return L;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most,
                               unsigned int seed) {
  size_t length = 0;
  const char *text = NULL;
  if (seed % 2)
    text = lua_tolstring(call("mutate", data, size, seed), -1, &length);
  if (!text || length > most) return LLVMFuzzerMutate(data, size, most);
  memcpy(data, text, length);
  return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  call("run", data, size, 0);
  return 0;
}
