/* memory.h: what earlier runs saw of each record, by its Id.
**
** Of a record it keeps whether the conditions held, a fingerprint, and the
** values of the fields that the flow wants to compare. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "text.h"

#pragma GCC visibility push(hidden)

#define MEMORY_ID 15 /* the characters of an Id that matter */

enum {
  MEMORY_MET = 1, /* the conditions held */
  MEMORY_OWED = 2, /* it fired, and nothing is known to have come of it */
  MEMORY_GONE = 4 /* it is not to be written any more */
};

typedef struct memory_entry {
  char id[MEMORY_ID];
  unsigned char flags;
  uint64_t fingerprint;
  uint32_t length; /* of its values, in `memory_values` */
  uint64_t start;
} memory_entry;

typedef struct memory memory;

memory *memory_open(void);
void memory_close(memory *m);
size_t memory_count(const memory *m);

/* The entry of an Id, or NULL; it stays valid until one is added. */
memory_entry *memory_find(const memory *m, const char *id);

/* The entry of an Id, added where there was none; NULL without memory. */
memory_entry *memory_take(memory *m, const char *id);

/* The n-th value of an entry; an empty one where it has none. */
slice memory_value(const memory *m, const memory_entry *e, size_t n);

/* Replaces an entry's values; 0 without memory. A value that is not valid UTF-8
** is kept as an empty one. */
int memory_keep(memory *m, memory_entry *e, const slice *values, size_t count);

/* Adds the entries of a text that memory_write made; 0 where it is none. */
int memory_read(memory *m, slice text);

/* Has an entry left out of what is written; 0 where there is none. */
int memory_forget(memory *m, const char *id);

/* Writes up to `most` entries as text, from the place `at` on, which moves on;
** 0 without memory. Nothing was written: there are no more. */
int memory_write(const memory *m, size_t *at, size_t most, buffer *to);

/* A fingerprint of a row's text; not secret, not for adversaries. */
uint64_t memory_fingerprint(slice text);

#pragma GCC visibility pop

#endif
