/* cell.c: takes apart the text of one row that the scanner found sound. */
#include "cell.h"

#include <string.h>

slice cell_undouble(slice text, char *out) {
  const char *s = text.bytes, *end = s + text.length;
  char *to = out;
  if (!text.length || !memchr(s, '"', text.length)) return text;
  while (s < end) {
    if (*s == '"') s++; /* the first of two */
    if (s < end) *to++ = *s++;
  }
  return text_slice(out, (size_t)(to - out));
}

size_t cell_split(slice row, char delimiter, slice *cells, size_t most) {
  const char *from = row.bytes, *at = from, *end = from + row.length;
  size_t count = 0;
  int quoted = 0;
  for (; count < most; at++) {
    if (at < end && *at == '"') quoted = !quoted;
    if (at < end && (quoted || *at != delimiter)) continue;
    cells[count++] = text_slice(from, (size_t)(at - from));
    if (at == end) break;
    from = at + 1;
  }
  return count;
}
