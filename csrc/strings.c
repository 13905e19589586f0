/* strings.c: what Lua asks of a text: is it UTF-8, is it the same as another. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h> /* musl has getentropy here */

#include "handles.h"
#include "value.h"

/* core.is_text(bytes) -> whether they are valid UTF-8 without a NUL */
static int strings_is_text(lua_State *L) {
  size_t length;
  const char *bytes = luaL_checklstring(L, 1, &length);
  lua_pushboolean(L, text_valid(text_slice(bytes, length)) == length);
  return 1;
}

/* core.widen_id(text) -> an Id of 15 characters, as Salesforce wrote it, in its
** form of 18; any other text as it is */
static int strings_widen_id(lua_State *L) {
  char id[VALUE_ID];
  slice text;
  text.bytes = luaL_checklstring(L, 1, &text.length);
  lua_settop(L, 1);
  if (value_widen(text, id)) lua_pushlstring(L, id, VALUE_ID);
  return 1;
}

const unsigned char *fingerprint_key(lua_State *L, int index) {
  size_t length;
  const char *key = luaL_checklstring(L, index, &length);
  luaL_argcheck(L, length == SIPHASH_KEY, index, "a key of 16 bytes is expected");
  return (const unsigned char *)key;
}

static void hex_digits(char *digits, uint64_t number) {
  int i;
  for (i = 16; i-- > 0; number >>= 4) digits[i] = "0123456789abcdef"[number & 15];
}

void fingerprint_push(lua_State *L, const unsigned char *key, slice text) {
  char hex[16];
  hex_digits(hex, siphash(key, text));
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

/* core.same(a, b) -> whether two texts are equal; how long that takes tells
** nothing but their lengths */
static int strings_same(lua_State *L) {
  size_t length, other, i;
  const char *a = luaL_checklstring(L, 1, &length);
  const char *b = luaL_checklstring(L, 2, &other);
  volatile unsigned char differs = length != other;
  for (i = 0; i < length && i < other; i++)
    differs = (unsigned char)(differs | (a[i] ^ b[i]));
  lua_pushboolean(L, !differs);
  return 1;
}

void strings_open(lua_State *L) {
  static const luaL_Reg functions[] = {
    {"is_text", strings_is_text}, {"widen_id", strings_widen_id},
    {"fingerprint", strings_fingerprint}, {"random", strings_random},
    {"same", strings_same}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
