/* word.h: eight bytes at once. */
#ifndef WORD_H
#define WORD_H

#include <stdint.h>
#include <string.h>

/* Eight bytes as a number whose lowest byte is the first, on any machine. */
static inline uint64_t load_word(const char *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word;
}

#endif
