/* memory.c: what earlier runs saw of each record, by its Id. */
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_VALUES ((size_t)1 << 40)
#define FIRST_ROOM 1024

/* Entries stand in the order in which they came, which is that of an export
** and so of the next one; `slots` finds them by open addressing: the number of
** an entry, from 1, or 0. */
struct memory {
  memory_entry *entries;
  uint32_t *slots;
  size_t room, count; /* room is a power of two, and at most half full */
  buffer values;      /* texts, each behind its length and a ':' */
};

static uint64_t mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 29;
}

uint64_t memory_fingerprint(slice text) {
  uint64_t hash = text.length, word;
  for (; text.length >= sizeof word; text.bytes += 8, text.length -= 8) {
    memcpy(&word, text.bytes, sizeof word);
    hash = mix(hash, word);
  }
  for (word = 0; text.length; text.length--)
    word = word << 8 | (unsigned char)text.bytes[text.length - 1];
  hash = mix(hash, word);
  return mix(hash ^ hash >> 32, 0);
}

memory *memory_open(void) {
  memory *m = calloc(1, sizeof *m);
  if (!m) return NULL;
  buffer_open(&m->values, MOST_VALUES);
  m->room = FIRST_ROOM;
  m->slots = calloc(m->room, sizeof *m->slots);
  m->entries = malloc(m->room / 2 * sizeof *m->entries);
  if (m->slots && m->entries) return m;
  memory_close(m);
  return NULL;
}

void memory_close(memory *m) {
  if (!m) return;
  buffer_close(&m->values);
  free(m->entries);
  free(m->slots);
  free(m);
}

size_t memory_count(const memory *m) {
  return m->count;
}

/* The slot of an Id, or the free one where it would be. */
static uint32_t *slot_of(const memory *m, const char *id) {
  size_t mask = m->room - 1;
  size_t i = (size_t)memory_fingerprint(text_slice(id, MEMORY_ID)) & mask;
  while (m->slots[i] &&
         memcmp(m->entries[m->slots[i] - 1].id, id, MEMORY_ID) != 0)
    i = (i + 1) & mask;
  return &m->slots[i];
}

memory_entry *memory_find(const memory *m, const char *id) {
  uint32_t slot = *slot_of(m, id);
  return slot ? &m->entries[slot - 1] : NULL;
}

static int grow(memory *m) {
  memory larger = *m;
  memory_entry *entries =
    realloc(m->entries, m->room * sizeof *m->entries);
  size_t i;
  if (!entries) return 0;
  m->entries = larger.entries = entries;
  larger.room *= 2;
  larger.slots = calloc(larger.room, sizeof *larger.slots);
  if (!larger.slots) return 0;
  for (i = 0; i < m->count; i++)
    *slot_of(&larger, entries[i].id) = (uint32_t)(i + 1);
  free(m->slots);
  *m = larger;
  return 1;
}

memory_entry *memory_take(memory *m, const char *id) {
  uint32_t *slot = slot_of(m, id);
  if (*slot) return &m->entries[*slot - 1];
  if (m->count == UINT32_MAX) return NULL;
  if (m->count * 2 >= m->room) {
    if (!grow(m)) return NULL;
    slot = slot_of(m, id);
  }
  memset(&m->entries[m->count], 0, sizeof *m->entries);
  memcpy(m->entries[m->count].id, id, MEMORY_ID);
  *slot = (uint32_t)++m->count;
  return &m->entries[m->count - 1];
}

/* ---- values ---- */

/* Takes a length, a ':' and so many bytes off a text; 0 where they are not. */
static int take_value(slice *text, slice *value) {
  size_t length = 0, i = 0;
  for (; i < text->length && i < 10 && text->bytes[i] != ':'; i++) {
    if (text->bytes[i] < '0' || text->bytes[i] > '9') return 0;
    length = length * 10 + (size_t)(text->bytes[i] - '0');
  }
  if (i >= text->length || text->bytes[i++] != ':') return 0;
  if (length > text->length - i) return 0;
  *value = text_slice(text->bytes + i, length);
  *text = text_slice(text->bytes + i + length, text->length - i - length);
  return 1;
}

static slice values_of(const memory *m, const memory_entry *e) {
  return text_slice(e->length ? m->values.bytes + e->start : "", e->length);
}

slice memory_value(const memory *m, const memory_entry *e, size_t n) {
  slice all = values_of(m, e), value = text_slice("", 0);
  size_t i;
  for (i = 0; i <= n; i++)
    if (!take_value(&all, &value)) return text_slice("", 0);
  return value;
}

static int same_values(const memory *m, const memory_entry *e,
                       const slice *values, size_t count) {
  slice all = values_of(m, e), value;
  size_t i;
  for (i = 0; i < count; i++)
    if (!take_value(&all, &value) || value.length != values[i].length ||
        memcmp(value.bytes, values[i].bytes, value.length) != 0)
      return 0;
  return all.length == 0;
}

static int add_value(buffer *to, slice value) {
  char head[32];
  int length;
  if (text_valid(value) != value.length) value = text_slice("", 0);
  length = snprintf(head, sizeof head, "%zu:", value.length);
  return buffer_add(to, head, (size_t)length) &&
         buffer_add(to, value.bytes, value.length);
}

int memory_keep(memory *m, memory_entry *e, const slice *values, size_t count) {
  size_t i, start = m->values.length;
  if (!count || same_values(m, e, values, count)) return 1;
  for (i = 0; i < count; i++)
    if (!add_value(&m->values, values[i])) return 0;
  e->start = start;
  e->length = (uint32_t)(m->values.length - start);
  return 1;
}

int memory_forget(memory *m, const char *id) {
  memory_entry *e = memory_find(m, id);
  if (e) e->flags |= MEMORY_GONE;
  return e != NULL;
}

/* ---- as text: a line's Id, flags, fingerprint, length of values, values ---- */

#define HEAD (MEMORY_ID + 1 + 16)

static int write_entry(const memory *m, const memory_entry *e, buffer *to) {
  char head[HEAD + 1];
  slice values = values_of(m, e);
  if (e->flags & MEMORY_GONE) return 1;
  memcpy(head, e->id, MEMORY_ID);
  snprintf(head + MEMORY_ID, sizeof head - MEMORY_ID, "%c%016llx",
           '0' + e->flags, (unsigned long long)e->fingerprint);
  return buffer_add(to, head, HEAD) && add_value(to, values) &&
         buffer_add(to, "\n", 1);
}

int memory_write(const memory *m, size_t *at, size_t most, buffer *to) {
  size_t written = 0;
  for (; *at < m->count && written < most; ++*at, written++)
    if (!write_entry(m, &m->entries[*at], to)) return 0;
  return 1;
}

static int is_id(const char *id) {
  int i;
  for (i = 0; i < MEMORY_ID; i++) {
    unsigned char c = text_lower(id[i]);
    if ((unsigned char)(c - 'a') >= 26 && (unsigned char)(c - '0') >= 10)
      return 0;
  }
  return 1;
}

static int read_hex(const char *from, uint64_t *out) {
  int i;
  *out = 0;
  for (i = 0; i < 16; i++) {
    static const char digits[] = "0123456789abcdef";
    const char *found = from[i] ? strchr(digits, from[i]) : NULL;
    if (!found) return 0;
    *out = *out << 4 | (uint64_t)(found - digits);
  }
  return 1;
}

/* An entry's values all stand in one, and must be values themselves. */
static int keep_read(memory *m, memory_entry *e, slice values) {
  slice rest = values, one;
  while (rest.length)
    if (!take_value(&rest, &one)) return 0;
  e->start = m->values.length;
  e->length = (uint32_t)values.length;
  return buffer_add(&m->values, values.bytes, values.length);
}

int memory_read(memory *m, slice text) {
  while (text.length) {
    memory_entry *e;
    uint64_t fingerprint;
    slice rest, values;
    int flags;
    if (text.length <= HEAD || !is_id(text.bytes)) return 0;
    flags = text.bytes[MEMORY_ID] - '0';
    if (flags < 0 || flags > (MEMORY_MET | MEMORY_OWED)) return 0;
    if (!read_hex(text.bytes + MEMORY_ID + 1, &fingerprint)) return 0;
    rest = text_slice(text.bytes + HEAD, text.length - HEAD);
    if (!take_value(&rest, &values) || !rest.length || *rest.bytes != '\n')
      return 0;
    e = memory_take(m, text.bytes);
    if (!e || !keep_read(m, e, values)) return 0;
    e->flags = (unsigned char)flags;
    e->fingerprint = fingerprint;
    text = text_slice(rest.bytes + 1, rest.length - 1);
  }
  return 1;
}
