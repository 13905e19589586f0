/* fuzz: the scanner against libcsv: the same cells, or a fault by both. */
#include <csv.h>

#include "../../csrc/csv.h"
#include "cell.h"
#include "target.h"

/* Cells, each with its length in front, and an end behind each row. */
typedef struct list {
  char *bytes;
  size_t length;
} list;

#define END_OF_ROW ((size_t)-1)

static void add(list *l, const void *bytes, size_t length) {
  l->bytes = realloc(l->bytes, l->length + length + 1);
  if (length) memcpy(l->bytes + l->length, bytes, length);
  l->length += length;
}

static void add_cell(void *bytes, size_t length, void *user) {
  add(user, &length, sizeof length);
  add(user, bytes, length);
}

static void end_row(int character, void *user) {
  size_t mark = END_OF_ROW;
  (void)character;
  add(user, &mark, sizeof mark);
}

static int never(unsigned char c) {
  return c == 0;
}

static int is_break(unsigned char c) {
  return c == '\n';
}

static int read_peer(const uint8_t *data, size_t size, list *to) {
  struct csv_parser p;
  int ok;
  must(csv_init(&p, CSV_STRICT | CSV_STRICT_FINI) == 0);
  csv_set_space_func(&p, never);
  csv_set_term_func(&p, is_break);
  ok = csv_parse(&p, data, size, add_cell, end_row, to) == size &&
       csv_fini(&p, add_cell, end_row, to) == 0;
  csv_free(&p);
  return ok;
}

static void add_row(const csv_row *row, list *to) {
  char *room = malloc(row->length + 1);
  size_t i;
  for (i = 0; i < row->cells; i++) {
    slice value = cell_value(csv_cell(row, i), row->doubled, room);
    char *copy = malloc(value.length + 1);
    memcpy(copy, value.bytes, value.length);
    add_cell(copy, value.length, to);
    free(copy);
  }
  end_row(0, to);
  free(room);
}

static int read_ours(const uint8_t *data, size_t size, list *to) {
  input in = {data, data + size, size};
  csv *c = csv_open(give, &in);
  csv_result result;
  while ((result = csv_next(c)) == CSV_ROW) add_row(csv_at(c), to);
  csv_close(c);
  return result == CSV_END;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  list ours = {NULL, 0}, peers = {NULL, 0};
  int ok;
  /* What they take for a line break, and a mark, differs. */
  if (size > 2000 || memchr(data, '\r', size) || memchr(data, 0, size) ||
      (size >= 3 && !memcmp(data, "\xEF\xBB\xBF", 3)))
    return 0;
  ok = read_peer(data, size, &peers);
  must(read_ours(data, size, &ours) == ok);
  if (ok) {
    must(ours.length == peers.length);
    must(!ours.length || !memcmp(ours.bytes, peers.bytes, ours.length));
  }
  free(ours.bytes);
  free(peers.bytes);
  return 0;
}
