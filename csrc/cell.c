/* cell.c: takes apart the text of one row that the scanner found sound. */
#include "cell.h"

#include <string.h>

slice cell_value(slice raw, char *out) {
  const char *s = raw.bytes + 1, *end = raw.bytes + raw.length - 1;
  char *to = out;
  if (raw.length < 2 || raw.bytes[0] != '"') return raw;
  if (!memchr(s, '"', raw.length - 2)) return text_slice(s, raw.length - 2);
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
