/* fuzz: the scanner against a plain reader of one row at a time, with reads of
** odd sizes; and what was refused is counted once, with nothing lost behind. */
#include <stdio.h>

#include "cell.h"
#include "csv.h"
#include "target.h"

/* One row as the simplest possible reader sees it: its cells, or a fault at
** the first wrong quote; where the row ends, and where its last cell starts. */
typedef struct plain {
  size_t cells, end, cell;
  int fault;
} plain;

static plain read_plain(const char *s, size_t at, size_t size) {
  plain row = {1, 0, at, 0};
  int quoted = 0;
  for (;; at++) {
    int last = at == size;
    if (quoted) {
      if (last) row.fault = 1;
      if (last) break;
      if (s[at] != '"') continue;
      if (at + 1 < size && s[at + 1] == '"') at++;
      else {
        size_t next = at + 1;
        quoted = 0;
        if (next == size || s[next] == ',' || s[next] == '\n') continue;
        if (s[next] == '\r' && (next + 1 == size || s[next + 1] == '\n'))
          continue;
        row.fault = 1;
        break;
      }
    } else if (last || s[at] == '\n') {
      row.end = last ? size : at + 1;
      break;
    } else if (s[at] == ',') {
      row.cells++;
      row.cell = at + 1;
    } else if (s[at] == '"') {
      if (at != row.cell) row.fault = 1;
      if (row.fault) break;
      quoted = 1;
    }
  }
  return row;
}

static int is_empty(const char *s, size_t from, size_t to) {
  while (to > from && s[to - 1] == '\n') to--;
  if (to > from && s[to - 1] == '\r') to--;
  return to == from;
}

static size_t line_behind(const char *s, size_t at, size_t size) {
  while (at < size && s[at] != '\n') at++;
  return at < size ? at + 1 : size;
}

static void check_cells(const csv_row *row) {
  slice cells[64];
  char room[8192];
  size_t i, n = cell_split(csv_text(row), ',', cells, 64);
  must(n == (row->cells < 64 ? row->cells : 64));
  for (i = 0; i < n; i++) {
    slice raw = csv_cell(row, i), one, other;
    must(raw.length == cells[i].length && raw.bytes == cells[i].bytes);
    if (raw.length > sizeof room) continue;
    one = cell_value(raw, 1, room);
    other = cell_value(raw, row->doubled, room);
    must(one.length == other.length);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *s = (const char *)data;
  input in = {data, data + size, 1 + size % 97};
  csv *c = csv_open(give, &in);
  size_t at = size >= 3 && !memcmp(s, "\xEF\xBB\xBF", 3) ? 3 : 0;
  /* A NUL behind a CR at a read's edge may be taken for the padding. */
  if (memchr(s, 0, size)) return csv_close(c), 0;
  while (at < size) {
    plain row = read_plain(s, at, size);
    csv_result result;
    if (!row.fault && is_empty(s, at, row.end) && row.cells == 1) {
      at = row.end;
      continue;
    }
    result = csv_next(c);
    if (row.fault) {
      must(result == CSV_FAULT);
      must(csv_problem(c)->column == row.cells);
      at = line_behind(s, row.cell, size);
    } else {
      must(result == CSV_ROW && csv_at(c)->cells == row.cells);
      check_cells(csv_at(c));
      at = row.end;
    }
  }
  must(csv_next(c) == CSV_END && csv_next(c) == CSV_END);
  csv_close(c);
  return 0;
}
