/* source_handle.c: handle: the bytes of an export, looked at and unpacked. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "handles.h"
#include "unpack.h"

#define CLASS "sertifier.source"
#define ROOM (64 * 1024)

typedef struct holder {
  source *source;
} holder;

static source *source_get(lua_State *L, int index) {
  holder *h = luaL_checkudata(L, index, CLASS);
  luaL_argcheck(L, h->source, index, "the source is closed");
  return h->source;
}

source *source_take(lua_State *L, int index) {
  source *s = source_get(L, index);
  ((holder *)lua_touserdata(L, index))->source = NULL;
  return s;
}

static int source_handle_close(lua_State *L) {
  holder *h = luaL_checkudata(L, 1, CLASS);
  source *s = h->source;
  h->source = NULL;
  source_close(s);
  return 0;
}

/* core.source(path) -> source, or nil, problem, "export". The path "-" is
** standard input. The problem does not name the file: the caller knows it. */
static int source_handle_new(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  holder *h = handle_make(L, CLASS, sizeof *h);
  h->source = source_open(path);
  if (h->source) return 1;
  return handle_fail(L, errno == EISDIR ? "is a directory, not an export"
                                        : strerror(errno), "export");
}

/* core.source_of(bytes) -> a source of bytes that are at hand */
static int source_handle_of(lua_State *L) {
  holder *h;
  slice text;
  text.bytes = luaL_checklstring(L, 1, &text.length);
  h = handle_make(L, CLASS, sizeof *h);
  h->source = source_text(text);
  return h->source ? 1 : luaL_error(L, "out of memory");
}

/* source:peek() -> the next bytes, 65,536 at the most; or nil, problem, "io" */
static int source_handle_peek(lua_State *L) {
  source *s = source_get(L, 1);
  slice head = source_peek(s);
  if (!head.bytes) return handle_fail(L, source_problem(s), "io");
  lua_pushlstring(L, head.bytes, head.length);
  return 1;
}

/* source:skip(count): leaves out bytes that were looked at */
static int source_handle_skip(lua_State *L) {
  source_skip(source_get(L, 1), (size_t)luaL_checkinteger(L, 2));
  return 0;
}

/* source:read() -> some bytes, nil at the end; or nil, problem, "io" */
static int source_handle_read(lua_State *L) {
  source *s = source_get(L, 1);
  char *room = lua_newuserdata(L, ROOM);
  ssize_t got = source_read(s, room, ROOM);
  if (got < 0) return handle_fail(L, source_problem(s), "io");
  if (got == 0) return 0;
  lua_pushlstring(L, room, (size_t)got);
  return 1;
}

/* source:is_file() -> whether it can be read again */
static int source_handle_is_file(lua_State *L) {
  lua_pushboolean(L, source_file(source_get(L, 1)) >= 0);
  return 1;
}

/* ---- stages ---- */

static int put_stage(lua_State *L, source *stage) {
  if (!stage) return luaL_error(L, "out of memory");
  ((holder *)lua_touserdata(L, 1))->source = stage;
  lua_pushboolean(L, 1);
  return 1;
}

/* source:gunzip() */
static int source_handle_gunzip(lua_State *L) {
  return put_stage(L, unpack_gzip(source_get(L, 1)));
}

/* source:decode(encoding) -> true; or nil, problem, "export" */
static int source_handle_decode(lua_State *L) {
  source *stage = decode_open(source_get(L, 1), luaL_checkstring(L, 2));
  if (!stage && errno == EINVAL)
    return handle_fail(L, "is an encoding that this system does not know",
                       "export");
  return put_stage(L, stage);
}

static int list_entries(lua_State *L, zip_entry **list) {
  int file = source_file(source_get(L, 1));
  return file < 0 ? -1 : zip_list(file, list);
}

/* source:entries() -> the names of the files in a ZIP; or nil, problem,
** "export" */
static int source_handle_entries(lua_State *L) {
  zip_entry *list = NULL;
  int i, count = list_entries(L, &list);
  if (count < 0)
    return handle_fail(L, "is no whole ZIP, or comes from standard input",
                       "export");
  lua_createtable(L, count, 0);
  for (i = 0; i < count; i++) {
    lua_pushlstring(L, list[i].name.bytes, list[i].name.length);
    lua_rawseti(L, -2, i + 1);
  }
  free(list);
  return 1;
}

/* source:unzip(index of an entry) -> true; or nil, problem, "export" */
static int source_handle_unzip(lua_State *L) {
  lua_Integer index = luaL_checkinteger(L, 2);
  zip_entry *list = NULL;
  source *stage = NULL;
  int count = list_entries(L, &list);
  int is_known = index >= 1 && index <= count && list[index - 1].is_known;
  if (is_known) stage = unpack_entry(source_get(L, 1), &list[index - 1]);
  free(list);
  if (!is_known)
    return handle_fail(L, "holds a file that cannot be unpacked here", "export");
  return put_stage(L, stage);
}

void source_handle_open(lua_State *L) {
  static const luaL_Reg methods[] = {
    {"peek", source_handle_peek}, {"skip", source_handle_skip},
    {"read", source_handle_read}, {"is_file", source_handle_is_file},
    {"gunzip", source_handle_gunzip}, {"decode", source_handle_decode},
    {"entries", source_handle_entries}, {"unzip", source_handle_unzip},
    {NULL, NULL}};
  handle_class(L, CLASS, methods, source_handle_close);
  lua_pushcfunction(L, source_handle_new);
  lua_setfield(L, -2, "source");
  lua_pushcfunction(L, source_handle_of);
  lua_setfield(L, -2, "source_of");
}
