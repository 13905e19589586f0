/* batch.c: handle: credentials that are ready to be sent, and problems. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handles.h"

#define CLASS "sertifier.batch"

typedef struct item {
  uint64_t line;
  plan_span credential;
  plan_span value[PLAN_ROLES];
  plan_span text; /* of its row */
} item;

typedef struct trouble {
  uint64_t line;
  plan_span text; /* of the problems, a line each */
  plan_span row;
} trouble;

struct batch {
  int is_open;
  plan_output out;
  buffer items;    /* of item */
  buffer troubles; /* of trouble */
  buffer problems;
  buffer rows;
  int keeps_rows;
  columns *columns; /* of the rows; NULL: they are not an export's own */
  char delimiter;
  int records; /* reference to their class */
  record_form *form; /* which that keeps */
};

#define MOST_BYTES (64 * 1024 * 1024)

batch *batch_get(lua_State *L, int index) {
  batch *b = luaL_checkudata(L, index, CLASS);
  luaL_argcheck(L, b->is_open, index, "the batch is closed");
  return b;
}

static void forget_columns(lua_State *L, batch *b) {
  if (!b->columns) return;
  luaL_unref(L, LUA_REGISTRYINDEX, b->records);
  columns_release(b->columns);
  b->columns = NULL;
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
  forget_columns(L, b);
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

/* ---- adding ---- */

size_t batch_count(const batch *b) {
  return b->items.length / sizeof(item);
}

size_t batch_faults(const batch *b) {
  return b->troubles.length / sizeof(trouble);
}

void batch_keep_rows(batch *b) {
  b->keeps_rows = 1;
}

void batch_describe(lua_State *L, batch *b, columns *c, char delimiter) {
  b->delimiter = delimiter;
  if (b->columns == c) return;
  forget_columns(L, b);
  b->records = record_class(L, c, &b->form);
  b->columns = columns_hold(c);
}

/* Where rows are kept, adds the text of one. */
static int add_row(batch *b, slice text, plan_span *span) {
  span->start = b->rows.length;
  span->length = b->keeps_rows ? text.length : 0;
  return buffer_add(&b->rows, text.bytes, span->length);
}

static int add_trouble(batch *b, uint64_t line, slice problems, slice row) {
  trouble one;
  if (!add_row(b, row, &one.row)) return 0;
  one.line = line;
  one.text.start = b->problems.length;
  one.text.length = problems.length;
  return buffer_add(&b->problems, problems.bytes, problems.length) &&
         buffer_add(&b->troubles, (const char *)&one, sizeof one);
}

int batch_add_fault(batch *b, uint64_t line, const char *problem, slice row) {
  return add_trouble(b, line, text_slice(problem, strlen(problem)), row);
}

int batch_add_more(batch *b, const char *line) {
  trouble *list = (trouble *)(void *)b->troubles.bytes;
  size_t length = strlen(line);
  list[batch_faults(b) - 1].text.length += length;
  return buffer_add(&b->problems, line, length);
}

/* A comma behind each credential: so all together they are a request's list,
** but for the last one. */
static int add_item(batch *b, uint64_t line, slice text) {
  item *one = (item *)(void *)buffer_reserve(&b->items, sizeof *one);
  if (!one) return 0;
  b->items.length += sizeof *one;
  one->line = line;
  one->credential = b->out.credential;
  memcpy(one->value, b->out.value, sizeof one->value);
  return buffer_add(&b->out.json, ",", 1) && add_row(b, text, &one->text);
}

plan_output *batch_output(batch *b) {
  return &b->out;
}

plan_result batch_keep(batch *b, plan_result result, uint64_t line,
                       slice text) {
  const buffer *problems = &b->out.problems;
  int kept = 1;
  if (result == PLAN_READY)
    kept = add_item(b, line, text);
  else if (result == PLAN_INVALID)
    kept = add_trouble(b, line, text_slice(problems->bytes, problems->length),
                       text);
  return kept ? result : PLAN_NO_MEMORY;
}

void batch_push_class(lua_State *L, const batch *b) {
  if (b->columns) lua_rawgeti(L, LUA_REGISTRYINDEX, b->records);
  else lua_pushnil(L);
}

void batch_push_record(lua_State *L, batch *b, int class, slice text,
                       const csv_row *cut) {
  record_row row = {text, b->delimiter};
  if (cut) {
    record_view(L, class, b->form, cut);
  } else {
    record_pass(b->form);
    record_push(L, class, b->form, row);
  }
}

void batch_pass_row(batch *b) {
  if (b->columns) record_pass(b->form);
}

/* ---- methods ---- */

/* The credential whose number stands at an index of the stack. */
static const item *item_at(lua_State *L, const batch *b, int at) {
  lua_Integer index = luaL_checkinteger(L, at);
  luaL_argcheck(L, index >= 1 && (size_t)index <= batch_count(b), at,
                "the batch has no such credential");
  return (const item *)(const void *)b->items.bytes + (index - 1);
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
  const item *one = item_at(L, b, 2);
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
  const item *one = item_at(L, b, 2);
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
  const trouble *list = (const trouble *)(const void *)b->troubles.bytes;
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
  const item *one = (const item *)(const void *)b->items.bytes + first;
  const item *last = one + count - 1;
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
  FILE **file = luaL_checkudata(L, 2, LUA_FILEHANDLE);
  lua_Integer size = luaL_checkinteger(L, 3);
  size_t first, left = batch_count(b), count;
  buffer *lines = &b->out.scratch;
  luaL_argcheck(L, *file, 2, "the file is closed");
  luaL_argcheck(L, size > 0, 3, "a size above 0 is expected");
  lines->length = 0;
  for (first = 0; left; first += count, left -= count) {
    count = left < (size_t)size ? left : (size_t)size;
    if (!add_body(lines, b, first, count))
      return luaL_error(L, "out of memory");
  }
  if (fwrite(lines->bytes, 1, lines->length, *file) != lines->length)
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

void batch_open(lua_State *L) {
  static const luaL_Reg methods[] = {
    {"__len", batch_length}, {"get", batch_values},
    {"credential", batch_json}, {"fingerprint", batch_fingerprint},
    {"record", batch_record}, {"row", batch_row}, {"problems", batch_problems},
    {"write", batch_write}, {"clear", batch_clear}, {NULL, NULL}};
  handle_class(L, CLASS, methods, batch_close);
  lua_pushcfunction(L, batch_new);
  lua_setfield(L, -2, "batch");
}
