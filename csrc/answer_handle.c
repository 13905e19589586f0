/* answer_handle.c: the usual answer of addCredentials, for Lua. */
#include <string.h>

#include "answer.h"
#include "handles.h"

enum { LONGEST = 1024 }; /* bytes of a text with escapes */

static int push_text(lua_State *L, slice text) {
  char plain[LONGEST];
  if (!memchr(text.bytes, '\\', text.length))
    return lua_pushlstring(L, text.bytes, text.length), 1;
  if (text.length > LONGEST) return 0;
  lua_pushlstring(L, plain, answer_plain(text, plain));
  return 1;
}

static int push_row(lua_State *L, const answer_row *row) {
  int i;
  lua_createtable(L, 0, ANSWER_TEXTS + 1);
  for (i = 0; i < ANSWER_TEXTS; i++) {
    if (!row->texts[i].length) continue;
    if (!push_text(L, row->texts[i])) return 0;
    lua_setfield(L, -2, answer_texts[i]);
  }
  if (row->status < 0) return 1;
  lua_pushnumber(L, row->status);
  lua_setfield(L, -2, "status");
  return 1;
}

/* core.answer(body) -> the campaign and its rows, as answer/row.lua reads them;
** nil where the answer is not the usual one */
static int answer_read(lua_State *L) {
  answer a;
  answer_row row;
  slice text;
  int i, is_row;
  text.bytes = luaL_checklstring(L, 1, &text.length);
  if (!answer_begin(&a, text) || !push_text(L, a.campaign)) return 0;
  lua_newtable(L);
  for (i = 1; (is_row = answer_next(&a, &row)) > 0; i++) {
    if (!push_row(L, &row)) return 0;
    lua_rawseti(L, -2, i);
  }
  return is_row < 0 ? 0 : 2;
}

void answer_handle_open(lua_State *L) {
  lua_pushcfunction(L, answer_read);
  lua_setfield(L, -2, "answer");
}
