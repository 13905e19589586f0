/* row.c: the way of one row through a plan, and the functions that it calls. */
#include <string.h>

#include "handles.h"

void row_begin(lua_State *L, row_way *way) {
  const plan_handle *h = way->plan;
  size_t i;
  luaL_checkstack(L, 2 * (int)h->functions_count + 8, "too many functions");
  batch_push_class(L, way->batch);
  way->class = lua_gettop(L);
  lua_rawgeti(L, LUA_REGISTRYINDEX, h->called);
  way->functions = lua_gettop(L);
  for (i = 0; i < h->functions_count; i++)
    lua_rawgeti(L, way->functions, (int)i + 1);
}

/* Calls a function with the record, and leaves what it gives. */
static void call(lua_State *L, const row_way *way, int number, int record) {
  lua_pushvalue(L, way->functions + number);
  lua_pushvalue(L, record);
  way->plan->calling = number;
  lua_call(L, 1, 1);
  way->plan->calling = 0;
}

/* Pushes what is to mend what a function gave, or to word its error. */
static void push_mend(lua_State *L, const row_way *way, int number) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, way->plan->mending);
  lua_rawgeti(L, -1, number);
  lua_remove(L, -2);
}

/* Leaves what anything but a text stands for, in place of it. */
static void mend(lua_State *L, const row_way *way, int number) {
  push_mend(L, way, number);
  lua_pushboolean(L, 1);
  lua_pushvalue(L, -3);
  way->plan->calling = PLAN_MENDING;
  lua_call(L, 2, 1);
  way->plan->calling = 0;
  lua_replace(L, -2);
}

/* Takes what a function gave into its cell; it stays on the stack, and so does
** the text. */
static void take(lua_State *L, const row_way *way, int number, slice *cell) {
  int type = lua_type(L, -1);
  if (type != LUA_TSTRING && type != LUA_TNIL) {
    mend(L, way, number);
    type = lua_type(L, -1);
  }
  *cell = text_slice("", 0);
  if (type == LUA_TSTRING)
    cell->bytes = lua_tolstring(L, -1, &cell->length);
}

/* A function that chooses rows, and has no cell, says no by false or nil. */
static plan_result call_all(lua_State *L, const row_way *way, given_row r) {
  const plan_handle *h = way->plan;
  int record = r.record;
  size_t i;
  if (!record) {
    batch_push_record(L, way->batch, way->class, r.text, r.cut);
    record = lua_gettop(L);
  }
  for (i = 0; i < h->functions_count; i++) {
    size_t cell = h->functions[i];
    call(L, way, (int)i + 1, record);
    if (cell != PLAN_NO_COLUMN) take(L, way, (int)i + 1, &h->cells[cell]);
    else if (!lua_toboolean(L, -1)) return PLAN_SKIPPED;
  }
  return PLAN_READY;
}

/* What the conditions, the trigger and the functions say to a row. */
static plan_result choose(lua_State *L, const row_way *way, given_row r,
                          recall_row *seen) {
  const plan_handle *h = way->plan;
  const recall *asked = h->recall.memory ? &h->recall : NULL;
  plan_result result;
  if (asked) recall_look(asked, h->cells, r.text, seen);
  result = plan_meets(h->plan, h->cells, batch_output(way->batch));
  if (asked) result = recall_choose(asked, seen, result);
  if (result == PLAN_READY && h->functions_count)
    result = call_all(L, way, r);
  return result;
}

plan_result row_add(lua_State *L, const row_way *way, given_row r) {
  const plan_handle *h = way->plan;
  recall_row seen;
  plan_result result = choose(L, way, r, &seen);
  if (result == PLAN_READY)
    result = plan_fill(h->plan, h->cells, batch_output(way->batch));
  if (h->functions_count)
    lua_settop(L, way->functions + (int)h->functions_count);
  if (h->recall.memory && !recall_note(&h->recall, h->cells, &seen))
    return PLAN_NO_MEMORY;
  return batch_keep(way->batch, result, r.line, r.kept);
}

/* The words for a function's error, in place of it. */
static void word_error(lua_State *L, const row_way *way) {
  push_mend(L, way, way->plan->calling);
  lua_pushboolean(L, 0);
  lua_pushvalue(L, -3);
  (void)lua_pcall(L, 2, 1, 0); /* the words are an error */
  lua_replace(L, -2);
}

int row_protect(lua_State *L, row_way way, lua_CFunction run, int arguments,
                int results) {
  int failed;
  way.plan->calling = 0;
  lua_pushcfunction(L, run);
  lua_insert(L, -1 - arguments);
  failed = lua_pcall(L, arguments, results, 0);
  batch_pass_row(way.batch);
  if (failed && !way.plan->calling) return lua_error(L);
  if (failed && way.plan->calling != PLAN_MENDING) word_error(L, &way);
  return !failed;
}
