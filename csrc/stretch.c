/* stretch.c: where the cells and rows of a stretch of CSV text end. */
#include "stretch.h"

/* What a block must know of the one before it. */
typedef struct carry {
  uint64_t inside; /* all ones where the last byte was inside quotes */
  uint64_t stop;   /* 1 where the last byte ended a cell */
  uint64_t close;  /* 1 where the last byte was a closing quote */
  uint32_t lines;
  uint64_t doubled; /* not 0 where the row so far has doubled quotes */
} carry;

#define INLINE static inline __attribute__((always_inline))
#define LAST (UINT64_C(1) << 63)

INLINE uint32_t lowest(uint64_t bits) {
  return (uint32_t)__builtin_ctzll(bits);
}

INLINE uint32_t count(uint64_t bits) {
  return (uint32_t)__builtin_popcountll(bits);
}

INLINE uint64_t below(size_t bit) {
  return bit < 64 ? (UINT64_C(1) << bit) - 1 : ~UINT64_C(0);
}

/* Bit k of the result is the parity of bits 0 to k. */
INLINE uint64_t parity(uint64_t bits) {
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
                     const carry *last) {
  uint64_t ends = stops & newlines;
  for (; ends; ends &= ends - 1) {
    uint64_t before = below(lowest(ends));
    row_end *end = &s->ends[s->end_count++];
    end->stop = (uint32_t)s->stop_count + count(stops & before);
    end->lines = last->lines + 1 + count(newlines & before);
    end->doubled = last->doubled != 0;
  }
}

/* Takes the lowest stop; the last bit stands in where none is left. */
#define TAKE(k) \
  out[k] = offset + lowest(stops | LAST); \
  stops &= stops - 1

/* Writes four, wanted or not, and four more, and then the rest: most blocks
** have about that many, and a loop that ends elsewhere for each is slower. The
** list has room. */
INLINE void add_stops(uint32_t *out, uint32_t offset, uint64_t stops) {
  TAKE(0); TAKE(1); TAKE(2); TAKE(3);
  if (!stops) return;
  TAKE(4); TAKE(5); TAKE(6); TAKE(7);
  for (out += 8; stops; out++) {
    TAKE(0);
  }
}

/* Marks one block, of which `valid` bits stand for text; 0 where a quote is
** misplaced: it opens inside a cell, or something other than a stop or a quote
** follows a closing one. */
INLINE int mark_block(stretch *s, const scan_marks *m, const char *block,
                      uint64_t valid, carry *last) {
  uint64_t inside = parity(m->quotes) ^ last->inside;
  uint64_t stops = (m->delimiters | m->newlines) & ~inside & valid;
  uint64_t closes = m->quotes & ~inside, after = closes << 1 | last->close;
  uint64_t opens = m->quotes & inside, doubled = opens & after;
  uint64_t wrong = opens & ~(stops << 1 | last->stop | after);
  uint64_t stray = after & ~stops & ~m->quotes & valid;
  if (stray) wrong |= not_crlf(block, stray);
  wrong &= valid;
  if (wrong) stops &= below(lowest(wrong));
  last->doubled |= doubled;
  if (m->newlines) {
    add_ends(s, stops, m->newlines, last);
    if (stops & m->newlines) last->doubled = doubled;
    last->lines += count(m->newlines);
  }
  add_stops(s->stops + s->stop_count, (uint32_t)s->length, stops);
  s->stop_count += count(stops);
  last->inside = -(inside >> 63);
  last->stop = stops >> 63;
  last->close = closes >> 63;
  return !wrong;
}

INLINE int has_room(const stretch *s) {
  return s->stop_count <= STRETCH_STOPS - SCAN_BLOCK;
}

/* Marks up to STRETCH_PIECE bytes more. */
INLINE void mark_piece(stretch *s, const char *piece, size_t left,
                       carry *kept) {
  const scan_marks *m = s->marks;
  carry last = *kept; /* in registers, while the loop runs */
  int sound = 1;
  for (; left >= SCAN_BLOCK && sound && has_room(s); left -= SCAN_BLOCK) {
    sound = mark_block(s, m++, piece, ~UINT64_C(0), &last);
    piece += SCAN_BLOCK;
    s->length += SCAN_BLOCK;
  }
  if (left && left < SCAN_BLOCK && sound && has_room(s)) {
    sound = mark_block(s, m, piece, below(left), &last);
    s->length += left;
  }
  s->bad = !sound;
  s->full = !has_room(s);
  *kept = last;
}

static void mark_anywhere(stretch *s, const char *piece, size_t left,
                          carry *last) {
  mark_piece(s, piece, left, last);
}

#if defined(__x86_64__) && defined(__GNUC__)
/* The same, compiled for processors that count and find bits at once. */
__attribute__((target("bmi,popcnt")))
static void mark_fast(stretch *s, const char *piece, size_t left, carry *last) {
  mark_piece(s, piece, left, last);
}

static int is_fast(void) {
  return __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
}
#else
#define mark_fast mark_anywhere
#define is_fast() 0
#endif

void stretch_mark(stretch *s, const char *text, size_t length, char delimiter) {
  carry last = {0, 1, 0, 0, 0};
  scan_function *scan = scan_best();
  int fast = is_fast();
  stretch_clear(s);
  while (s->length < length && !s->bad && !s->full) {
    const char *piece = text + s->length;
    size_t left = length - s->length;
    if (left > STRETCH_PIECE) left = STRETCH_PIECE;
    scan(piece, (left + SCAN_BLOCK - 1) / SCAN_BLOCK, delimiter, s->marks);
    (fast ? mark_fast : mark_anywhere)(s, piece, left, &last);
  }
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
