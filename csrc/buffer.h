/* buffer.h: a growing byte buffer with a cap. */
#ifndef BUFFER_H
#define BUFFER_H

#include <stddef.h>
#include <string.h>

#pragma GCC visibility push(hidden)

typedef struct buffer {
  char *bytes;
  size_t length;
  size_t capacity;
  size_t cap; /* never grows past this many bytes */
} buffer;

void buffer_open(buffer *b, size_t cap);
void buffer_close(buffer *b);

/* Makes room for `extra` more bytes; 0 past the cap or without memory. */
int buffer_grow(buffer *b, size_t extra);

/* Makes room for as many bytes as will come in all, and no more, where nothing
** has come yet; 0 past the cap or without memory. */
int buffer_expect(buffer *b, size_t length);

/* Gives back the room that is not used. */
void buffer_fit(buffer *b);

/* Overwrites what held a secret. */
void buffer_wipe(char *bytes, size_t length);

/* Room for `extra` more bytes; where they go, or NULL past the cap. */
static inline char *buffer_reserve(buffer *b, size_t extra) {
  if (extra >= b->capacity - b->length && !buffer_grow(b, extra)) return NULL;
  return b->bytes + b->length;
}

/* Most texts are short: two moves that overlap are quicker than a call. */
static inline void buffer_copy(char *to, const char *from, size_t length) {
  if (length - 8 <= 8) {
    memcpy(to, from, 8);
    memcpy(to + length - 8, from + length - 8, 8);
  } else if (length - 16 <= 16) {
    memcpy(to, from, 16);
    memcpy(to + length - 16, from + length - 16, 16);
  } else if (length) {
    memcpy(to, from, length);
  }
}

/* Appends; 0 past the cap, and then nothing was added. */
static inline int buffer_add(buffer *b, const char *bytes, size_t length) {
  char *end = buffer_reserve(b, length);
  if (!end) return 0;
  buffer_copy(end, bytes, length);
  b->length += length;
  return 1;
}

#pragma GCC visibility pop

#endif
