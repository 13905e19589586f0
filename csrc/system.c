/* system.c: what the operating system gives and Lua's libraries lack. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "handles.h"

static int fail(lua_State *L, int error) {
  lua_pushnil(L);
  lua_pushstring(L, strerror(error));
  return 2;
}

static int push_time(lua_State *L, clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  lua_pushnumber(L, (lua_Number)now.tv_sec + (lua_Number)now.tv_nsec / 1e9);
  return 1;
}

/* core.now() -> seconds since 1970, with their fraction */
static int system_now(lua_State *L) {
  return push_time(L, CLOCK_REALTIME);
}

#ifdef CLOCK_BOOTTIME
#define CLOCK_ELAPSED CLOCK_BOOTTIME
#else
#define CLOCK_ELAPSED CLOCK_MONOTONIC
#endif

/* core.elapsed() -> seconds on a clock that nobody sets, and that goes on while
** the machine sleeps */
static int system_elapsed(lua_State *L) {
  return push_time(L, CLOCK_ELAPSED);
}

/* core.sleep(seconds): waits; a signal ends the wait */
static int system_sleep(lua_State *L) {
  double seconds = luaL_checknumber(L, 1);
  struct timespec time;
  luaL_argcheck(L, seconds >= 0 && seconds < 1e6, 1, "not a time to wait");
  time.tv_sec = (time_t)seconds;
  time.tv_nsec = (long)((seconds - (double)time.tv_sec) * 1e9);
  nanosleep(&time, NULL);
  return 0;
}

/* Why a file that is there cannot be used; 0: it can. It is not opened: the
** close would take all of this process's locks off it, those of a database in
** another thread as well. */
static int fault_of_file(const char *path) {
  struct stat status;
  if (stat(path, &status)) return errno;
  if (S_ISDIR(status.st_mode)) return EISDIR;
  return access(path, R_OK | W_OK) ? errno : 0;
}

/* Makes a file without opening it, where the system lets an ordinary user. */
static int make_file(const char *path) {
  int file;
  if (!mknod(path, S_IFREG | 0600, 0)) return 0;
  if (errno == EEXIST) return errno;
  file = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (file < 0) return errno;
  close(file);
  return 0;
}

/* core.private(path) -> true, and whether it made it; or nil, problem: makes an
** empty file that only its owner can read; one that is there stays as it is */
static int system_private(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  int error = make_file(path), is_made = !error;
  if (error == EEXIST) error = fault_of_file(path);
  if (error) return fail(L, error);
  lua_pushboolean(L, 1);
  lua_pushboolean(L, is_made);
  return 2;
}

/* core.sync(file) -> true, or nil, problem: what was written to a Lua file
** has reached the disk */
static int system_sync(lua_State *L) {
  FILE *file = handle_file(L, 1);
  if (fflush(file)) return fail(L, errno);
  /* A pipe or a terminal has nothing to sync. */
  if (fsync(fileno(file)) && errno != EINVAL && errno != EROFS)
    return fail(L, errno);
  lua_pushboolean(L, 1);
  return 1;
}

/* core.file_id(path) -> "device:inode", or nil, problem. A number of Lua's would
** not keep all digits of what some file systems count by. */
static int system_file_id(lua_State *L) {
  struct stat status;
  char id[64];
  if (stat(luaL_checkstring(L, 1), &status)) return fail(L, errno);
  snprintf(id, sizeof id, "%ju:%ju", (uintmax_t)status.st_dev,
           (uintmax_t)status.st_ino);
  lua_pushstring(L, id);
  return 1;
}

/* core.is_private(path) -> whether only its owner can read a file; or nil,
** problem */
static int system_is_private(lua_State *L) {
  struct stat status;
  if (stat(luaL_checkstring(L, 1), &status)) return fail(L, errno);
  lua_pushboolean(L, !(status.st_mode & 077));
  return 1;
}

/* core.is_set(name) -> whether an environment variable is set; its value, which
** may be the API key, stays outside Lua */
static int system_is_set(lua_State *L) {
  lua_pushboolean(L, getenv(luaL_checkstring(L, 1)) != NULL);
  return 1;
}

/* core.isatty(descriptor) -> whether it is a terminal */
static int system_isatty(lua_State *L) {
  lua_pushboolean(L, isatty((int)luaL_checkinteger(L, 1)));
  return 1;
}

/* core.terminal_width(descriptor) -> its columns; nil where it has none */
static int system_terminal_width(lua_State *L) {
  struct winsize size;
  if (ioctl((int)luaL_checkinteger(L, 1), TIOCGWINSZ, &size) || !size.ws_col)
    return 0;
  lua_pushinteger(L, size.ws_col);
  return 1;
}

/* core.pid() -> this process's id */
static int system_pid(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)getpid());
  return 1;
}

/* Set by a signal, so it must be here; nothing else may be. */
static volatile sig_atomic_t interrupted;

static void note_interrupt(int number) {
  interrupted = number;
}

/* core.end_on_interrupt(): SIGINT ends the program at once, as other programs;
** the `lua` program would make it an error. For the command only. */
static int system_end_on_interrupt(lua_State *L) {
  (void)L;
  signal(SIGINT, SIG_DFL);
  return 0;
}

/* core.catch_interrupts(): from now on SIGINT, SIGTERM and SIGHUP (unless that
** is ignored, as nohup asks) do not end the program at once but are told by
** core.interrupted(); a second one ends it. A pipe that nobody reads any more
** ends it no more either, but fails a write.
** For the command only: a library leaves signals alone. */
static int system_catch_interrupts(lua_State *L) {
  struct sigaction action, hangup;
  (void)L;
  memset(&action, 0, sizeof action);
  action.sa_handler = note_interrupt;
  /* What reads a pipe reads on; what waits does not. */
  action.sa_flags = (int)(SA_RESETHAND | SA_RESTART);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGHUP, NULL, &hangup);
  if (hangup.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, NULL);
  signal(SIGPIPE, SIG_IGN);
  return 0;
}

/* core.interrupted() -> whether a caught signal came */
static int system_interrupted(lua_State *L) {
  lua_pushboolean(L, interrupted != 0);
  return 1;
}

void system_open(lua_State *L) {
  static const luaL_Reg functions[] = {
    {"now", system_now}, {"elapsed", system_elapsed},
    {"sleep", system_sleep}, {"private", system_private}, {"sync", system_sync},
    {"file_id", system_file_id}, {"is_private", system_is_private},
    {"is_set", system_is_set}, {"isatty", system_isatty},
    {"terminal_width", system_terminal_width},
    {"pid", system_pid}, {"end_on_interrupt", system_end_on_interrupt},
    {"catch_interrupts", system_catch_interrupts},
    {"interrupted", system_interrupted}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
