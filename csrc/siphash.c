/* siphash.c: SipHash-2-4. Who does not have the key can neither tell what a
** hash was made from nor try out what it might have been. */
#include "siphash.h"

typedef struct state {
  uint64_t v0, v1, v2, v3;
} state;

/* Eight bytes, or fewer at the end, the first one lowest. */
static uint64_t word_of(const unsigned char *bytes, size_t count) {
  uint64_t word = 0;
  while (count--) word = word << 8 | bytes[count];
  return word;
}

static uint64_t turn(uint64_t word, int bits) {
  return word << bits | word >> (64 - bits);
}

static void mix(uint64_t *a, uint64_t *b, int bits) {
  *a += *b;
  *b = turn(*b, bits) ^ *a;
}

static void rounds(state *s, int count) {
  while (count--) {
    mix(&s->v0, &s->v1, 13);
    s->v0 = turn(s->v0, 32);
    mix(&s->v2, &s->v3, 16);
    mix(&s->v0, &s->v3, 21);
    mix(&s->v2, &s->v1, 17);
    s->v2 = turn(s->v2, 32);
  }
}

static void take(state *s, uint64_t word) {
  s->v3 ^= word;
  rounds(s, 2);
  s->v0 ^= word;
}

static state start(const unsigned char *key) {
  uint64_t k0 = word_of(key, 8), k1 = word_of(key + 8, 8);
  state s;
  s.v0 = k0 ^ 0x736f6d6570736575;
  s.v1 = k1 ^ 0x646f72616e646f6d;
  s.v2 = k0 ^ 0x6c7967656e657261;
  s.v3 = k1 ^ 0x7465646279746573;
  return s;
}

uint64_t siphash(const unsigned char key[SIPHASH_KEY], slice text) {
  const unsigned char *at = (const unsigned char *)text.bytes;
  size_t left = text.length;
  state s = start(key);
  for (; left >= 8; at += 8, left -= 8) take(&s, word_of(at, 8));
  take(&s, word_of(at, left) | (uint64_t)text.length << 56);
  s.v2 ^= 0xff;
  rounds(&s, 4);
  return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
