/* text.c: UTF-8 checks and JSON strings. */
#include "text.h"

#include <stdint.h>
#include <string.h>

#define ONES UINT64_C(0x0101010101010101)
#define TOPS UINT64_C(0x8080808080808080)

int text_same(slice a, slice b) {
  size_t i;
  if (a.length != b.length) return 0;
  for (i = 0; i < a.length; i++)
    if (text_lower(a.bytes[i]) != text_lower(b.bytes[i])) return 0;
  return 1;
}

static int is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

slice text_cut_blanks(slice text) {
  while (text.length && is_blank(text.bytes[text.length - 1])) text.length--;
  while (text.length && is_blank(text.bytes[0])) {
    text.bytes++;
    text.length--;
  }
  return text;
}

static uint64_t load_word(const char *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

static int is_tail(unsigned char c) {
  return (c & 0xC0) == 0x80;
}

/* How long the character at `s` is; 0 where it is not valid. The ranges of
** the second byte are those of RFC 3629, section 4. */
static size_t character(const unsigned char *s, size_t left) {
  unsigned char c = s[0], next = left > 1 ? s[1] : 0;
  if (c < 0x80) return c != 0;
  if (c < 0xC2 || c > 0xF4 || !is_tail(next)) return 0;
  if (c < 0xE0) return 2;
  if (left < 3 || !is_tail(s[2])) return 0;
  if (c < 0xF0) {
    if ((c == 0xE0 && next < 0xA0) || (c == 0xED && next > 0x9F)) return 0;
    return 3;
  }
  if (left < 4 || !is_tail(s[3])) return 0;
  if ((c == 0xF0 && next < 0x90) || (c == 0xF4 && next > 0x8F)) return 0;
  return 4;
}

/* Every byte of the word is ASCII and none is zero. */
static int is_plain(uint64_t word) {
  return (((word - ONES) | word) & TOPS) == 0;
}

/* Texts of eight bytes and more: whole words, the last one overlapping. */
static int is_all_plain(slice text) {
  size_t at;
  for (at = 0; at + 8 < text.length; at += 8)
    if (!is_plain(load_word(text.bytes + at))) return 0;
  return is_plain(load_word(text.bytes + text.length - 8));
}

size_t text_valid(slice text) {
  const unsigned char *s = (const unsigned char *)text.bytes;
  size_t at = 0, length;
  if (text.length >= 8 && is_all_plain(text)) return text.length;
  while (at < text.length) {
    length = 1;
    if (s[at] - 1u >= 127) length = character(s + at, text.length - at);
    if (!length) break;
    at += length;
  }
  return at;
}

/* Some byte of the word is a control character, a quote, a backslash or not
** ASCII; may say yes wrongly (the byte above a match), never no. */
static int is_special(uint64_t word) {
  uint64_t quote = word ^ (ONES * '"'), slash = word ^ (ONES * '\\');
  uint64_t found = (word - ONES * 0x20) | word;
  found |= (quote - ONES) & ~quote;
  found |= (slash - ONES) & ~slash;
  return (found & TOPS) != 0;
}

/* The letter of a short escape, or 0. */
static char short_escape(char c) {
  switch (c) {
    case '"': case '\\': return c;
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return 0;
  }
}

static char *escape(char *out, char c) {
  static const char digits[] = "0123456789abcdef";
  char letter = short_escape(c);
  *out++ = '\\';
  if (letter) {
    *out++ = letter;
    return out;
  }
  memcpy(out, "u00", 3);
  out[3] = digits[(unsigned char)c >> 4];
  out[4] = digits[c & 15];
  return out + 5;
}

typedef signed char block __attribute__((vector_size(16)));

/* Copies sixteen bytes; how many of them, by eights, need no change. A byte
** that is not ASCII is below zero. */
static size_t copy_block(char *out, const char *s) {
  block b;
  uint64_t found[2];
  memcpy(&b, s, sizeof b);
  memcpy(out, &b, sizeof b);
  b = (b < 0x20) | (b == '"') | (b == '\\');
  memcpy(found, &b, sizeof found);
  if (!(found[0] | found[1])) return 16;
  return found[0] ? 0 : 8;
}

/* The same of a text of 8 to 15 bytes. */
static size_t copy_words(char *out, const char *s, size_t length) {
  size_t last = length - 8;
  if (is_special(load_word(s))) return 0;
  memcpy(out, s, 8);
  if (is_special(load_word(s + last))) return 8;
  memcpy(out + last, s + last, 8);
  return length;
}

/* Copies what needs no change from the start of the text, by blocks, the last
** one overlapping; how much it was. */
static size_t copy_plain(char *out, const char *s, size_t length) {
  size_t at = 0, taken;
  if (length < 8) return 0;
  if (length < 16) return copy_words(out, s, length);
  for (; at + 16 <= length; at += 16) {
    taken = copy_block(out + at, s + at);
    if (taken < 16) return at + taken;
  }
  taken = copy_block(out + length - 16, s + length - 16);
  return taken == 16 ? length : at;
}

static int is_plain_byte(char c) {
  return (signed char)c >= 0x20 && c != '"' && c != '\\';
}

/* Copies characters that are not ASCII; how many bytes, 0 where the first is
** not valid. Four bytes at once are quicker than as many as it has. */
static size_t copy_foreign(char *out, const char *s, size_t left) {
  size_t at = 0, length;
  while (left - at >= 4 && (signed char)s[at] < 0) {
    length = character((const unsigned char *)s + at, left - at);
    if (!length) return at;
    memcpy(out + at, s + at, 4);
    at += length;
  }
  if (at || (signed char)*s >= 0) return at;
  length = character((const unsigned char *)s, left);
  memcpy(out, s, length);
  return length;
}

/* The start of a text of which copy_plain takes nothing; how many bytes were
** read, 0 where they are not valid. */
static size_t copy_slowly(char **out, const char *s, size_t left) {
  size_t length = 1;
  if ((signed char)*s < 0) {
    length = copy_foreign(*out, s, left);
    *out += length;
  } else if (is_plain_byte(*s)) {
    *(*out)++ = *s;
  } else {
    length = *s != 0;
    *out = escape(*out, *s);
  }
  return length;
}

char *text_json(char *out, slice text) {
  const char *s = text.bytes, *end = s + text.length;
  size_t length;
  *out++ = '"';
  while (s < end) {
    length = (signed char)*s < 0 ? 0 : copy_plain(out, s, (size_t)(end - s));
    out += length;
    if (!length) length = copy_slowly(&out, s, (size_t)(end - s));
    if (!length) return NULL;
    s += length;
  }
  *out++ = '"';
  return out;
}
