/* login_handle.c: handle: what gets tokens for an org of Salesforce's. */
#include <stdio.h>
#include <string.h>

#include "handles.h"
#include "login.h"

#define CLASS "sertifier.login"

static int login_close(lua_State *L) {
  login *l = luaL_checkudata(L, 1, CLASS);
  key_close(&l->secret);
  l->is_open = 0;
  return 0;
}

static void copy_option(lua_State *L, const char *name, char *to, size_t size) {
  const char *text = handle_text(L, name, "");
  size_t length = strlen(text);
  if (length >= size) luaL_error(L, "%s: it is too long", name);
  memcpy(to, text, length + 1);
}

/* Names that a JWT says, which are not escaped there. */
static void copy_name(lua_State *L, const char *name, char *to, size_t size) {
  size_t i;
  copy_option(L, name, to, size);
  for (i = 0; to[i]; i++)
    if ((unsigned char)to[i] < ' ' || to[i] == '"' || to[i] == '\\')
      luaL_error(L, "%s: it holds what no name does", name);
}

static void read_options(lua_State *L, login *l) {
  copy_option(L, "url", l->url, sizeof l->url);
  copy_name(L, "client_id", l->client_id, sizeof l->client_id);
  copy_name(L, "username", l->username, sizeof l->username);
  copy_name(L, "audience", l->audience, sizeof l->audience);
  copy_option(L, "jwt_key_file", l->jwt_key_file, sizeof l->jwt_key_file);
  copy_option(L, "target_org", l->org, sizeof l->org);
  copy_option(L, "ca_file", l->ca_file, sizeof l->ca_file);
  copy_option(L, "user_agent", l->agent, sizeof l->agent);
  l->timeout = handle_number(L, "timeout", 60);
  l->connect_timeout = handle_number(L, "connect_timeout", 10);
  if (l->org[strspn(l->org, "abcdefghijklmnopqrstuvwxyz0123456789_.@+-"
                            "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] || *l->org == '-')
    luaL_error(L, "target_org: a user name or an alias is expected");
}

/* Sees to the secret, or to the file of the private key. */
static const char *open_secret(lua_State *L, login *l, char *problem,
                               size_t size) {
  const char *wrong;
  if (!*l->client_id) return NULL;
  if (!*l->jwt_key_file)
    return key_open(&l->secret, &key_of_app,
                    handle_text(L, "secret_file", NULL), problem, size);
  wrong = key_file_problem(l->jwt_key_file);
  if (!wrong) return NULL;
  snprintf(problem, size, "the private key in %s %s", l->jwt_key_file, wrong);
  return problem;
}

/* http.login { url =, client_id =, secret_file =, ca_file =, user_agent =,
** timeout =, connect_timeout = }; in place of the secret { jwt_key_file =,
** username =, audience = }; or { target_org = }, which asks the Salesforce CLI
** -> login; or nil, message, "key" */
static int login_new(lua_State *L) {
  char problem[1536];
  const char *wrong;
  login *l;
  luaL_checktype(L, 1, LUA_TTABLE);
  l = handle_make(L, CLASS, sizeof *l);
  read_options(L, l);
  wrong = open_secret(L, l, problem, sizeof problem);
  l->is_open = !wrong;
  return wrong ? handle_fail(L, wrong, "key") : 1;
}

/* login:open() -> a client that carries a new token, and the address that the
** token is for; or nil, message, and a word: auth, answer, cli, key, url, or as
** client:poll gives it */
static int login_open_client(lua_State *L) {
  char address[LOGIN_ADDRESS], problem[1536];
  login *l = luaL_checkudata(L, 1, CLASS);
  key token = {NULL, NULL};
  http **opened = client_push(L);
  const char *wrong;
  luaL_argcheck(L, l->is_open, 1, "it is closed");
  wrong = login_ask(l, &token, address, problem, sizeof problem);
  if (wrong) return handle_fail(L, problem, wrong);
  *opened = login_open(l, &token, address, problem, sizeof problem);
  if (!*opened) return handle_fail(L, problem, "url");
  lua_pushstring(L, address);
  return 2;
}

static int login_text(lua_State *L) {
  lua_pushliteral(L, "sertifier login");
  return 1;
}

void login_handle_open(lua_State *L) {
  static const luaL_Reg methods[] = {
    {"open", login_open_client}, {"__tostring", login_text}, {NULL, NULL}};
  handle_class(L, CLASS, methods, login_close);
  lua_pushcfunction(L, login_new);
  lua_setfield(L, -2, "login");
}
