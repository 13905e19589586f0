/* stretch.c: where the cells and rows of a stretch of CSV text end. */
#include "stretch.h"

/* What a block must know of the one before it. */
typedef struct carry {
  uint64_t inside; /* all ones where the last byte was inside quotes */
  uint64_t stop;   /* 1 where the last byte ended a cell */
  uint64_t close;  /* 1 where the last byte was a closing quote */
  uint32_t lines;
} carry;

#define LAST (UINT64_C(1) << 63)

static unsigned lowest(uint64_t bits) {
  return (unsigned)__builtin_ctzll(bits);
}

/* Written out: the builtin is a call where the processor may lack the
** instruction. */
static uint32_t count(uint64_t bits) {
  bits -= bits >> 1 & UINT64_C(0x5555555555555555);
  bits = (bits & UINT64_C(0x3333333333333333)) +
         (bits >> 2 & UINT64_C(0x3333333333333333));
  bits = (bits + (bits >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
  return (uint32_t)(bits * UINT64_C(0x0101010101010101) >> 56);
}

static uint64_t below(size_t bit) {
  return bit < 64 ? (UINT64_C(1) << bit) - 1 : ~UINT64_C(0);
}

/* Bit k of the result is the parity of bits 0 to k. */
static uint64_t parity(uint64_t bits) {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  return bits ^ bits << 32;
}

/* Of the bytes after closing quotes, those that are not the CR of a CRLF; a
** CR that nothing follows counts as one. */
static uint64_t not_crlf(const char *block, uint64_t after) {
  uint64_t bits, wrong = after;
  for (bits = after; bits; bits &= bits - 1) {
    const char *byte = block + lowest(bits);
    if (byte[0] == '\r' && (byte[1] == '\n' || byte[1] == '\0'))
      wrong &= ~(bits & -bits);
  }
  return wrong;
}

static void add_ends(stretch *s, uint64_t stops, uint64_t newlines,
                     uint32_t lines) {
  uint64_t ends = stops & newlines;
  for (; ends; ends &= ends - 1) {
    uint64_t before = below(lowest(ends));
    row_end *end = &s->ends[s->end_count++];
    end->stop = (uint32_t)s->stop_count + count(stops & before);
    end->lines = lines + 1 + count(newlines & before);
  }
}

/* Writes eight, wanted or not, and then the rest: a loop that ends elsewhere
** for each block is slower. The list has room, and a bit is always left. */
static void add_stops(stretch *s, uint64_t stops) {
  uint32_t *out = s->stops + s->stop_count;
  uint32_t offset = (uint32_t)s->length, n = count(stops), k;
  for (k = 0; k < 8; k++, stops &= stops - 1) out[k] = offset + lowest(stops | LAST);
  for (; k < n; k++, stops &= stops - 1) out[k] = offset + lowest(stops);
  s->stop_count += n;
}

/* The quotes of a block that stand where none may: one opens inside a cell,
** or something other than a stop or a quote follows a closing one. */
static uint64_t misplaced(const scan_marks *m, const char *block,
                          uint64_t inside, uint64_t stops, const carry *last) {
  uint64_t after = (m->quotes & ~inside) << 1 | last->close;
  uint64_t wrong = m->quotes & inside & ~(stops << 1 | last->stop | after);
  uint64_t stray = after & ~stops & ~m->quotes;
  return stray ? wrong | not_crlf(block, stray) : wrong;
}

/* Marks one block, of which `valid` bits stand for text. */
static void mark_block(stretch *s, const scan_marks *m, const char *block,
                       uint64_t valid, carry *last) {
  uint64_t inside = parity(m->quotes) ^ last->inside;
  uint64_t stops = (m->delimiters | m->newlines) & ~inside & valid;
  uint64_t wrong = misplaced(m, block, inside, stops, last) & valid;
  if (wrong) stops &= below(lowest(wrong));
  if (stops & m->newlines) add_ends(s, stops, m->newlines, last->lines);
  add_stops(s, stops);
  s->bad = wrong != 0;
  last->inside = -(inside >> 63);
  last->stop = stops >> 63;
  last->close = (m->quotes & ~inside) >> 63;
  if (m->newlines) last->lines += count(m->newlines);
}

/* Marks up to STRETCH_PIECE bytes more; 0 where marking must end. */
static int mark_piece(stretch *s, const char *piece, size_t left,
                      char delimiter, carry *last) {
  size_t i, blocks;
  if (left > STRETCH_PIECE) left = STRETCH_PIECE;
  blocks = (left + SCAN_BLOCK - 1) / SCAN_BLOCK;
  s->scan(piece, blocks, delimiter, s->marks);
  for (i = 0; i < blocks && !s->bad && !s->full; i++) {
    size_t bytes = left < SCAN_BLOCK ? left : SCAN_BLOCK;
    mark_block(s, &s->marks[i], piece + i * SCAN_BLOCK, below(bytes), last);
    s->length += bytes;
    left -= bytes;
    s->full = s->stop_count > STRETCH_STOPS - SCAN_BLOCK;
  }
  return !s->bad && !s->full;
}

void stretch_mark(stretch *s, const char *text, size_t length, char delimiter) {
  carry last = {0, 1, 0, 0};
  stretch_clear(s);
  while (s->length < length)
    if (!mark_piece(s, text + s->length, length - s->length, delimiter, &last))
      break;
  s->open = last.inside != 0;
}

void stretch_clear(stretch *s) {
  s->length = s->stop_count = s->end_count = 0;
  s->bad = s->full = s->open = 0;
}

size_t stretch_rows_end(const stretch *s) {
  if (!s->end_count) return 0;
  return s->stops[s->ends[s->end_count - 1].stop] + 1;
}

uint32_t stretch_rows_lines(const stretch *s) {
  return s->end_count ? s->ends[s->end_count - 1].lines : 0;
}
