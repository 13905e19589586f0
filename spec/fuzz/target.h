/* target.h: what the fuzz targets share: their entry, a check, and the input. */
#ifndef TARGET_H
#define TARGET_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void must(int holds) {
  if (!holds) abort();
}

/* What is left of the input, and how much of it one read gives. */
typedef struct input {
  const uint8_t *at, *end;
  size_t step;
} input;

/* A csv_source's and a feed_source's read. */
static inline ssize_t give(void *source, char *bytes, size_t size) {
  input *in = source;
  size_t left = (size_t)(in->end - in->at);
  if (size > in->step) size = in->step;
  if (size > left) size = left;
  memcpy(bytes, in->at, size);
  in->at += size;
  return (ssize_t)size;
}

static inline unsigned byte(input *in) {
  return in->at < in->end ? *in->at++ : 0;
}

/* A text of fewer than `most` bytes. */
static inline slice text(input *in, unsigned most) {
  size_t length = byte(in) % most, left = (size_t)(in->end - in->at);
  slice taken = text_slice((const char *)in->at, length < left ? length : left);
  in->at += taken.length;
  return taken;
}

#endif
