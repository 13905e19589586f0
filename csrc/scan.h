/* scan.h: marks the bytes that matter in CSV, 64 bytes at a time.
**
** One bit a byte: bit k of a mark stands for byte k of its block. SSE2 and
** AVX2 are used where the processor has them; the portable form gives the
** same marks everywhere. */
#ifndef SCAN_H
#define SCAN_H

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

#define SCAN_BLOCK 64

typedef struct scan_marks {
  uint64_t quotes;
  uint64_t delimiters;
  uint64_t newlines;
} scan_marks;

/* Marks `blocks` whole blocks of 64 readable bytes. */
typedef void scan_function(const char *bytes, size_t blocks, char delimiter,
                           scan_marks *marks);

/* The fastest form for this processor. */
scan_function *scan_best(void);

/* The forms this processor can run, slowest first; NULL past the last. */
scan_function *scan_form(size_t index);

#pragma GCC visibility pop

#endif
