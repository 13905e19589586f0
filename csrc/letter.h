/* letter.h: characters of UTF-8, and a letter's other case. */
#ifndef LETTER_H
#define LETTER_H

#include <stdint.h>

#include "text.h"

#pragma GCC visibility push(hidden)

#define LETTER_MOST 4 /* bytes of a character */

/* The small letter of a capital and back, of what is not ASCII; what has none
** is itself. */
uint32_t letter_small(uint32_t c);
uint32_t letter_capital(uint32_t c);

/* Whether a character can be part of a word. */
int letter_is(uint32_t c);

/* How many characters a text has. */
size_t letter_count(slice text);

/* Takes the first character off a text that is valid UTF-8 and not empty. */
uint32_t letter_take(slice *text);

/* The same of any character, and the first of a text: in place for ASCII. */
static inline uint32_t letter_lower(uint32_t c) {
  return c < 128 ? text_lower((char)c) : letter_small(c);
}

static inline uint32_t letter_upper(uint32_t c) {
  if (c >= 128) return letter_capital(c);
  return c - 'a' < 26 ? c - 32 : c;
}

static inline uint32_t letter_next(slice *text) {
  unsigned char c = (unsigned char)*text->bytes;
  if (c >= 128) return letter_take(text);
  text->bytes++;
  text->length--;
  return c;
}

/* Writes a character; how many bytes it has. */
size_t letter_put(char *out, uint32_t c);

#pragma GCC visibility pop

#endif
