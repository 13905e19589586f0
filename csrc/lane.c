/* lane.c: bytes of an export, and their marks. */
#include "lane.h"

#include <stdlib.h>
#include <string.h>

int lane_open(lane *l, size_t capacity) {
  memset(l, 0, sizeof *l);
  l->marks = calloc(1, sizeof *l->marks);
  return l->marks && lane_grow(l, capacity);
}

void lane_close(lane *l) {
  free(l->window);
  free(l->marks);
}

int lane_grow(lane *l, size_t capacity) {
  char *window;
  if (capacity <= l->capacity) return 1;
  window = realloc(l->window, capacity + SCAN_BLOCK);
  if (!window) return 0;
  l->window = window;
  l->capacity = capacity;
  return 1;
}

int lane_fill(lane *l, size_t wanted, lane_read *read, void *source) {
  while (l->end < wanted && !l->ended) {
    ssize_t got = read(source, l->window + l->end, l->capacity - l->end);
    if (got < 0) return 0;
    l->ended = got == 0;
    l->end += (size_t)got;
  }
  memset(l->window + l->end, 0, SCAN_BLOCK);
  return 1;
}
