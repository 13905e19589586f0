/* recall.c: whether a flow fires for a row, seen from what it was before. */
#include "recall.h"

#include <string.h>

#include "value.h"

/* Of a row that has no text of its own, its cells are what can change. */
static uint64_t fingerprint(const recall *r, const slice *cells, slice text) {
  uint64_t parts[2] = {0, 0};
  size_t i;
  if (text.length) return memory_fingerprint(text);
  for (i = 0; i < r->cells; i++) {
    parts[1] = memory_fingerprint(cells[i]);
    parts[0] = memory_fingerprint(text_slice((char *)parts, sizeof parts));
  }
  return parts[0];
}

void recall_look(const recall *r, slice *cells, slice text, recall_row *row) {
  size_t i;
  row->has_id = value_id(cells[r->id], row->id);
  row->entry = row->has_id ? memory_find(r->memory, row->id) : NULL;
  row->fires = 0;
  row->fingerprint = r->trigger == 'u' ? fingerprint(r, cells, text) : 0;
  if (r->known != RECALL_NO_CELL)
    cells[r->known] = row->entry ? text_slice("true", 4) : text_slice("", 0);
  for (i = 0; i < r->count; i++)
    cells[r->prior[i]] = row->entry ? memory_value(r->memory, row->entry, i)
                                    : text_slice("", 0);
}

/* What was owed once fires whenever the conditions hold. */
static int fires(const recall *r, const recall_row *row) {
  const memory_entry *e = row->entry;
  if (r->trigger == 'n') return 0;
  if (!e || e->flags & MEMORY_OWED) return r->trigger != 'u' || e;
  switch (r->trigger) {
    case 'm': return 1;
    case 'u': return e->fingerprint != row->fingerprint;
    case 't': return !(e->flags & MEMORY_MET);
    default: return 0;
  }
}

plan_result recall_choose(const recall *r, recall_row *row, plan_result met) {
  row->met = met;
  if (met != PLAN_READY) return met;
  row->fires = fires(r, row);
  return row->fires ? PLAN_READY : PLAN_SKIPPED;
}

static unsigned char flags_of(const recall_row *row, unsigned char before) {
  if (row->met != PLAN_READY) return 0;
  if (row->fires) return MEMORY_MET | MEMORY_OWED;
  return (unsigned char)(MEMORY_MET | (before & MEMORY_OWED));
}

/* A row whose conditions cannot be told leaves the memory as it was. */
int recall_note(const recall *r, const slice *cells, recall_row *row) {
  memory_entry *e;
  size_t i;
  if (!row->has_id || row->met == PLAN_INVALID) return 1;
  e = row->entry ? row->entry : memory_take(r->memory, row->id);
  if (!e) return 0;
  e->flags = flags_of(row, e->flags);
  e->fingerprint = row->fingerprint;
  for (i = 0; i < r->count; i++) r->values[i] = cells[r->now[i]];
  return memory_keep(r->memory, e, r->values, r->count);
}
