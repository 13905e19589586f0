/* answer_handle.c: the usual answer of addCredentials, for Lua. */
#include <string.h>

#include "answer.h"
#include "handles.h"
#include "quoted.h"

enum { LONGEST = 1024 }; /* bytes of a text with escapes */

/* Where things stand in the stack. */
enum { BODY = 1, CREDENTIALS, BRIEF, IDS, ROWS, CREDENTIAL, ROW };

/* ---- whether a row is that of a credential ---- */

/* By their places among a row's texts. */
static const int compared[] = {1, 2, 5}; /* name, email, externalId */

static int is_compared(int i) {
  return i == compared[0] || i == compared[1] || i == compared[2];
}

/* A field that is not there is as an empty one. */
static int has(lua_State *L, const char *field, slice text) {
  slice own = text_slice("", 0);
  int is_it = 1;
  lua_getfield(L, CREDENTIAL, field);
  if (lua_type(L, -1) == LUA_TSTRING)
    own.bytes = lua_tolstring(L, -1, &own.length);
  else
    is_it = lua_isnil(L, -1);
  is_it = is_it && quoted_is(text, own);
  lua_pop(L, 1);
  return is_it;
}

static int is_its_row(lua_State *L, slice campaign, const answer_row *row) {
  int i;
  for (i = 0; i < 3; i++)
    if (!has(L, answer_texts[compared[i]], row->texts[compared[i]])) return 0;
  return has(L, "campaign", campaign);
}

/* Whether no row before had the id on top of the stack. */
static int is_new(lua_State *L) {
  int is_known;
  lua_pushvalue(L, -1);
  lua_rawget(L, IDS);
  is_known = lua_toboolean(L, -1);
  lua_pop(L, 1);
  lua_pushvalue(L, -1);
  lua_pushboolean(L, 1);
  lua_rawset(L, IDS);
  return !is_known;
}

/* ---- the row ---- */

static int push_text(lua_State *L, slice text) {
  char plain[LONGEST];
  if (!memchr(text.bytes, '\\', text.length))
    return lua_pushlstring(L, text.bytes, text.length), 1;
  if (text.length > LONGEST) return 0;
  lua_pushlstring(L, plain, quoted_plain(text, plain));
  return 1;
}

/* What was compared is the credential's own text. */
static int set_text(lua_State *L, const answer_row *row, int i) {
  if (!row->texts[i].length) return 1;
  if (is_compared(i)) lua_getfield(L, CREDENTIAL, answer_texts[i]);
  else if (!push_text(L, row->texts[i])) return 0;
  lua_setfield(L, ROW, answer_texts[i]);
  return 1;
}

/* All that a row says but its id and link: its first and last text. */
static int set_rest(lua_State *L, const answer_row *row) {
  int i;
  for (i = 1; i < ANSWER_TEXTS - 1; i++)
    if (!set_text(L, row, i)) return 0;
  if (row->status < 0) return 1;
  lua_pushnumber(L, row->status);
  lua_setfield(L, ROW, "status");
  return 1;
}

static int push_row(lua_State *L, const answer_row *row) {
  int is_brief = lua_toboolean(L, BRIEF);
  lua_createtable(L, 0, is_brief ? 2 : ANSWER_TEXTS + 1);
  push_text(L, row->texts[0]);
  if (!is_new(L)) return 0;
  lua_setfield(L, ROW, answer_texts[0]);
  return set_text(L, row, ANSWER_TEXTS - 1) && (is_brief || set_rest(L, row));
}

static int add_row(lua_State *L, slice campaign, const answer_row *row, int i) {
  lua_rawgeti(L, CREDENTIALS, i);
  if (!is_its_row(L, campaign, row) || !push_row(L, row)) return 0;
  lua_rawseti(L, ROWS, i);
  lua_pop(L, 1);
  return 1;
}

/* core.answer(body, credentials, brief) -> a row for each credential, as
** answer/row.lua reads them, or only their ids and links; nil where the answer
** is not the usual one, or its rows are not those of the credentials, in their
** order and letter for letter */
static int answer_read(lua_State *L) {
  answer a;
  answer_row row;
  slice text;
  int i, count, is_row;
  text.bytes = luaL_checklstring(L, BODY, &text.length);
  luaL_checktype(L, CREDENTIALS, LUA_TTABLE);
  lua_settop(L, BRIEF);
  if (!answer_begin(&a, text)) return 0;
  count = (int)lua_rawlen(L, CREDENTIALS);
  lua_createtable(L, 0, count); /* IDS */
  lua_createtable(L, count, 0); /* ROWS */
  for (i = 0; (is_row = answer_next(&a, &row)) > 0; i++)
    if (i == count || !add_row(L, a.campaign, &row, i + 1)) return 0;
  lua_settop(L, ROWS);
  return is_row == 0 && i == count;
}

void answer_handle_open(lua_State *L) {
  lua_pushcfunction(L, answer_read);
  lua_setfield(L, -2, "answer");
}
