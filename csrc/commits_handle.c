/* commits_handle.c: handle: a thread's part in the writers of one file. */
#include <string.h>

#include "commits.h"
#include "handles.h"

#define CLASS "sertifier.commits"

typedef struct member {
  commits *commits;
  int is_inside;
} member;

static member *member_get(lua_State *L) {
  member *m = luaL_checkudata(L, 1, CLASS);
  luaL_argcheck(L, m->commits, 1, "the commits are closed");
  return m;
}

static int member_close(lua_State *L) {
  member *m = luaL_checkudata(L, 1, CLASS);
  commits *open = m->commits;
  m->commits = NULL;
  if (open && m->is_inside) commits_leave(open);
  if (open) commits_close(open);
  return 0;
}

/* core.commits(path) -> the part of this thread in writing to a file */
static int member_new(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  member *m = handle_make(L, CLASS, sizeof *m);
  m->commits = commits_open(path);
  if (!m->commits) return luaL_error(L, "out of memory");
  return 1;
}

/* commits:enter(): waits until no other thread of this process is inside */
static int member_enter(lua_State *L) {
  member *m = member_get(L);
  luaL_argcheck(L, !m->is_inside, 1, "is inside already");
  commits_enter(m->commits);
  m->is_inside = 1;
  return 0;
}

static int member_leave(lua_State *L) {
  member *m = member_get(L);
  luaL_argcheck(L, m->is_inside, 1, "is not inside");
  m->is_inside = 0;
  commits_leave(m->commits);
  return 0;
}

/* commits:flush() -> how often it was asked for in this process; or nil,
** problem: all that was written before is on the disk */
static int member_flush(lua_State *L) {
  unsigned long number = 0;
  int error = commits_flush(member_get(L)->commits, &number);
  if (!error) return lua_pushnumber(L, (lua_Number)number), 1;
  lua_pushnil(L);
  lua_pushstring(L, strerror(error));
  return 2;
}

void commits_handle_open(lua_State *L) {
  static const luaL_Reg methods[] = {
    {"enter", member_enter}, {"leave", member_leave}, {"flush", member_flush},
    {NULL, NULL}};
  handle_class(L, CLASS, methods, member_close);
  lua_pushcfunction(L, member_new);
  lua_setfield(L, -2, "commits");
}
