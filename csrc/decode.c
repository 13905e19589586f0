/* decode.c: turns text of any encoding into UTF-8, through iconv.
**
** Most of an export is ASCII whatever its encoding, and is copied by words. */
#include "decode.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "word.h"

#define ROOM (32 * 1024)
#define MOST 4 /* bytes that one byte of input can become, and more */

/* A byte above ASCII, in UTF-8. */
typedef struct letter {
  char bytes[3];
  char length; /* 0: there is no such character, or it has more bytes */
} letter;

typedef struct decode {
  source base;
  iconv_t iconv;
  size_t unit;  /* bytes of an ASCII character: 1, 2, 4; 0: they differ */
  size_t low;   /* where its own stands among them */
  letter letters[128]; /* where every character has one byte */
  int ended;
  char *at, *end;        /* of the input */
  char *ready, *written; /* of the output */
  char in[ROOM + 8], out[ROOM * MOST];
} decode;

static void decode_close(source *s) {
  decode *d = (decode *)s;
  iconv_close(d->iconv);
  free(d);
}

/* ---- what needs no table ---- */

/* In characters of one byte each, as far as they are in the table. */
static void copy_bytes(decode *d) {
  char *at = d->at;
  char *to = d->written;
  while (at < d->end) {
    const letter *one = &d->letters[*at & 0x7F];
    if (d->end - at >= 8 && !(load_word(at) & UINT64_C(0x8080808080808080))) {
      memcpy(to, at, 8);
      to += 8;
      at += 8;
    } else if ((signed char)*at >= 0) {
      *to++ = *at++;
    } else if (one->length) {
      memcpy(to, one->bytes, sizeof one->bytes);
      to += one->length;
      at++;
    } else {
      break;
    }
  }
  d->at = at;
  d->written = to;
}

/* Of four characters of two bytes each, with nothing in the upper ones. */
static uint32_t pack_pairs(uint64_t word) {
  word = (word | word >> 8) & UINT64_C(0x0000FFFF0000FFFF);
  return (uint32_t)(word | word >> 16);
}

/* Writes a character below U+10000; behind it. */
static char *put_code(char *to, unsigned code) {
  if (code < 0x80) {
    *to++ = (char)code;
  } else if (code < 0x800) {
    *to++ = (char)(0xC0 | code >> 6);
    *to++ = (char)(0x80 | (code & 0x3F));
  } else {
    *to++ = (char)(0xE0 | code >> 12);
    *to++ = (char)(0x80 | (code >> 6 & 0x3F));
    *to++ = (char)(0x80 | (code & 0x3F));
  }
  return to;
}

/* In characters of two bytes each; half of a pair of them is for iconv. */
static void copy_pairs(decode *d) {
  const size_t low = d->low;
  const uint64_t others = low ? UINT64_C(0x80FF80FF80FF80FF)
                              : UINT64_C(0xFF80FF80FF80FF80);
  char *at = d->at;
  char *to = d->written;
  while (d->end - at >= 8) {
    uint64_t word = load_word(at);
    unsigned code = (unsigned char)at[!low] << 8 | (unsigned char)at[low];
    if (!(word & others)) {
      uint32_t packed = pack_pairs(word >> 8 * low);
      int k;
      for (k = 0; k < 4; k++) to[k] = (char)(packed >> 8 * k);
      to += 4;
      at += 8;
    } else if ((code & 0xF800) == 0xD800) {
      break;
    } else {
      to = put_code(to, code);
      at += 2;
    }
  }
  d->at = at;
  d->written = to;
}

static void copy_ascii(decode *d) {
  if (d->unit == 1) copy_bytes(d);
  if (d->unit == 2) copy_pairs(d);
}

/* ---- what does ---- */

/* Has iconv write what it keeps until it has seen the next character. */
static void flush(decode *d) {
  size_t out = (size_t)(d->out + sizeof d->out - d->written);
  iconv(d->iconv, NULL, NULL, &d->written, &out);
}

/* Puts a mark in the place of what cannot be read. */
static void pass_bad(decode *d) {
  size_t unit = d->unit ? d->unit : 1, left = (size_t)(d->end - d->at);
  flush(d);
  *d->written++ = DECODE_BAD;
  d->at += unit < left ? unit : left;
}

/* Converts a little, where what is behind it can be copied again, or all; 0
** where a character's end has not been read. */
static int convert_some(decode *d) {
  size_t left = (size_t)(d->end - d->at);
  size_t some = left > 16 && d->unit ? 16 : left;
  size_t in = some, out = (size_t)(d->out + sizeof d->out - d->written);
  int stuck;
  if (iconv(d->iconv, &d->at, &in, &d->written, &out) != (size_t)-1) {
    if (d->unit) flush(d);
    return 1;
  }
  stuck = errno == EINVAL && in == some; /* at a character that is cut */
  if (stuck && some == left && !d->ended) return 0;
  if (stuck || errno == EILSEQ) pass_bad(d);
  return 1;
}

/* More input behind what is left of it. */
static ssize_t fill(decode *d) {
  size_t left = (size_t)(d->end - d->at);
  ssize_t got;
  memmove(d->in, d->at, left);
  d->at = d->in;
  d->end = d->in + left;
  got = source_read(d->base.below, d->end, ROOM);
  if (got > 0) d->end += got;
  d->ended = got == 0;
  return got;
}

static ssize_t decode_more(decode *d) {
  d->ready = d->written = d->out;
  while (d->written == d->out) {
    if (!d->ended && fill(d) < 0) return -1;
    if (d->ended && d->at == d->end) return flush(d), d->written - d->out;
    while (d->at < d->end) {
      copy_ascii(d);
      if (d->at < d->end && !convert_some(d)) break;
    }
  }
  return d->written - d->out;
}

static ssize_t decode_read(source *s, char *bytes, size_t size) {
  decode *d = (decode *)s;
  size_t left;
  if (d->ready == d->written) {
    ssize_t more = decode_more(d);
    if (more <= 0) return more;
  }
  left = (size_t)(d->written - d->ready);
  if (size > left) size = left;
  memcpy(bytes, d->ready, size);
  d->ready += size;
  return (ssize_t)size;
}

/* ---- opening ---- */

/* Whether all ASCII bytes of the encoding are what they are in ASCII, in
** whatever company. */
static int is_ascii(iconv_t iconv_to) {
  int c;
  for (c = 1; c < 128; c++) {
    char in = (char)c, out[8], *from = &in, *to = out;
    size_t in_left = 1, out_left = sizeof out;
    if (iconv(iconv_to, &from, &in_left, &to, &out_left) == (size_t)-1 ||
        to != out + 1 || *out != in)
      return 0;
  }
  return 1;
}

/* What a byte alone is; 0 where it begins a character of several, or where it
** waits for what may be put together with it: then iconv must see all text. */
static int learn_letter(decode *d, int c) {
  letter *one = &d->letters[c & 0x7F];
  char in = (char)c, *from = &in, *to = one->bytes;
  size_t in_left = 1, out_left = sizeof one->bytes;
  size_t result = iconv(d->iconv, &from, &in_left, &to, &out_left);
  int begins = result == (size_t)-1 && errno == EINVAL;
  int waits = result != (size_t)-1 && to == one->bytes;
  one->length = (char)(to - one->bytes);
  iconv(d->iconv, NULL, NULL, NULL, NULL);
  if (waits) d->unit = 0;
  return !begins && !waits;
}

static void learn_letters(decode *d) {
  int c;
  for (c = 128; c < 256 && learn_letter(d, c); c++) continue;
  if (c < 256) memset(d->letters, 0, sizeof d->letters);
}

static void learn(decode *d, const char *encoding) {
  d->unit = is_ascii(d->iconv) ? 1 : 0;
  iconv(d->iconv, NULL, NULL, NULL, NULL);
  if (d->unit) learn_letters(d);
  d->low = !strcmp(encoding, "UTF-16BE");
  if (d->low || !strcmp(encoding, "UTF-16LE")) d->unit = 2;
  if (!strncmp(encoding, "UTF-32", 6)) d->unit = 4;
}

/* musl has of CP932 only what it extends; the rest is then told as at fault. */
static iconv_t into_utf8(const char *encoding) {
  iconv_t iconv_to = iconv_open("UTF-8", encoding);
  if (iconv_to == (iconv_t)-1 && !strcmp(encoding, "CP932"))
    iconv_to = iconv_open("UTF-8", "SHIFT_JIS");
  return iconv_to;
}

source *decode_open(source *below, const char *encoding) {
  decode *d = malloc(sizeof *d);
  if (!d) return NULL;
  memset(d, 0, offsetof(decode, in));
  d->iconv = into_utf8(encoding);
  if (d->iconv == (iconv_t)-1) return free(d), errno = EINVAL, NULL;
  learn(d, encoding);
  d->at = d->end = d->in;
  d->ready = d->written = d->out;
  d->base.below = below;
  d->base.read = decode_read;
  d->base.close = decode_close;
  return &d->base;
}
