/* starved.c: runs a Lua script, and lets allocations of it fail.
**
** The script has a global `starved`: `at(n)`, from now on the n-th allocation
** fails; `count()`, how many there were since; `child(f)`, calls f in a child
** process, and gives its exit status, or 128 and the signal that ended it. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static long seen, fails_at;

/* Lua collects garbage and tries once more: that fails too. */
static void *allocate(void *user, void *block, size_t before, size_t size) {
  (void)user;
  if (!size) return free(block), NULL;
  if (!block || size > before) {
    seen++;
    if (fails_at && (seen == fails_at || seen == fails_at + 1)) return NULL;
  }
  return realloc(block, size);
}

static int starved_at(lua_State *L) {
  long wanted = (long)luaL_checkinteger(L, 1);
  seen = 0;
  fails_at = wanted;
  return 0;
}

static int starved_count(lua_State *L) {
  lua_pushinteger(L, seen);
  return 1;
}

static int starved_child(lua_State *L) {
  int status;
  pid_t child = fork();
  if (child == 0) {
    status = lua_pcall(L, 0, 0, 0);
    _exit(status ? 1 : 0); /* the parent's files and server are not ours */
  }
  waitpid(child, &status, 0);
  lua_pushinteger(L, WIFSIGNALED(status) ? 128 + WTERMSIG(status)
                                         : WEXITSTATUS(status));
  return 1;
}

static int script(lua_State *L) {
  static const luaL_Reg functions[] = {
    {"at", starved_at}, {"count", starved_count}, {"child", starved_child},
    {NULL, NULL}};
  int argc = (int)lua_tointeger(L, 1), i;
  char **argv = lua_touserdata(L, 2);
  luaL_openlibs(L);
  luaL_newlib(L, functions);
  lua_setglobal(L, "starved");
  lua_newtable(L);
  for (i = 0; i < argc; i++) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i - 1);
  }
  lua_setglobal(L, "arg");
  if (argc < 2 || luaL_loadfile(L, argv[1])) return lua_error(L);
  lua_call(L, 0, 0);
  return 0;
}

int main(int argc, char **argv) {
  lua_State *L = lua_newstate(allocate, NULL);
  int status;
  lua_pushcfunction(L, script);
  lua_pushinteger(L, argc);
  lua_pushlightuserdata(L, argv);
  status = lua_pcall(L, 2, 0, 0);
  if (status) fprintf(stderr, "%s\n", lua_tostring(L, -1));
  lua_close(L);
  return status ? 1 : 0;
}
