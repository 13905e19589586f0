/* batch_handle.c: handle: a batch, its credentials, and the bodies of requests
** that issue them. */
#include <stdio.h>

#include "batch_parts.h"

#define CLASS "sertifier.batch"
#define MOST_BYTES (64 * 1024 * 1024)

batch *batch_get(lua_State *L, int index) {
  batch *b = luaL_checkudata(L, index, CLASS);
  luaL_argcheck(L, b->is_open, index, "the batch is closed");
  return b;
}

static int batch_close(lua_State *L) {
  batch *b = luaL_checkudata(L, 1, CLASS);
  if (!b->is_open) return 0;
  b->is_open = 0;
  plan_output_close(&b->out);
  buffer_close(&b->items);
  buffer_close(&b->troubles);
  buffer_close(&b->problems);
  buffer_close(&b->rows);
  batch_forget_columns(L, b);
  return 0;
}

/* core.batch() -> an empty batch */
static int batch_new(lua_State *L) {
  batch *b = handle_make(L, CLASS, sizeof *b);
  plan_output_open(&b->out);
  buffer_open(&b->items, MOST_BYTES);
  buffer_open(&b->troubles, MOST_BYTES);
  buffer_open(&b->problems, MOST_BYTES);
  buffer_open(&b->rows, MOST_BYTES);
  b->is_open = 1;
  return 1;
}

/* ---- methods ---- */

/* The credential whose number stands at an index of the stack. */
static const batch_item *item_at(lua_State *L, const batch *b, int at) {
  lua_Integer index = luaL_checkinteger(L, at);
  luaL_argcheck(L, index >= 1 && (size_t)index <= batch_count(b), at,
                "the batch has no such credential");
  return (const batch_item *)(const void *)b->items.bytes + index - 1;
}

static int batch_length(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)batch_count(batch_get(L, 1)));
  return 1;
}

static void push_span(lua_State *L, const buffer *b, plan_span span) {
  lua_pushlstring(L, b->bytes ? b->bytes + span.start : "", span.length);
}

/* batch:get(i) -> once_per, campaign, name, email, externalId, Id, line */
static int batch_values(lua_State *L) {
  const batch *b = batch_get(L, 1);
  const batch_item *one = item_at(L, b, 2);
  int role;
  for (role = 0; role < PLAN_TOLD; role++)
    push_span(L, &b->out.values, one->value[role]);
  lua_pushinteger(L, (lua_Integer)one->line);
  return PLAN_TOLD + 1;
}

slice batch_credential(lua_State *L, int index) {
  const batch *b = batch_get(L, index);
  plan_span span = item_at(L, b, index + 1)->credential;
  return text_slice(b->out.json.bytes + span.start, span.length);
}

/* batch:credential(i) -> its JSON, as it is sent */
static int batch_json(lua_State *L) {
  slice text = batch_credential(L, 1);
  lua_pushlstring(L, text.bytes, text.length);
  return 1;
}

/* batch:fingerprint(i, key) -> of its JSON, as core.fingerprint */
static int batch_fingerprint(lua_State *L) {
  slice text = batch_credential(L, 1);
  fingerprint_push(L, fingerprint_key(L, 3), text);
  return 1;
}

/* batch:record(i) -> the record it was made from, where rows are kept */
static int batch_record(lua_State *L) {
  batch *b = batch_get(L, 1);
  const batch_item *one = item_at(L, b, 2);
  if (!b->columns || !b->keeps_rows) return 0;
  lua_settop(L, 2);
  batch_push_class(L, b);
  batch_push_record(L, b, 3, text_slice(b->rows.bytes + one->text.start,
                                     one->text.length), NULL);
  return 1;
}

/* batch:row(i) -> the text of the row it was made from, where rows are kept */
static int batch_row(lua_State *L) {
  const batch *b = batch_get(L, 1);
  push_span(L, &b->rows, item_at(L, b, 2)->text);
  return 1;
}

/* batch:problems() -> list of { line = , text = , row = }; each is given once,
** and its row where rows are kept */
static int batch_problems(lua_State *L) {
  batch *b = batch_get(L, 1);
  const batch_trouble *list = (const void *)b->troubles.bytes;
  size_t i;
  lua_createtable(L, (int)batch_faults(b), 0);
  for (i = 0; i < batch_faults(b); i++) {
    lua_createtable(L, 0, 3);
    lua_pushinteger(L, (lua_Integer)list[i].line);
    lua_setfield(L, -2, "line");
    push_span(L, &b->problems, list[i].text);
    lua_setfield(L, -2, "text");
    push_span(L, &b->rows, list[i].row);
    lua_setfield(L, -2, "row");
    lua_rawseti(L, -2, (int)i + 1);
  }
  b->troubles.length = b->problems.length = 0;
  return 1;
}

/* ---- request bodies ---- */

static const char opening[] = "{\"credentials\":[", closing[] = "]}\n";

/* One body of the credentials from `first` on, as a line. */
static int add_body(buffer *lines, const batch *b, size_t first, size_t count) {
  const batch_item *list = (const void *)b->items.bytes, *one = list + first;
  const batch_item *last = one + count - 1;
  const char *from = b->out.json.bytes + one->credential.start;
  size_t length = last->credential.start + last->credential.length -
                  one->credential.start;
  return buffer_add(lines, opening, sizeof opening - 1) &&
         buffer_add(lines, from, length) &&
         buffer_add(lines, closing, sizeof closing - 1);
}

/* batch:write(file, size) -> true, or nil, message: all bodies, of `size`
** credentials each, a line each, to a Lua file, at once */
static int batch_write(lua_State *L) {
  batch *b = batch_get(L, 1);
  FILE *file = handle_file(L, 2);
  lua_Integer size = luaL_checkinteger(L, 3);
  size_t first, left = batch_count(b), count;
  buffer *lines = &b->out.scratch;
  luaL_argcheck(L, size > 0, 3, "a size above 0 is expected");
  lines->length = 0;
  for (first = 0; left; first += count, left -= count) {
    count = left < (size_t)size ? left : (size_t)size;
    if (!add_body(lines, b, first, count))
      return luaL_error(L, "out of memory");
  }
  if (fwrite(lines->bytes, 1, lines->length, file) != lines->length)
    return lua_pushnil(L), lua_pushliteral(L, "cannot write"), 2;
  return lua_pushboolean(L, 1), 1;
}

/* batch:clear(): empties it, and keeps its memory for the next rows */
static int batch_clear(lua_State *L) {
  batch *b = batch_get(L, 1);
  plan_output_clear(&b->out);
  b->items.length = b->troubles.length = 0;
  b->problems.length = b->rows.length = 0;
  return 0;
}

void batch_handle_open(lua_State *L) {
  static const luaL_Reg methods[] = {
    {"__len", batch_length}, {"get", batch_values},
    {"credential", batch_json}, {"fingerprint", batch_fingerprint},
    {"record", batch_record}, {"row", batch_row}, {"problems", batch_problems},
    {"write", batch_write}, {"clear", batch_clear}, {NULL, NULL}};
  handle_class(L, CLASS, methods, batch_close);
  lua_pushcfunction(L, batch_new);
  lua_setfield(L, -2, "batch");
}
