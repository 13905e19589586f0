/* assertion.c: a JWT that the `openssl` program signs.
**
** What it prints ends in C memory, and is no secret for longer than LIFE. */
#include "assertion.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "key.h"

#define LIFE 180       /* seconds; an org takes no more than 300 */
#define LEAST 128      /* bytes of an RSA signature; others are shorter */
#define SIGNATURE 2048

static int add_text(buffer *b, const char *text) {
  return buffer_add(b, text, strlen(text));
}

/* ---- the text ---- */

/* Base64 as addresses can have it, without what fills it up. */
static int add_base64url(buffer *b, const char *bytes, size_t length) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789-_";
  unsigned bits = 0, count = 0;
  size_t i;
  int ok = 1;
  for (i = 0; i < length; i++) {
    bits = (bits << 8 | (unsigned char)bytes[i]) & 0xFFFFF;
    for (count += 8; count >= 6; count -= 6)
      ok &= buffer_add(b, &letters[bits >> (count - 6) & 63], 1);
  }
  if (count) ok &= buffer_add(b, &letters[bits << (6 - count) & 63], 1);
  return ok;
}

/* The names in it hold no quote and no backslash: whoever opens sees to it. */
static int add_claims(const assertion *a, buffer *b) {
  static const char header[] = "{\"alg\":\"RS256\"}";
  char claims[2048];
  int length = snprintf(claims, sizeof claims, "{\"iss\":\"%s\",\"sub\":\"%s\","
                        "\"aud\":\"%s\",\"exp\":%lld}", a->client_id,
                        a->username, a->audience,
                        (long long)time(NULL) + LIFE);
  return length < (int)sizeof claims &&
         add_base64url(b, header, sizeof header - 1) && add_text(b, ".") &&
         add_base64url(b, claims, (size_t)length);
}

/* ---- its signature ---- */

/* As one word of a shell command. */
static int add_quoted(buffer *b, const char *text) {
  int ok = add_text(b, "'");
  for (; *text; text++)
    ok &= *text == '\'' ? add_text(b, "'\\''") : buffer_add(b, text, 1);
  return ok && add_text(b, "'");
}

/* A key that has a passphrase is refused; nobody is asked for it. */
static int add_command(const assertion *a, const buffer *text, buffer *b) {
  return add_text(b, "printf %s ") &&
         buffer_add(b, text->bytes, text->length) &&
         add_text(b, " | openssl dgst -sha256 -passin pass: -sign ") &&
         add_quoted(b, a->key_file) &&
         buffer_add(b, " 2>/dev/null", 13); /* with the text's end */
}

/* What a command prints; how it ended. */
static size_t run(const char *command, char *to, size_t size, int *status) {
  FILE *pipe = popen(command, "r"); /* NOLINT(cert-env33-c): it is quoted */
  size_t length = pipe ? fread(to, 1, size, pipe) : 0;
  *status = pipe ? pclose(pipe) : -1;
  return length;
}

static void explain(const assertion *a, int status, char *problem, size_t size) {
  if (status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 127)
    snprintf(problem, size, "a JWT needs the program openssl; install the "
             "package openssl");
  else
    snprintf(problem, size, "openssl cannot sign with %s; a private RSA key in "
             "PEM, without a passphrase, is expected", a->key_file);
}

static const char *add_signature(const assertion *a, const char *command,
                                 buffer *to, char *problem, size_t size) {
  char signature[SIGNATURE];
  int status;
  size_t length = run(command, signature, sizeof signature, &status);
  const char *wrong = NULL;
  if (length < LEAST) {
    explain(a, status, problem, size);
    wrong = "key";
  } else if (!add_text(to, ".") || !add_base64url(to, signature, length)) {
    wrong = "memory";
  }
  buffer_wipe(signature, sizeof signature);
  return wrong;
}

const char *assertion_add(const assertion *a, buffer *to, char *problem,
                          size_t size) {
  buffer text, command;
  const char *wrong = "memory";
  snprintf(problem, size, "out of memory");
  buffer_open(&text, 1 << 14);
  buffer_open(&command, 1 << 15);
  if (add_claims(a, &text) && buffer_add(to, text.bytes, text.length) &&
      add_command(a, &text, &command))
    wrong = add_signature(a, command.bytes, to, problem, size);
  buffer_close(&text);
  buffer_close(&command);
  return wrong;
}
