/* client.c: handle: HTTP requests that carry a key to its one host. */
#include <math.h>
#include <string.h>

#include "body.h"
#include "handles.h"
#include "http.h"
#include "url.h"

#define CLASS "sertifier.client"

typedef struct client {
  http *http;
} client;

static client *client_get(lua_State *L) {
  client *c = luaL_checkudata(L, 1, CLASS);
  luaL_argcheck(L, c->http, 1, "the client is closed");
  return c;
}

static int client_close(lua_State *L) {
  client *c = luaL_checkudata(L, 1, CLASS);
  http *open = c->http;
  c->http = NULL;
  if (open) http_close(open);
  return 0;
}

/* ---- opening ---- */

/* What the options say, but for the service and its headers. */
static void read_settings(lua_State *L, http_settings *settings) {
  settings->url = handle_text(L, "url", "https://b2b.sertifier.com");
  settings->ca_file = handle_text(L, "ca_file", NULL);
  settings->user_agent = handle_text(L, "user_agent", "sertifier");
  settings->timeout = handle_number(L, "timeout", 60);
  settings->connect_timeout = handle_number(L, "connect_timeout", 10);
  settings->most = (size_t)handle_number(L, "max_response", 16 << 20);
}

http **client_push(lua_State *L) {
  client *c = handle_make(L, CLASS, sizeof *c);
  return &c->http;
}

/* http.client { url =, key_file =, ca_file =, user_agent =, timeout =,
** connect_timeout =, max_response = } -> client; or nil, message, and "key" or
** "url". Times are in seconds, max_response in bytes. To be opened after a
** fork, not before it. */
static int client_new(lua_State *L) {
  static char version[] = "api-version: 3.3",
              json[] = "Content-Type: application/json";
  char *const headers[] = {version, json, NULL};
  char problem[512];
  http_settings settings;
  const char *key_file, *wrong;
  key secret = {NULL, NULL};
  http **opened;
  luaL_checktype(L, 1, LUA_TTABLE);
  read_settings(L, &settings);
  settings.service = "Sertifier";
  memset(settings.headers, 0, sizeof settings.headers);
  settings.headers[HTTP_JSON] = headers;
  key_file = handle_text(L, "key_file", NULL);
  opened = client_push(L);
  wrong = key_open(&secret, &key_of_sertifier, key_file, problem,
                   sizeof problem);
  if (wrong) return handle_fail(L, wrong, "key");
  *opened = http_open(&settings, &secret, problem, sizeof problem);
  if (!*opened) return handle_fail(L, problem, "url");
  return 1;
}

/* ---- requests ---- */

static int is_method(const char *text) {
  static const char *const methods[] = {"GET",    "POST",  "PUT",
                                        "DELETE", "PATCH", NULL};
  int i;
  for (i = 0; methods[i]; i++)
    if (!strcmp(text, methods[i])) return 1;
  return 0;
}

/* One that the core has made, held. */
static body *hold_body(lua_State *L, body *b) {
  luaL_argcheck(L, b && body_count(b), 4, "the body is closed or empty");
  body_fit(b);
  return body_hold(b);
}

/* What is to be sent, held; NULL where nothing is. */
static body *take_body(lua_State *L) {
  body **made = luaL_testudata(L, 4, BODY_CLASS), *b;
  size_t length;
  const char *text;
  if (made) return hold_body(L, *made);
  text = luaL_optlstring(L, 4, NULL, &length);
  if (!text) return NULL;
  b = body_of_text(text_slice(text, length));
  if (!b) luaL_error(L, "out of memory");
  return b;
}

/* client:submit(method, path, body, is_csv) -> id: starts a request and returns
** at once. The path starts with "/", and stands behind the client's address.
** The body is a text, or one of core.body, which then takes no more in.
** Where it is about CSV, that is the body, or else the answer that is wanted. */
static int client_submit(lua_State *L) {
  client *c = client_get(L);
  const char *method = luaL_checkstring(L, 2);
  const char *path = luaL_checkstring(L, 3);
  http_form form = !lua_toboolean(L, 5) ? HTTP_JSON
                 : lua_isnoneornil(L, 4) ? HTTP_CSV_WANTED : HTTP_CSV_SENT;
  body *sent;
  long id;
  luaL_argcheck(L, is_method(method), 2, "not a method of these APIs");
  luaL_argcheck(L, strlen(path) == lua_rawlen(L, 3) && url_is_path(path), 3,
                "not a path");
  sent = take_body(L);
  id = http_submit(c->http, form, method, path, sent);
  body_release(sent);
  if (!id) return luaL_error(L, "out of memory");
  lua_pushinteger(L, id);
  return 1;
}

static void set_text(lua_State *L, const char *name, const char *text) {
  if (!text || !*text) return;
  lua_pushstring(L, text);
  lua_setfield(L, -2, name);
}

static void push_result(lua_State *L, const http_result *result) {
  lua_createtable(L, 0, 8);
  lua_pushinteger(L, result->id);
  lua_setfield(L, -2, "id");
  lua_pushboolean(L, result->sent);
  lua_setfield(L, -2, "sent");
  if (result->status) lua_pushinteger(L, result->status);
  else lua_pushnil(L);
  lua_setfield(L, -2, "status");
  set_text(L, "error", result->error);
  set_text(L, "message", result->message);
  set_text(L, "retry_after", result->retry_after);
  set_text(L, "date", result->date);
  set_text(L, "content_type", result->content_type);
  set_text(L, "limit_info", result->limit_info);
  set_text(L, "locator", result->locator);
  if (result->error) return;
  lua_pushlstring(L, result->body.bytes ? result->body.bytes : "",
                  result->body.length);
  lua_setfield(L, -2, "body");
}

/* client:poll(seconds) -> list of results, empty where none ended in time.
** Each has `id`, and `sent`: whether a byte of its body may have left. A whole
** answer has `status`, `body`, and where the server gave them `retry_after`,
** `date`, `content_type`, `limit_info` and `locator`; where there is none, `error` is one of connect,
** resolve, tls, timeout, cut, too_large and rewind, and `message` says more. */
static int client_poll(lua_State *L) {
  client *c = client_get(L);
  double seconds = luaL_optnumber(L, 2, 0);
  http_result *result;
  int i;
  luaL_argcheck(L, !isnan(seconds), 2, "not a time to wait");
  http_poll(c->http, seconds);
  lua_newtable(L);
  for (i = 1; (result = http_take(c->http)); i++) {
    push_result(L, result);
    http_free(result);
    lua_rawseti(L, -2, i);
  }
  return 1;
}

/* client:pending() -> how many requests have not ended */
static int client_pending(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)http_pending(client_get(L)->http));
  return 1;
}

static int client_text(lua_State *L) {
  lua_pushliteral(L, "sertifier client");
  return 1;
}

/* http.curl_version() -> libcurl's version, and those of what it uses */
static int client_curl_version(lua_State *L) {
  lua_pushstring(L, http_library());
  return 1;
}

/* http.hide_key(): for the command only, once its client is open: the key is
** wiped from the environment, and this process leaves no core dump */
static int client_hide_key(lua_State *L) {
  (void)L;
  key_hide();
  return 0;
}

void client_open(lua_State *L) {
  static const luaL_Reg methods[] = {
    {"submit", client_submit}, {"poll", client_poll},
    {"pending", client_pending}, {"__tostring", client_text}, {NULL, NULL}};
  handle_class(L, CLASS, methods, client_close);
  lua_pushcfunction(L, client_new);
  lua_setfield(L, -2, "client");
  lua_pushcfunction(L, client_curl_version);
  lua_setfield(L, -2, "curl_version");
  lua_pushcfunction(L, client_hide_key);
  lua_setfield(L, -2, "hide_key");
}
