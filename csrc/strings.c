/* strings.c: what Lua asks of a text: is it UTF-8, and its keyed fingerprint. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "handles.h"

/* core.is_text(bytes) -> whether they are valid UTF-8 without a NUL */
static int strings_is_text(lua_State *L) {
  size_t length;
  const char *bytes = luaL_checklstring(L, 1, &length);
  lua_pushboolean(L, text_valid(text_slice(bytes, length)) == length);
  return 1;
}

const unsigned char *fingerprint_key(lua_State *L, int index) {
  size_t length;
  const char *key = luaL_checklstring(L, index, &length);
  luaL_argcheck(L, length == SIPHASH_KEY, index, "a key of 16 bytes is expected");
  return (const unsigned char *)key;
}

void fingerprint_push(lua_State *L, const unsigned char *key, slice text) {
  char hex[17];
  snprintf(hex, sizeof hex, "%016llx", (unsigned long long)siphash(key, text));
  lua_pushlstring(L, hex, 16);
}

/* core.fingerprint(key, text) -> 16 hexadecimal digits */
static int strings_fingerprint(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 2, &length);
  fingerprint_push(L, fingerprint_key(L, 1), text_slice(text, length));
  return 1;
}

/* core.random() -> 16 bytes that nobody can guess, as a text of 32 hexadecimal
** digits */
static int strings_random(lua_State *L) {
  unsigned char bytes[16];
  char hex[33];
  int i;
  if (getentropy(bytes, sizeof bytes))
    return luaL_error(L, "no random bytes: %s", strerror(errno));
  for (i = 0; i < 16; i++) snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
  lua_pushlstring(L, hex, 32);
  return 1;
}

void strings_open(lua_State *L) {
  static const luaL_Reg functions[] = {
    {"is_text", strings_is_text}, {"fingerprint", strings_fingerprint},
    {"random", strings_random}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
