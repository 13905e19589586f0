/* text.h: UTF-8 checks and JSON strings. */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>
#include <string.h>

#pragma GCC visibility push(hidden)

/* Bytes that somebody else owns. */
typedef struct slice {
  const char *bytes;
  size_t length;
} slice;

static inline slice text_slice(const char *bytes, size_t length) {
  slice text;
  text.bytes = bytes;
  text.length = length;
  return text;
}

static inline int text_equal(slice a, slice b) {
  return a.length == b.length && !memcmp(a.bytes, b.bytes, a.length);
}

/* An ASCII letter in lower case, any other byte as it is. */
static inline unsigned char text_lower(char c) {
  unsigned char u = (unsigned char)c;
  return (unsigned char)(u - 'A') < 26 ? (unsigned char)(u + 32) : u;
}

/* Equal but for the case of ASCII letters. */
int text_same(slice a, slice b);

/* Cuts the ASCII blanks at both ends. */
slice text_cut_blanks(slice text);

/* Without the ASCII blanks at both ends; most texts have none. */
static inline slice text_trim(slice text) {
  if (text.length && text.bytes[0] > ' ' && text.bytes[text.length - 1] > ' ')
    return text;
  return text_cut_blanks(text);
}

/* How many bytes from the start are valid UTF-8 (RFC 3629: no surrogates,
** no overlong forms) without a NUL; text.length where all are. */
size_t text_valid(slice text);

/* The most bytes that text_json can write for `length` bytes. */
#define TEXT_JSON_MOST(length) (6 * (length) + 2)

/* Writes the text as a JSON string, quotes included; the end of what was
** written, or NULL where the text is not valid UTF-8 or holds a NUL. */
char *text_json(char *out, slice text);

#pragma GCC visibility pop

#endif
