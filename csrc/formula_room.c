/* formula_room.c: room for the texts that formulas make. */
#include <stdlib.h>
#include <string.h>

#include "formula.h"

#define CHUNK 4096

typedef struct formula_chunk {
  struct formula_chunk *next;
  char bytes[];
} formula_chunk;

static void free_chunks(formula_chunk *chunk) {
  while (chunk) {
    formula_chunk *next = chunk->next;
    free(chunk);
    chunk = next;
  }
}

void formula_clear(formula_memory *m) {
  if (m->chunks && m->chunks->next) formula_release(m);
  m->used = m->total = 0;
  m->is_out = 0;
}

void formula_release(formula_memory *m) {
  free_chunks(m->chunks);
  memset(m, 0, sizeof *m);
}

char *formula_room(formula_memory *m, size_t length) {
  char *room;
  if (length > FORMULA_MOST_TEXT - m->total) return NULL;
  if (!m->chunks || length > m->room - m->used) {
    size_t size = length > CHUNK ? length : CHUNK;
    formula_chunk *chunk = malloc(sizeof *chunk + size);
    if (!chunk) return m->is_out = 1, NULL;
    chunk->next = m->chunks;
    m->chunks = chunk;
    m->used = 0;
    m->room = size;
  }
  room = m->chunks->bytes + m->used;
  m->used += length;
  m->total += length;
  return room;
}
