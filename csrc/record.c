/* record.c: handle: a lazy view of one row, for functions and hooks in Lua. */
#include <string.h>

#include "cell.h"
#include "handles.h"

#define FORM "sertifier.record.form"

/* A name as it was read, and the place of its column, from 1. The table of
** places keeps that very string, so that no other gets its address. */
typedef struct seen_name {
  const char *name;
  size_t place;
} seen_name;

#define MOST_SEEN 16 /* of which one is found quicker than in a table */

/* What the records of an export share. Their metatable keeps it, so that a
** record has nothing to be closed: one is made for each row. */
struct record_form {
  columns *columns;
  const csv_row *row; /* the row at hand, or NULL */
  uint64_t turn;      /* of the last row that was at hand, from 1 */
  size_t seen_count;
  seen_name seen[MOST_SEEN]; /* the first ones */
};

typedef struct record {
  record_form *form; /* which its metatable keeps */
  uint64_t turn;     /* of its row; 0: it is a `copy` */
} record;

/* Where each cell ends in the row's bytes, which follow: Lua collects by what
** it has given. */
typedef struct copy {
  record head;
  uint32_t count; /* of columns */
  uint32_t split; /* cells whose ends are known, from the first */
  uint32_t length;
  char delimiter;
  uint32_t ends[];
} copy;

static int form_close(lua_State *L) {
  record_form *f = luaL_checkudata(L, 1, FORM);
  columns_release(f->columns);
  f->columns = NULL;
  return 0;
}

/* ---- copies ---- */

static const char *bytes_of(const copy *r) {
  return (const char *)(r->ends + r->count);
}

static size_t start_of(const copy *r, size_t i) {
  return i ? r->ends[i - 1] + (size_t)1 : 0;
}

void record_push(lua_State *L, int class, record_form *f, record_row row) {
  size_t count = f->columns->count;
  size_t room = sizeof(copy) + count * sizeof(uint32_t);
  copy *r = lua_newuserdata(L, room + row.text.length);
  r->head.form = f;
  r->head.turn = 0;
  r->count = (uint32_t)count;
  r->split = 0;
  r->length = (uint32_t)row.text.length;
  r->delimiter = row.delimiter;
  memcpy((char *)r + room, row.text.bytes, row.text.length);
  lua_pushvalue(L, class);
  lua_setmetatable(L, -2);
}

/* Finds the end of one more cell; of one that the row lacks, the row's. */
static void split_next(copy *r) {
  size_t start = start_of(r, r->split), end = r->length;
  slice cell, rest = text_slice(NULL, 0);
  if (start <= r->length)
    rest = text_slice(bytes_of(r) + start, r->length - start);
  if (cell_next(&rest, r->delimiter, &cell)) end = start + cell.length;
  r->ends[r->split++] = (uint32_t)end;
}

/* The row is taken apart as far as it is read. */
static slice copy_cell(copy *r, size_t i) {
  size_t start;
  while (r->split <= i) split_next(r);
  start = start_of(r, i);
  if (start > r->ends[i]) return text_slice("", 0);
  return text_slice(bytes_of(r) + start, r->ends[i] - start);
}

/* ---- views ---- */

void record_view(lua_State *L, int class, record_form *f, const csv_row *row) {
  record *r;
  f->turn++; /* first: what Lua collects now may have kept the last record */
  r = lua_newuserdata(L, sizeof *r);
  r->form = f;
  r->turn = f->turn;
  f->row = row;
  lua_pushvalue(L, class);
  lua_setmetatable(L, -2);
}

void record_pass(record_form *f) {
  f->row = NULL;
}

/* The row of a view, while it is at hand. */
static const csv_row *view_row(lua_State *L, const record *r) {
  const record_form *f = r->form;
  if (!f->row || f->turn != r->turn)
    luaL_error(L, "a record can be read only while the functions that get it "
               "run: keep its values in place of it");
  return f->row;
}

/* Pushes a raw cell's value. */
static void push_value(lua_State *L, slice raw, int doubled) {
  slice value = cell_value(raw, 0, NULL);
  if (doubled && value.bytes != raw.bytes &&
      memchr(value.bytes, '"', value.length))
    value = cell_undouble(value, lua_newuserdata(L, value.length + 1));
  lua_pushlstring(L, value.bytes, value.length);
}

/* ---- what its metatable has, which nobody else gets: each is given a record */

#define PLACES lua_upvalueindex(2) /* of columns by the names read, from 1 */

/* Notes where the column of the name at index 2 is, whatever its case. */
static size_t note_place(lua_State *L, const record_form *f, slice name) {
  size_t i;
  if (!f->columns) return (size_t)luaL_error(L, "the record's export is closed");
  i = columns_find(f->columns, name);
  if (i == f->columns->count)
    luaL_error(L, "the export has no column %s", name.bytes);
  lua_pushvalue(L, 2);
  lua_pushinteger(L, (lua_Integer)i + 1);
  lua_rawset(L, PLACES);
  return i + 1;
}

static size_t find_place(lua_State *L, const record_form *f, slice name) {
  size_t place;
  lua_pushvalue(L, 2);
  lua_rawget(L, PLACES);
  place = (size_t)lua_tointeger(L, -1); /* of nil it is 0 */
  return place ? place : note_place(L, f, name);
}

/* Keeps the name at index 2, by its address, where there is room. */
static void keep_name(lua_State *L, record_form *f, seen_name name) {
  if (f->seen_count == MOST_SEEN) return;
  lua_pushvalue(L, 2);
  lua_rawseti(L, PLACES, (int)f->seen_count + 1);
  f->seen[f->seen_count++] = name;
}

/* The place of the name at index 2. */
static size_t place_of(lua_State *L, record_form *f) {
  size_t i;
  slice name;
  seen_name one;
  name.bytes = luaL_checklstring(L, 2, &name.length);
  for (i = 0; i < f->seen_count; i++)
    if (f->seen[i].name == name.bytes) return f->seen[i].place;
  one.name = name.bytes;
  one.place = find_place(L, f, name);
  keep_name(L, f, one);
  return one.place;
}

/* record.Field: the cell's text, whatever the case of the name; "" where it is
** empty, an error where the export has no such column. */
static int record_index(lua_State *L) {
  record *r = lua_touserdata(L, 1);
  const csv_row *row = r->turn ? view_row(L, r) : NULL;
  size_t i = place_of(L, r->form) - 1;
  if (row) push_value(L, csv_cell(row, i), row->doubled);
  else push_value(L, copy_cell((copy *)r, i), 1);
  return 1;
}

static int record_newindex(lua_State *L) {
  return luaL_error(L, "a record cannot be changed");
}

static int record_text(lua_State *L) {
  lua_pushliteral(L, "sertifier record"); /* no values: it may be logged */
  return 1;
}

/* Adds the function that reads a cell to the metatable on top of the stack; it
** keeps the form. */
static record_form *add_index(lua_State *L, columns *c) {
  record_form *f = handle_make(L, FORM, sizeof *f);
  f->columns = columns_hold(c);
  lua_newtable(L);
  lua_pushcclosure(L, record_index, 2);
  lua_setfield(L, -2, "__index");
  return f;
}

int record_class(lua_State *L, columns *c, record_form **form) {
  static const luaL_Reg methods[] = {
    {"__newindex", record_newindex}, {"__tostring", record_text}, {NULL, NULL}};
  lua_newtable(L);
  luaL_setfuncs(L, methods, 0);
  *form = add_index(L, c);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  return luaL_ref(L, LUA_REGISTRYINDEX);
}

void record_open(lua_State *L) {
  static const luaL_Reg methods[] = {{NULL, NULL}};
  handle_class(L, FORM, methods, form_close);
}
