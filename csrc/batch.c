/* batch.c: keeps what rows became: credentials that are ready to be sent, and
** problems. */
#include <string.h>

#include "batch_parts.h"

void batch_forget_columns(lua_State *L, batch *b) {
  if (!b->columns) return;
  luaL_unref(L, LUA_REGISTRYINDEX, b->records);
  columns_release(b->columns);
  b->columns = NULL;
}

size_t batch_count(const batch *b) {
  return b->items.length / sizeof(batch_item);
}

size_t batch_faults(const batch *b) {
  return b->troubles.length / sizeof(batch_trouble);
}

void batch_keep_rows(batch *b) {
  b->keeps_rows = 1;
}

void batch_describe(lua_State *L, batch *b, columns *c, char delimiter) {
  b->delimiter = delimiter;
  if (b->columns == c) return;
  batch_forget_columns(L, b);
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
  batch_trouble one;
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
  batch_trouble *list = (void *)b->troubles.bytes;
  size_t length = strlen(line);
  list[batch_faults(b) - 1].text.length += length;
  return buffer_add(&b->problems, line, length);
}

/* A comma behind each credential: so all together they are a request's list,
** but for the last one. */
static int add_item(batch *b, uint64_t line, slice text) {
  batch_item *one = (void *)buffer_reserve(&b->items, sizeof *one);
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
