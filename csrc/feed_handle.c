/* feed_handle.c: handle: the records of an export in JSON, one after another. */
#include <errno.h>
#include <string.h>

#include "feed.h"
#include "handles.h"

#define CLASS "sertifier.feed"

typedef struct holder {
  feed *feed;
  source *source;
} holder;

static holder *feed_get(lua_State *L, int index) {
  holder *h = luaL_checkudata(L, index, CLASS);
  luaL_argcheck(L, h->feed, index, "the feed is closed");
  return h;
}

static int feed_handle_close(lua_State *L) {
  holder *h = luaL_checkudata(L, 1, CLASS);
  feed_close(h->feed);
  source_close(h->source);
  memset(h, 0, sizeof *h);
  return 0;
}

/* core.feed_of(source, lines) -> feed. The source is the feed's from now on;
** `lines`: each line is a record. */
static int feed_handle_new(lua_State *L) {
  holder *h = handle_make(L, CLASS, sizeof *h);
  h->source = source_take(L, 1);
  h->feed = feed_open(source_read, h->source);
  if (!h->feed) return luaL_error(L, "out of memory");
  if (lua_toboolean(L, 2)) feed_lines(h->feed);
  return 1;
}

/* feed:next() -> "record" or "envelope", JSON, line; "fault", problem, line;
** nil at the end; or nil, problem, "io" */
static int feed_handle_next(lua_State *L) {
  static const char *const words[] = {"record", "envelope", "fault"};
  holder *h = feed_get(L, 1);
  feed_result result = feed_next(h->feed);
  slice text = feed_text(h->feed);
  if (result == FEED_END) return 0;
  if (result == FEED_FAILED)
    return handle_fail(L, source_problem(h->source), "io");
  lua_pushstring(L, words[result]);
  if (result == FEED_FAULT) lua_pushstring(L, feed_problem(h->feed));
  else lua_pushlstring(L, text.bytes, text.length);
  lua_pushinteger(L, (lua_Integer)feed_line(h->feed));
  return 3;
}

/* feed:is_whole() -> whether it ended where a text may end */
static int feed_handle_is_whole(lua_State *L) {
  lua_pushboolean(L, feed_is_whole(feed_get(L, 1)->feed));
  return 1;
}

void feed_handle_open(lua_State *L) {
  static const luaL_Reg methods[] = {
    {"next", feed_handle_next}, {"is_whole", feed_handle_is_whole},
    {NULL, NULL}};
  handle_class(L, CLASS, methods, feed_handle_close);
  lua_pushcfunction(L, feed_handle_new);
  lua_setfield(L, -2, "feed_of");
}
