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

#define WORD_ONES UINT64_C(0x0101010101010101)
#define WORD_HIGHS (WORD_ONES * 0x80)

/* Marks, by its highest bit, each byte that is ASCII between two. */
static inline uint64_t word_between(uint64_t word, char from, char to) {
  uint64_t low = word & ~WORD_HIGHS;
  uint64_t above = low + WORD_ONES * (0x7f - (unsigned)to);
  return (low + WORD_ONES * (0x80 - (unsigned)from)) & ~above & ~word &
         WORD_HIGHS;
}

#endif
