/* rows.c: the records of a CSV export. */
#include "rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "date.h"
#include "decimal.h"
#include "value.h"

/* ---- opening ---- */

static const char *header_problem(const rows *r, csv_result result) {
  size_t i;
  if (result == CSV_END) return "is empty: an export starts with a header";
  if (result == CSV_FAILED) return source_problem(r->source);
  if (result == CSV_FAULT) return csv_problem(r->csv)->problem;
  for (i = 0; i < csv_at(r->csv)->cells; i++) {
    slice cell = csv_cell(csv_at(r->csv), i);
    if (text_valid(cell) != cell.length)
      return "is not CSV in UTF-8: the header holds other bytes";
  }
  return NULL;
}

static columns *header_columns(rows *r) {
  const csv_row *row = csv_at(r->csv);
  size_t i, count = row->cells;
  slice *names = malloc((count + 1) * sizeof *names);
  char *room = buffer_reserve(&r->scratch, row->length);
  columns *made = NULL;
  for (i = 0; names && room && i < count; i++) {
    names[i] = cell_value(csv_cell(row, i), 1, room);
    if (names[i].bytes == room) room += names[i].length;
    names[i] = text_trim(names[i]);
  }
  if (names && room) made = columns_make(names, count);
  free(names);
  return made;
}

static const char *read_header(rows *r) {
  csv_result result = csv_next(r->csv);
  const char *problem = header_problem(r, result);
  slice text;
  if (result == CSV_ROW || result == CSV_FAULT)
    r->header_line = csv_at(r->csv)->line;
  if (problem) return problem;
  text = csv_text(csv_at(r->csv));
  r->columns = header_columns(r);
  if (!r->columns || !buffer_add(&r->header, text.bytes, text.length))
    return "out of memory";
  r->cells = calloc(r->columns->count + 1, sizeof *r->cells);
  if (!r->cells) return "out of memory";
  csv_columns(r->csv, r->columns->count);
  return NULL;
}

const char *rows_open(rows *r, source *s, char delimiter,
                      uint64_t line) {
  memset(r, 0, sizeof *r);
  buffer_open(&r->scratch, CSV_MAX_ROW * 5); /* a column has four forms */
  buffer_open(&r->header, CSV_MAX_ROW);
  r->source = s;
  r->delimiter = delimiter;
  r->csv = csv_open(source_read, s);
  if (!r->csv) return "out of memory";
  csv_delimiter(r->csv, delimiter);
  csv_line(r->csv, line);
  if (source_file(s) >= 0) csv_thread(r->csv);
  return read_header(r);
}

void rows_close(rows *r) {
  csv_close(r->csv); /* its thread first */
  source_close(r->source);
  columns_release(r->columns);
  buffer_close(&r->scratch);
  buffer_close(&r->header);
  footer_close(&r->footer);
  free(r->held.bytes);
  free(r->cells);
  memset(r, 0, sizeof *r);
}

/* ---- which rows ---- */

/* The header of a further page, where pages were joined. */
static int is_header(const rows *r) {
  const csv_row *row = csv_at(r->csv);
  return row->length == r->header.length &&
         !memcmp(row->bytes + row->start, r->header.bytes, row->length);
}

static int is_candidate(const rows *r, csv_result result) {
  if (!r->has_footer) return 0;
  if (result == CSV_FAULT && csv_problem(r->csv)->column) return 0;
  return (result == CSV_ROW || result == CSV_FAULT) &&
         footer_may_be(csv_at(r->csv));
}

/* Gives the oldest row that was held back. */
static csv_result give_held(rows *r) {
  slice text;
  size_t i;
  footer_give(&r->footer, &r->held);
  if (r->held.is_fault) return CSV_FAULT;
  text = text_slice(r->held.bytes, r->held.length);
  i = cell_split(text, r->delimiter, r->cells, r->columns->count);
  for (; i < r->columns->count; i++) r->cells[i] = text_slice("", 0);
  return CSV_ROW;
}

/* Passes rows that may be the footer, as far as there is room for them. */
static csv_result wait_for_row(rows *r) {
  int held;
  if (r->is_waiting) return r->waiting;
  do {
    r->waiting = csv_next(r->csv);
    held = is_candidate(r, r->waiting)
      ? footer_hold(&r->footer, csv_at(r->csv), r->waiting == CSV_FAULT) : 0;
  } while (held > 0);
  if (held < 0) r->waiting = CSV_FAILED;
  r->is_waiting = 1;
  if (r->waiting == CSV_END) r->footer_rows += footer_drop(&r->footer);
  return r->waiting;
}

static csv_result next_row(rows *r) {
  csv_result result;
  if (!r->has_footer) return csv_next(r->csv);
  free(r->held.bytes);
  r->held.bytes = NULL;
  result = wait_for_row(r);
  if (result == CSV_FAILED) return result; /* for good; those held are not read */
  if (r->footer.count) return give_held(r);
  if (result != CSV_END) r->is_waiting = 0;
  return result;
}

csv_result rows_next(rows *r) {
  csv_result result = next_row(r);
  while (result == CSV_ROW && !r->held.bytes && is_header(r)) {
    r->headers++;
    result = next_row(r);
  }
  r->count += result == CSV_ROW || result == CSV_FAULT;
  return result;
}

/* ---- the row at hand ---- */

uint64_t rows_line(const rows *r) {
  return r->held.bytes ? r->held.line : csv_at(r->csv)->line;
}

slice rows_text(const rows *r) {
  return r->held.bytes ? text_slice(r->held.bytes, r->held.length)
                       : csv_text(csv_at(r->csv));
}

const csv_row *rows_cut(const rows *r) {
  return r->held.bytes ? NULL : csv_at(r->csv);
}

int rows_problem(const rows *r, char *text, size_t size) {
  const csv_fault *fault = csv_problem(r->csv);
  size_t column = fault->column;
  slice name;
  if (r->held.bytes)
    return snprintf(text, size, "has fewer cells than the header");
  if (!column || column > r->columns->count)
    return snprintf(text, size, "%s", fault->problem);
  name = r->columns->names[column - 1];
  return snprintf(text, size, "%.*s %s", (int)name.length, name.bytes,
                  fault->problem);
}

int rows_bad_byte(const rows *r, uint64_t *offset, unsigned char *byte) {
  slice text = rows_text(r);
  size_t at = text_valid(text);
  if (at == text.length || r->held.bytes) return 0;
  *offset = csv_at(r->csv)->offset + at;
  *byte = (unsigned char)text.bytes[at];
  return 1;
}

/* ---- cells ---- */

/* A value of another form, written into room for it. */
static slice convert(slice value, char form, char *room) {
  if (form == ROWS_NUMBER)
    return decimal_mark(value) == '?' ? text_slice("?", 1) : value;
  if (form == ',' || form == '.') return decimal_of(value, form, room);
  if (form != ROWS_ID) return date_of(value, form, room);
  if (value.length != 15 || !value_widen(value, room)) return value;
  return text_slice(room, VALUE_ID);
}

static slice raw_cell(const rows *r, size_t column) {
  return r->held.bytes ? r->cells[column] : csv_cell(csv_at(r->csv), column);
}

/* The most bytes of values that do not stand in the row: a column may be wanted
** several times, in different forms, of which a number's is the longest. */
static size_t most_room(const rows *r, const size_t *wanted, const char *forms,
                        size_t count, int doubled) {
  size_t i, most = forms ? count * DECIMAL_MOST : 0;
  for (i = 0; doubled && i < count; i++)
    if (wanted[i] != ROWS_NO_COLUMN) most += raw_cell(r, wanted[i]).length;
  return most;
}

int rows_cells(rows *r, const size_t *wanted, const char *forms, size_t count,
               slice *values) {
  int doubled = csv_at(r->csv)->doubled || r->held.bytes;
  size_t i, most = most_room(r, wanted, forms, count, doubled);
  char *room = buffer_reserve(&r->scratch, most);
  if (!room) return 0;
  for (i = 0; i < count; i++) {
    slice cell;
    if (wanted[i] == ROWS_NO_COLUMN) continue;
    cell = cell_value(raw_cell(r, wanted[i]), doubled, room);
    if (cell.bytes == room) room += cell.length;
    if (forms && forms[i]) cell = convert(cell, forms[i], room);
    if (cell.bytes == room) room += cell.length;
    values[i] = cell;
  }
  return 1;
}
