/* buffer.c: a growing byte buffer with a cap. */
#include "buffer.h"

#include <stdlib.h>

void buffer_open(buffer *b, size_t cap) {
  memset(b, 0, sizeof *b);
  b->cap = cap;
}

void buffer_close(buffer *b) {
  free(b->bytes);
  buffer_open(b, b->cap);
}

static int resize(buffer *b, size_t capacity) {
  char *bytes = realloc(b->bytes, capacity);
  if (!bytes) return 0;
  b->bytes = bytes;
  b->capacity = capacity;
  return 1;
}

int buffer_grow(buffer *b, size_t extra) {
  size_t capacity = b->capacity ? b->capacity : 256;
  if (extra >= b->cap - b->length) return 0;
  while (capacity <= b->length + extra) capacity *= 2;
  return resize(b, capacity);
}

int buffer_expect(buffer *b, size_t length) {
  return length < b->cap && resize(b, length + 1);
}

void buffer_fit(buffer *b) {
  if (b->bytes && b->length + 1 < b->capacity) (void)resize(b, b->length + 1);
}

/* Nothing reads these bytes again, which the compiler is not to know: it would
** leave the writing out. */
void buffer_wipe(char *bytes, size_t length) {
  memset(bytes, 0, length);
  __asm__ volatile("" : : "r"(bytes) : "memory");
}
