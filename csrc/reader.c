/* reader.c: handle: an export's rows; fills batches through a plan. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cell.h"
#include "handles.h"

#define CLASS "sertifier.reader"
#define MOST_FAULTS 1000 /* in one batch: then Lua takes them over */

typedef struct reader {
  csv *csv;
  columns *columns;
  buffer scratch; /* for the values of a row's cells */
  char delimiter;
  int file;
} reader;

static reader *reader_get(lua_State *L, int index) {
  reader *r = luaL_checkudata(L, index, CLASS);
  luaL_argcheck(L, r->csv, index, "the reader is closed");
  return r;
}

static int reader_close(lua_State *L) {
  reader *r = luaL_checkudata(L, 1, CLASS);
  csv *open = r->csv;
  if (!open) return 0;
  r->csv = NULL;
  csv_close(open);
  columns_release(r->columns);
  buffer_close(&r->scratch);
  if (r->file > 0) close(r->file);
  return 0;
}

static ssize_t read_file(void *source, char *bytes, size_t size) {
  ssize_t got;
  do got = read(*(int *)source, bytes, size);
  while (got < 0 && errno == EINTR);
  return got;
}

/* ---- opening ---- */

static int fail(lua_State *L, const char *message, const char *code) {
  lua_pushnil(L);
  lua_pushstring(L, message);
  lua_pushstring(L, code);
  return 3;
}

/* Why a file cannot be an export, or NULL. */
static const char *file_problem(int file) {
  struct stat status;
  if (file < 0 || fstat(file, &status)) return strerror(errno);
  return S_ISDIR(status.st_mode) ? "is a directory, not an export" : NULL;
}

static int is_regular(int file) {
  struct stat status;
  return !fstat(file, &status) && S_ISREG(status.st_mode);
}

static const char *header_problem(const csv *c, csv_result result) {
  size_t i;
  if (result == CSV_END) return "is empty: an export starts with a header";
  if (result == CSV_FAILED) return strerror(errno);
  if (result == CSV_FAULT) return csv_problem(c)->problem;
  for (i = 0; i < csv_at(c)->cells; i++) {
    slice cell = csv_cell(csv_at(c), i);
    if (text_valid(cell) != cell.length)
      return "is not CSV in UTF-8: the header holds other bytes";
  }
  return NULL;
}

static columns *header_columns(reader *r) {
  const csv_row *row = csv_at(r->csv);
  size_t i, count = row->cells;
  slice *names = malloc((count + 1) * sizeof *names);
  char *room = buffer_reserve(&r->scratch, row->length);
  columns *made = NULL;
  for (i = 0; names && room && i < count; i++) {
    names[i] = cell_value(csv_cell(row, i), 1, room);
    if (names[i].bytes == room) room += names[i].length;
    names[i] = text_trim(names[i]);
  }
  if (names && room) made = columns_make(names, count);
  free(names);
  return made;
}

static const char *read_header(reader *r) {
  const char *problem = header_problem(r->csv, csv_next(r->csv));
  if (problem) return problem;
  r->columns = header_columns(r);
  if (!r->columns) return "out of memory";
  csv_columns(r->csv, r->columns->count);
  return NULL;
}

/* core.reader(path) -> reader, or nil, problem, "export". The path "-" is
** standard input. The problem does not name the file: the caller knows it. */
static int reader_new(lua_State *L) {
  const char *path = luaL_checkstring(L, 1), *problem;
  reader *r = lua_newuserdata(L, sizeof *r);
  memset(r, 0, sizeof *r);
  luaL_setmetatable(L, CLASS);
  buffer_open(&r->scratch, CSV_MAX_ROW * 2);
  r->delimiter = ',';
  r->file = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : 0;
  problem = file_problem(r->file);
  if (!problem) r->csv = csv_open(read_file, &r->file);
  if (r->csv && is_regular(r->file)) csv_thread(r->csv);
  if (r->csv) problem = read_header(r);
  if (r->csv && !problem) return 1;
  if (!r->csv && r->file > 0) close(r->file);
  return fail(L, problem ? problem : "out of memory", "export");
}

/* ---- rows ---- */

/* The values of the columns that the plan wants. */
static int read_cells(reader *r, const plan_handle *h) {
  const csv_row *row = csv_at(r->csv);
  size_t i, count = plan_cells(h->plan);
  char *room = buffer_reserve(&r->scratch, row->length + 1);
  if (!room) return 0;
  for (i = 0; i < count; i++) {
    slice cell;
    if (h->sources[i] == PLAN_NO_COLUMN) continue;
    cell = cell_value(csv_cell(row, h->sources[i]), row->doubled, room);
    if (cell.bytes == room) room += cell.length;
    h->cells[i] = cell;
  }
  return 1;
}

static plan_result read_fault(reader *r, batch *b) {
  const csv_fault *fault = csv_problem(r->csv);
  char text[sizeof fault->problem + 32];
  snprintf(text, sizeof text, fault->column ? "%s (cell %zu)" : "%s",
           fault->problem, fault->column);
  return batch_add_fault(b, csv_at(r->csv)->line, text)
    ? PLAN_INVALID : PLAN_NO_MEMORY;
}

/* What one row became; `*end` where there was none, or none could be read. */
static plan_result read_row(lua_State *L, reader *r, const plan_handle *h,
                            batch *b, csv_result *end) {
  given_row one;
  *end = csv_next(r->csv);
  if (*end == CSV_FAULT) return read_fault(r, b);
  if (*end != CSV_ROW) return PLAN_SKIPPED;
  if (!read_cells(r, h)) return PLAN_NO_MEMORY;
  one.line = csv_at(r->csv)->line;
  one.text = csv_text(csv_at(r->csv));
  one.record = 0;
  return row_add(L, h, b, one);
}

static void check_sources(lua_State *L, const reader *r,
                          const plan_handle *h) {
  size_t i, count = plan_cells(h->plan);
  for (i = 0; i < count; i++)
    luaL_argcheck(L, h->sources[i] == PLAN_NO_COLUMN ||
                  h->sources[i] < r->columns->count, 2, "the plan reads a column that the export lacks");
}

/* reader:fill(plan, batch, credentials, rows, with_records)
**   -> read, skipped, invalid, ended; or nil, problem, "io"
** Reads on until the batch has that many credentials, that many rows were
** read, or the export ends. Where a function of the plan fails at a row, that
** row is the last, and its error comes fifth. */
static int reader_fill(lua_State *L) {
  reader *r = reader_get(L, 1);
  const plan_handle *h = plan_handle_get(L, 2);
  batch *b = batch_get(L, 3);
  size_t most = (size_t)luaL_checkinteger(L, 4);
  lua_Integer rows = luaL_checkinteger(L, 5), count[PLAN_NO_MEMORY] = {0};
  csv_result end = CSV_ROW;
  plan_result result = PLAN_SKIPPED;
  lua_Integer read = 0;
  check_sources(L, r, h);
  if (lua_toboolean(L, 6) || h->functions_count) batch_describe(b, r->columns, r->delimiter);
  while (result != PLAN_FAILED && read < rows && batch_count(b) < most &&
         batch_faults(b) < MOST_FAULTS) {
    result = read_row(L, r, h, b, &end);
    if (end == CSV_END) break;
    if (end == CSV_FAILED) return fail(L, strerror(errno), "io");
    if (result == PLAN_NO_MEMORY) return luaL_error(L, "out of memory");
    count[result]++;
    read++;
  }
  lua_pushinteger(L, read);
  lua_pushinteger(L, count[PLAN_SKIPPED]);
  lua_pushinteger(L, count[PLAN_INVALID]);
  lua_pushboolean(L, end == CSV_END);
  if (result != PLAN_FAILED) return 4;
  lua_pushvalue(L, -5); /* the error, below what is given */
  return 5;
}

/* For rows that Lua has: core.feed(plan, batch, cells, line, record) ->
** "skipped", "invalid" or "ready"; or "failed" and the error of a function that
** got the record. The cells are those of the export's columns. */
static int reader_feed(lua_State *L) {
  static const char *const words[] = {"skipped", "invalid", "ready", "failed"};
  const plan_handle *h = plan_handle_get(L, 1);
  batch *b = batch_get(L, 2);
  size_t i, count = plan_cells(h->plan);
  plan_result result;
  given_row one;
  luaL_checktype(L, 3, LUA_TTABLE);
  one.line = (uint64_t)luaL_checkinteger(L, 4);
  one.text = text_slice("", 0);
  one.record = 5;
  lua_settop(L, 5);
  luaL_checkstack(L, (int)count + 4, "too many cells");
  for (i = 0; i < count; i++) {
    if (h->sources[i] == PLAN_NO_COLUMN) continue;
    lua_rawgeti(L, 3, (int)h->sources[i] + 1); /* stays while it is used */
    h->cells[i].bytes = luaL_checklstring(L, -1, &h->cells[i].length);
  }
  result = row_add(L, h, b, one);
  if (result == PLAN_NO_MEMORY) return luaL_error(L, "out of memory");
  lua_pushstring(L, words[result]);
  if (result != PLAN_FAILED) return 1;
  lua_insert(L, -2); /* the error behind it */
  return 2;
}

/* reader:columns() -> the names in the header */
static int reader_columns(lua_State *L) {
  const columns *c = reader_get(L, 1)->columns;
  size_t i;
  lua_createtable(L, (int)c->count, 0);
  for (i = 0; i < c->count; i++) {
    lua_pushlstring(L, c->names[i].bytes, c->names[i].length);
    lua_rawseti(L, -2, (int)i + 1);
  }
  return 1;
}

/* reader:line() -> the line on which the last row read starts */
static int reader_line(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)csv_at(reader_get(L, 1)->csv)->line);
  return 1;
}

void reader_open(lua_State *L) {
  static const luaL_Reg methods[] = {
    {"fill", reader_fill}, {"columns", reader_columns}, {"line", reader_line},
    {NULL, NULL}};
  handle_class(L, CLASS, methods, reader_close);
  lua_pushcfunction(L, reader_new);
  lua_setfield(L, -2, "reader");
  lua_pushcfunction(L, reader_feed);
  lua_setfield(L, -2, "feed");
}
