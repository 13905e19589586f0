/* scan.c: marks the bytes that matter in CSV, 64 bytes at a time. */
#include "scan.h"

#include <string.h>

#include "word.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define SCAN_X86 1
#include <immintrin.h>
#endif

#define ONES UINT64_C(0x0101010101010101)
#define LOWS UINT64_C(0x7f7f7f7f7f7f7f7f)
/* Multiplied by this, the top bits of 8 bytes gather in the top byte. */
#define GATHER UINT64_C(0x0002040810204081)

/* One bit for each of the eight bytes that is zero; exact, no carries. */
static uint64_t zero_bits(uint64_t word) {
  uint64_t tops = ~(((word & LOWS) + LOWS) | word | LOWS);
  return ((tops >> 7) * GATHER << 7) >> 56;
}

static uint64_t word_marks(uint64_t word, char byte) {
  return zero_bits(word ^ (ONES * (unsigned char)byte));
}

static void scan_portable(const char *bytes, size_t blocks, char delimiter,
                          scan_marks *marks) {
  size_t i, k;
  for (i = 0; i < blocks; i++, bytes += SCAN_BLOCK) {
    memset(&marks[i], 0, sizeof marks[i]);
    for (k = 0; k < SCAN_BLOCK; k += 8) {
      uint64_t word = load_word(bytes + k);
      marks[i].quotes |= word_marks(word, '"') << k;
      marks[i].delimiters |= word_marks(word, delimiter) << k;
      marks[i].newlines |= word_marks(word, '\n') << k;
    }
  }
}

#ifdef SCAN_X86

static uint64_t sse2_marks(const __m128i *quarter, char byte) {
  __m128i wanted = _mm_set1_epi8(byte);
  uint64_t marks = 0;
  int k;
  for (k = 0; k < 4; k++) {
    __m128i same = _mm_cmpeq_epi8(quarter[k], wanted);
    marks |= (uint64_t)(uint32_t)_mm_movemask_epi8(same) << (16 * k);
  }
  return marks;
}

static void scan_sse2(const char *bytes, size_t blocks, char delimiter,
                      scan_marks *marks) {
  size_t i;
  int k;
  for (i = 0; i < blocks; i++, bytes += SCAN_BLOCK) {
    __m128i quarter[4];
    for (k = 0; k < 4; k++)
      quarter[k] = _mm_loadu_si128((const __m128i *)(const void *)bytes + k);
    marks[i].quotes = sse2_marks(quarter, '"');
    marks[i].delimiters = sse2_marks(quarter, delimiter);
    marks[i].newlines = sse2_marks(quarter, '\n');
  }
}

__attribute__((target("avx2")))
static uint64_t avx2_marks(__m256i low, __m256i high, char byte) {
  __m256i wanted = _mm256_set1_epi8(byte);
  __m256i first = _mm256_cmpeq_epi8(low, wanted);
  __m256i second = _mm256_cmpeq_epi8(high, wanted);
  return (uint32_t)_mm256_movemask_epi8(first) |
         (uint64_t)(uint32_t)_mm256_movemask_epi8(second) << 32;
}

__attribute__((target("avx2")))
static void scan_avx2(const char *bytes, size_t blocks, char delimiter,
                      scan_marks *marks) {
  size_t i;
  for (i = 0; i < blocks; i++, bytes += SCAN_BLOCK) {
    const __m256i *halves = (const __m256i *)(const void *)bytes;
    __m256i low = _mm256_loadu_si256(halves);
    __m256i high = _mm256_loadu_si256(halves + 1);
    marks[i].quotes = avx2_marks(low, high, '"');
    marks[i].delimiters = avx2_marks(low, high, delimiter);
    marks[i].newlines = avx2_marks(low, high, '\n');
  }
}

#endif

scan_function *scan_form(size_t index) {
  if (index == 0) return scan_portable;
#ifdef SCAN_X86
  if (index == 1) return scan_sse2;
  if (index == 2 && __builtin_cpu_supports("avx2")) return scan_avx2;
#endif
  return NULL;
}

scan_function *scan_best(void) {
  size_t last = 0;
  while (scan_form(last + 1)) last++;
  return scan_form(last);
}
