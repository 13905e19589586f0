/* login.c: gets a token for an org of Salesforce's. */
#include "login.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "assertion.h"
#include "member.h"

#define TOKEN (KEY_MOST + 1)

/* ---- what an answer holds ---- */

/* Keeps the token of an object, and wipes the copy that it made. */
static const char *keep_token(slice object, const char *name, key *token) {
  char text[TOKEN];
  const char *wrong = "has no token";
  if (member_text(object, name, text, sizeof text))
    wrong = key_keep(token, &key_of_session, text);
  buffer_wipe(text, sizeof text);
  return wrong;
}

/* What a JWT says of its time is judged by the org's clock. */
static void add_clock(const http_result *result, char *problem, size_t size) {
  time_t theirs = curl_getdate(result->date, NULL);
  long ahead = theirs == (time_t)-1 ? 0 : (long)(time(NULL) - theirs);
  size_t length = strlen(problem);
  if (labs(ahead) < 60) return;
  snprintf(problem + length, size - length,
           " (this machine's clock is %ld s %s Salesforce's)", labs(ahead), ahead > 0 ? "ahead of" : "behind");
}

static const char *refused(slice answer, const http_result *result,
                           char *problem, size_t size) {
  char error[64], about[256];
  if (member_text(answer, "error", error, sizeof error)) {
    member_text(answer, "error_description", about, sizeof about);
    snprintf(problem, size, "%s%s%s", error, *about ? ": " : "", about);
    return "auth";
  }
  snprintf(problem, size, "HTTP %ld%s%s instead of a token", result->status,
           *result->content_type ? " with " : "", result->content_type);
  return "answer";
}

static const char *read_answer(const login *l, http_result *result, key *token,
                               char *address, char *problem, size_t size) {
  slice answer = {result->body.bytes, result->body.length};
  const char *wrong;
  if (result->error) {
    snprintf(problem, size, "%s", result->message);
    return result->error;
  }
  if (result->status != 200) {
    wrong = refused(answer, result, problem, size);
    if (*l->jwt_key_file && !strcmp(wrong, "auth"))
      add_clock(result, problem, size);
    return wrong;
  }
  if (!member_text(answer, "instance_url", address, LOGIN_ADDRESS))
    return refused(answer, result, problem, size);
  wrong = keep_token(answer, "access_token", token);
  if (!wrong) return NULL;
  snprintf(problem, size, "the token %s", wrong);
  return "answer";
}

/* ---- from the org ---- */

static void settings_of(const login *l, http_settings *settings) {
  memset(settings, 0, sizeof *settings);
  settings->service = "Salesforce";
  settings->ca_file = *l->ca_file ? l->ca_file : NULL;
  settings->user_agent = l->agent;
  settings->timeout = l->timeout;
  settings->connect_timeout = l->connect_timeout;
  settings->most = 32 << 20;
}

static int add_escaped(buffer *b, const char *name, const char *text) {
  char *escaped = curl_easy_escape(NULL, text, 0);
  int ok = escaped && buffer_add(b, name, strlen(name)) &&
           buffer_add(b, escaped, strlen(escaped));
  if (escaped) buffer_wipe(escaped, strlen(escaped));
  curl_free(escaped);
  return ok;
}

/* What the private key of an app signs, as a form. */
static const char *fill_signed(const login *l, buffer *form, char *problem,
                               size_t size) {
  static const char jwt[] = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-"
                            "type%3Ajwt-bearer&assertion=";
  assertion a = {l->jwt_key_file, l->client_id, l->username, l->audience};
  return buffer_add(form, jwt, sizeof jwt - 1)
    ? assertion_add(&a, form, problem, size) : "memory";
}

/* What the org is asked with. NULL; or a word of what went wrong. */
static const char *fill_form(const login *l, buffer *form, char *problem,
                             size_t size) {
  snprintf(problem, size, "out of memory");
  if (!buffer_grow(form, 1 << 15)) return "memory"; /* no copies are left */
  if (*l->jwt_key_file) return fill_signed(l, form, problem, size);
  return add_escaped(form, "grant_type=client_credentials&client_id=",
                     l->client_id) &&
         add_escaped(form, "&client_secret=", l->secret.text) ? NULL : "memory";
}

static http_result *post(http *h, const buffer *form) {
  http_result *result = NULL;
  body *sent = body_of_text(text_slice(form->bytes, form->length));
  if (sent && http_submit(h, HTTP_JSON, "POST", "/services/oauth2/token", sent))
    do {
      http_poll(h, 1);
    } while (!(result = http_take(h)));
  body_release(sent);
  return result;
}

/* What an answer repeats of what it was asked with, nobody is to see. */
static void cover(const login *l, const buffer *form, buffer *answer) {
  key jwt = {form->bytes, form->bytes};
  key_cover(&l->secret, answer->bytes, answer->length);
  if (!*l->jwt_key_file) return;
  form->bytes[form->length] = '\0'; /* a buffer has room behind its text */
  jwt.text = strrchr(form->bytes, '=') + 1;
  key_cover(&jwt, answer->bytes, answer->length);
}

static void drop(char *bytes, size_t length) {
  if (bytes) buffer_wipe(bytes, length);
}

static const char *ask_with(const login *l, http *h, key *token, char *address,
                            char *problem, size_t size) {
  http_result *result = NULL;
  buffer form;
  const char *wrong;
  buffer_open(&form, 1 << 16);
  wrong = fill_form(l, &form, problem, size);
  if (!wrong) {
    wrong = "memory";
    result = post(h, &form);
  }
  if (result) cover(l, &form, &result->body);
  drop(form.bytes, form.length);
  buffer_close(&form);
  if (!result) return wrong;
  wrong = read_answer(l, result, token, address, problem, size);
  drop(result->body.bytes, result->body.length);
  http_free(result);
  return wrong;
}

static const char *ask_org(const login *l, key *token, char *address,
                           char *problem, size_t size) {
  static char type[] = "Content-Type: application/x-www-form-urlencoded",
              accept[] = "Accept: application/json";
  char *const headers[] = {type, accept, NULL};
  http_settings settings;
  key none = {NULL, NULL};
  const char *wrong;
  http *h;
  settings_of(l, &settings);
  settings.url = l->url;
  settings.headers[HTTP_JSON] = headers;
  h = http_open(&settings, &none, problem, size);
  if (!h) return "url";
  wrong = ask_with(l, h, token, address, problem, size);
  http_close(h);
  return wrong;
}

/* ---- from the Salesforce CLI ---- */

/* What the CLI prints as `result`; `b` holds it. */
static int run(const login *l, const char *what, buffer *b, slice *result) {
  char command[512];
  size_t got = 1;
  FILE *pipe;
  slice all;
  snprintf(command, sizeof command, "sf org %s --json%s%s 2>/dev/null", what,
           *l->org ? " --target-org " : "", l->org);
  pipe = popen(command, "r"); /* NOLINT(cert-env33-c): the name is checked */
  while (pipe && got && buffer_grow(b, 4096)) {
    got = fread(b->bytes + b->length, 1, 4096, pipe);
    b->length += got;
  }
  if (pipe) pclose(pipe);
  all.bytes = b->bytes;
  all.length = b->length;
  return member_find(all, "result", result);
}

/* A newer CLI shows no token here: "[REDACTED] …" has blanks. */
static const char *read_display(slice shown, key *token, char *address) {
  if (!member_text(shown, "instanceUrl", address, LOGIN_ADDRESS)) *address = 0;
  return keep_token(shown, "accessToken", token);
}

static void run_and_keep(const login *l, const char *what, buffer *b,
                         key *token, char *address) {
  slice result;
  buffer_open(b, 1 << 20);
  buffer_grow(b, 1 << 16);
  if (run(l, what, b, &result)) {
    if (address) read_display(result, token, address);
    else keep_token(result, "accessToken", token);
  }
  if (b->bytes) buffer_wipe(b->bytes, b->length);
  buffer_close(b);
}

static const char *ask_cli(const login *l, key *token, char *address,
                           char *problem, size_t size) {
  buffer b;
  token->header = NULL;
  *address = '\0';
  run_and_keep(l, "display", &b, token, address);
  if (!token->header && *address)
    run_and_keep(l, "auth show-access-token", &b, token, NULL);
  if (token->header && *address) return NULL;
  key_close(token);
  snprintf(problem, size, "the Salesforce CLI gave no token%s%s",
           *l->org ? " for " : "", l->org);
  return "cli";
}

const char *login_ask(const login *l, key *token, char *address, char *problem,
                      size_t size) {
  if (*l->client_id) return ask_org(l, token, address, problem, size);
  return ask_cli(l, token, address, problem, size);
}

http *login_open(const login *l, key *token, const char *address,
                 char *problem, size_t size) {
  static char json[] = "Content-Type: application/json",
              accept[] = "Accept: application/json",
              csv[] = "Content-Type: text/csv; charset=UTF-8",
              accept_csv[] = "Accept: text/csv";
  char *const headers[] = {json, accept, NULL};
  char *const sent[] = {csv, accept, NULL};
  char *const wanted[] = {accept_csv, NULL};
  http_settings settings;
  settings_of(l, &settings);
  settings.url = address;
  settings.headers[HTTP_JSON] = headers;
  settings.headers[HTTP_CSV_SENT] = sent;
  settings.headers[HTTP_CSV_WANTED] = wanted;
  return http_open(&settings, token, problem, size);
}
