/* row.c: the way of one row through a plan, and the functions that it calls. */
#include <string.h>

#include "handles.h"

/* Calls a function with the record, and leaves what it gives, or its error. */
static int call(lua_State *L, int list, size_t i, int record) {
  lua_rawgeti(L, list, (int)i + 1);
  lua_pushvalue(L, record);
  return lua_pcall(L, 1, 1, 0) == 0;
}

/* Whether what is on top of the stack is what the function is asked for: a text
** or nothing, and of one that chooses rows anything. */
static int is_sound(lua_State *L, size_t cell) {
  return cell == PLAN_NO_COLUMN || lua_type(L, -1) == LUA_TSTRING ||
         lua_isnil(L, -1);
}

/* Leaves what anything else stands for, in place of it; 0 where it is a fault,
** and then that is the error. */
static int mend(lua_State *L, int list, size_t i, int is_called) {
  lua_rawgeti(L, list, (int)i + 1);
  lua_pushboolean(L, is_called);
  lua_pushvalue(L, -3);
  return lua_pcall(L, 2, 1, 0) == 0;
}

/* Takes what a function gave into its cell; it stays on the stack, and so does
** the text. A function that chooses rows says no by false. */
static plan_result take(lua_State *L, const plan_handle *h, size_t cell) {
  if (cell == PLAN_NO_COLUMN)
    return lua_toboolean(L, -1) ? PLAN_READY : PLAN_SKIPPED;
  h->cells[cell] = text_slice("", 0);
  if (lua_type(L, -1) == LUA_TSTRING)
    h->cells[cell].bytes = lua_tolstring(L, -1, &h->cells[cell].length);
  return PLAN_READY;
}

static plan_result call_all(lua_State *L, const plan_handle *h, batch *b,
                            given_row r) {
  plan_result result = PLAN_READY;
  int list, ok, record = r.record;
  size_t i;
  luaL_checkstack(L, 2 * (int)h->functions_count + 6, "too many functions");
  if (!record) {
    batch_push_record(L, b, r.text, r.cut);
    record = lua_gettop(L);
  }
  lua_rawgeti(L, LUA_REGISTRYINDEX, h->called);
  list = lua_gettop(L);
  lua_rawgeti(L, LUA_REGISTRYINDEX, h->mending);
  for (i = 0; i < h->functions_count && result == PLAN_READY; i++) {
    ok = call(L, list, i, record);
    if (!(ok && is_sound(L, h->functions[i])) && !mend(L, list + 1, i, ok))
      return PLAN_FAILED;
    result = take(L, h, h->functions[i]);
  }
  return result;
}

/* What the conditions, the trigger and the functions say to a row. */
static plan_result choose(lua_State *L, const plan_handle *h, batch *b,
                          given_row r, recall_row *seen) {
  const recall *asked = h->recall.memory ? &h->recall : NULL;
  plan_result result;
  if (asked) recall_look(asked, h->cells, r.text, seen);
  result = plan_meets(h->plan, h->cells, batch_output(b));
  if (asked) result = recall_choose(asked, seen, result);
  if (result == PLAN_READY && h->functions_count)
    result = call_all(L, h, b, r);
  return result;
}

/* The functions' error alone is left on the stack. */
static plan_result fail(lua_State *L, int top) {
  lua_insert(L, top + 1);
  lua_settop(L, top + 1);
  return PLAN_FAILED;
}

plan_result row_add(lua_State *L, const plan_handle *h, batch *b,
                    given_row r) {
  int top = h->functions_count ? lua_gettop(L) : 0;
  recall_row seen;
  plan_result result = choose(L, h, b, r, &seen);
  if (result == PLAN_FAILED) return fail(L, top);
  if (result == PLAN_READY)
    result = plan_fill(h->plan, h->cells, batch_output(b));
  if (h->functions_count) lua_settop(L, top);
  if (h->recall.memory && !recall_note(&h->recall, h->cells, &seen))
    return PLAN_NO_MEMORY;
  return batch_keep(b, result, r.line, r.kept);
}
