/* cell.c: takes apart the text of one row that the scanner found sound. */
#include "cell.h"

slice cell_undouble(slice text, char *out) {
  const char *s = text.bytes, *end = s + text.length;
  char *to = out;
  while (s < end) {
    if (*s == '"') s++; /* the first of two */
    if (s < end) *to++ = *s++;
  }
  return text_slice(out, (size_t)(to - out));
}

/* Where the cell at `at` ends. A quote leads to the next one: in between nothing
** counts, and doubled quotes are two pairs. */
static const char *cell_end(const char *at, const char *end, char delimiter) {
  while (at < end && *at != delimiter) {
    if (*at++ != '"') continue;
    at = memchr(at, '"', (size_t)(end - at));
    if (!at) return end;
    at++;
  }
  return at;
}

int cell_next(slice *rest, char delimiter, slice *cell) {
  const char *end, *stop;
  if (!rest->bytes) return 0;
  end = rest->bytes + rest->length;
  stop = cell_end(rest->bytes, end, delimiter);
  *cell = text_slice(rest->bytes, (size_t)(stop - rest->bytes));
  *rest = stop < end ? text_slice(stop + 1, (size_t)(end - stop - 1))
                     : text_slice(NULL, 0);
  return 1;
}

size_t cell_split(slice row, char delimiter, slice *cells, size_t most) {
  size_t count = 0;
  while (count < most && cell_next(&row, delimiter, &cells[count])) count++;
  return count;
}
