/* letter.h: characters of UTF-8, and a letter's other case. */
#ifndef LETTER_H
#define LETTER_H

#include <stdint.h>

#include "text.h"

#pragma GCC visibility push(hidden)

#define LETTER_MOST 4 /* bytes of a character */

/* The small letter of a capital and back; what has none is itself. */
uint32_t letter_lower(uint32_t c);
uint32_t letter_upper(uint32_t c);

/* Whether a character can be part of a word. */
int letter_is(uint32_t c);

/* How many characters a text has. */
size_t letter_count(slice text);

/* Takes the first character off a text that is valid UTF-8 and not empty. */
uint32_t letter_next(slice *text);

/* Writes a character; how many bytes it has. */
size_t letter_put(char *out, uint32_t c);

#pragma GCC visibility pop

#endif
