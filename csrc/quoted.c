/* quoted.c: what stands between the quotes of a text in JSON. */
#include "quoted.h"

#include <string.h>

#include "letter.h"
#include "word.h"

static uint32_t hex(const char *digits) {
  static const char all[] = "0123456789abcdef";
  uint32_t code = 0;
  int i;
  for (i = 0; i < 4; i++) {
    const char *found = memchr(all, text_lower(digits[i]), 16);
    if (!found) return 0;
    code = code << 4 | (uint32_t)(found - all);
  }
  return code;
}

/* The character of an escape, and how long it is; 0 where it is none, or one
** of two for one character. */
static uint32_t escape(const char *at, size_t left, size_t *length) {
  static const char from[] = "\"\\/nrtbf", to[] = "\"\\/\n\r\t\b\f";
  const char *found;
  uint32_t code = 0;
  *length = left > 1 && at[1] == 'u' ? 6 : 2;
  if (left < *length) return 0;
  if (*length == 6) code = hex(at + 2);
  else if ((found = memchr(from, at[1], 8))) code = (uint32_t)to[found - from];
  return code >= 0xD800 && code <= 0xDFFF ? 0 : code;
}

/* Marks the first byte of a word that ends a text or is not plain, and perhaps
** some behind it. */
static uint64_t marks_of(uint64_t word) {
  uint64_t quotes = word ^ WORD_ONES * '"', escapes = word ^ WORD_ONES * '\\';
  return (((word - WORD_ONES * ' ') & ~word) |
          ((quotes - WORD_ONES) & ~quotes) |
          ((escapes - WORD_ONES) & ~escapes)) & WORD_HIGHS;
}

static int is_plain(char c) {
  return (unsigned char)c >= ' ' && c != '"' && c != '\\';
}

/* From a byte on, the first one that ends a text or is not plain. */
static size_t pass_plain(slice t, size_t n) {
  for (; t.length - n >= 8; n += 8) {
    uint64_t marks = marks_of(load_word(t.bytes + n));
    if (marks) return n + (size_t)__builtin_ctzll(marks) / 8;
  }
  while (n < t.length && is_plain(t.bytes[n])) n++;
  return n;
}

ptrdiff_t quoted_length(slice t) {
  size_t n = 0, more;
  while ((n = pass_plain(t, n)) < t.length && t.bytes[n] != '"') {
    if (t.bytes[n] != '\\' || !escape(t.bytes + n, t.length - n, &more))
      return -1;
    n += more;
  }
  return n < t.length ? (ptrdiff_t)n : -1;
}

/* Takes the first character off a text, and writes it without its escape; how
** many bytes it then has. */
static size_t take_plain(slice *text, char *to) {
  size_t length = 1, put = 1;
  if (*text->bytes != '\\') *to = *text->bytes;
  else put = letter_put(to, escape(text->bytes, text->length, &length));
  text->bytes += length;
  text->length -= length;
  return put;
}

size_t quoted_plain(slice text, char *to) {
  const char *start = to;
  while (text.length) to += take_plain(&text, to);
  return (size_t)(to - start);
}

int quoted_is(slice text, slice plain) {
  char one[LETTER_MOST];
  if (!memchr(text.bytes, '\\', text.length)) return text_equal(text, plain);
  while (text.length) {
    size_t length = take_plain(&text, one);
    if (length > plain.length || memcmp(one, plain.bytes, length) != 0)
      return 0;
    plain.bytes += length;
    plain.length -= length;
  }
  return !plain.length;
}
