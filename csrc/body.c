/* body.c: what a request sends, shared by all who need it. */
#include "body.h"

#include <stdlib.h>
#include <string.h>

#define MOST_BYTES (64 * 1024 * 1024)

static const char opening[] = "{\"credentials\":[", closing[] = "]}";

enum { OPENING = sizeof opening - 1, CLOSING = sizeof closing - 1 };

body *body_open(void) {
  body *b = calloc(1, sizeof *b);
  if (!b) return NULL;
  b->holders = 1;
  buffer_open(&b->text, MOST_BYTES);
  buffer_open(&b->ends, MOST_BYTES);
  return b;
}

body *body_of_text(slice text) {
  body *b = body_open();
  if (!b) return NULL;
  b->text.cap = text.length + 2; /* it is there already, however long it is */
  if (buffer_expect(&b->text, text.length) &&
      buffer_add(&b->text, text.bytes, text.length))
    return b;
  body_release(b);
  return NULL;
}

body *body_hold(body *b) {
  b->holders++;
  return b;
}

void body_release(body *b) {
  if (!b || --b->holders) return;
  if (b->text.bytes) buffer_wipe(b->text.bytes, b->text.length); /* secrets */
  buffer_close(&b->text);
  buffer_close(&b->ends);
  free(b);
}

/* ---- credentials ---- */

size_t body_count(const body *b) {
  return b->ends.length / sizeof(size_t);
}

static size_t end_of(const body *b, size_t index) {
  return ((const size_t *)(const void *)b->ends.bytes)[index];
}

/* Where the next one goes: over the text's end, which is put behind it again. */
int body_add(body *b, slice credential) {
  size_t count = body_count(b), end = count ? end_of(b, count - 1) : 0;
  const char *before = count ? "," : opening;
  size_t length = count ? 1 : OPENING;
  char *to;
  b->text.length = end;
  to = buffer_reserve(&b->text, length + credential.length + CLOSING);
  if (!to) return 0;
  end += length + credential.length;
  if (!buffer_add(&b->ends, (const char *)&end, sizeof end)) return 0;
  memcpy(to, before, length);
  memcpy(to + length, credential.bytes, credential.length);
  memcpy(to + length + credential.length, closing, CLOSING);
  b->text.length = end + CLOSING;
  return 1;
}

slice body_credential(const body *b, size_t index) {
  size_t start = index ? end_of(b, index - 1) + 1 : OPENING;
  return text_slice(b->text.bytes + start, end_of(b, index) - start);
}

void body_fit(body *b) {
  buffer_fit(&b->text);
  buffer_fit(&b->ends);
}
