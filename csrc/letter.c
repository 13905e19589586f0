/* letter.c: a letter's other case, as Unicode 14.0.0 has it. */
#include "letter.h"

/* Capitals from `first` to `last`, each `step`th one; the small letter stands
** `ahead` of its capital. Pairs that lead there and back, and no others. */
typedef struct range {
  uint32_t first, last;
  int step, ahead;
} range;

static const range ranges[] = {
  {0xc0, 0xd6, 1, 32}, {0xd8, 0xde, 1, 32}, {0x100, 0x12e, 2, 1},
  {0x132, 0x136, 2, 1}, {0x139, 0x147, 2, 1}, {0x14a, 0x176, 2, 1},
  {0x178, 0x178, 1, -121}, {0x179, 0x17d, 2, 1}, {0x181, 0x181, 1, 210},
  {0x182, 0x184, 2, 1}, {0x186, 0x186, 1, 206}, {0x187, 0x187, 1, 1},
  {0x189, 0x18a, 1, 205}, {0x18b, 0x18b, 1, 1}, {0x18e, 0x18e, 1, 79},
  {0x18f, 0x18f, 1, 202}, {0x190, 0x190, 1, 203}, {0x191, 0x191, 1, 1},
  {0x193, 0x193, 1, 205}, {0x194, 0x194, 1, 207}, {0x196, 0x196, 1, 211},
  {0x197, 0x197, 1, 209}, {0x198, 0x198, 1, 1}, {0x19c, 0x19c, 1, 211},
  {0x19d, 0x19d, 1, 213}, {0x19f, 0x19f, 1, 214}, {0x1a0, 0x1a4, 2, 1},
  {0x1a6, 0x1a6, 1, 218}, {0x1a7, 0x1a7, 1, 1}, {0x1a9, 0x1a9, 1, 218},
  {0x1ac, 0x1ac, 1, 1}, {0x1ae, 0x1ae, 1, 218}, {0x1af, 0x1af, 1, 1},
  {0x1b1, 0x1b2, 1, 217}, {0x1b3, 0x1b5, 2, 1}, {0x1b7, 0x1b7, 1, 219},
  {0x1b8, 0x1b8, 1, 1}, {0x1bc, 0x1bc, 1, 1}, {0x1c4, 0x1c4, 1, 2},
  {0x1c7, 0x1c7, 1, 2}, {0x1ca, 0x1ca, 1, 2}, {0x1cd, 0x1db, 2, 1},
  {0x1de, 0x1ee, 2, 1}, {0x1f1, 0x1f1, 1, 2}, {0x1f4, 0x1f4, 1, 1},
  {0x1f6, 0x1f6, 1, -97}, {0x1f7, 0x1f7, 1, -56}, {0x1f8, 0x21e, 2, 1},
  {0x220, 0x220, 1, -130}, {0x222, 0x232, 2, 1}, {0x23a, 0x23a, 1, 10795},
  {0x23b, 0x23b, 1, 1}, {0x23d, 0x23d, 1, -163}, {0x23e, 0x23e, 1, 10792},
  {0x241, 0x241, 1, 1}, {0x243, 0x243, 1, -195}, {0x244, 0x244, 1, 69},
  {0x245, 0x245, 1, 71}, {0x246, 0x24e, 2, 1}, {0x370, 0x372, 2, 1},
  {0x376, 0x376, 1, 1}, {0x37f, 0x37f, 1, 116}, {0x386, 0x386, 1, 38},
  {0x388, 0x38a, 1, 37}, {0x38c, 0x38c, 1, 64}, {0x38e, 0x38f, 1, 63},
  {0x391, 0x3a1, 1, 32}, {0x3a3, 0x3ab, 1, 32}, {0x3cf, 0x3cf, 1, 8},
  {0x3d8, 0x3ee, 2, 1}, {0x3f7, 0x3f7, 1, 1}, {0x3f9, 0x3f9, 1, -7},
  {0x3fa, 0x3fa, 1, 1}, {0x3fd, 0x3ff, 1, -130}, {0x400, 0x40f, 1, 80},
  {0x410, 0x42f, 1, 32}, {0x460, 0x480, 2, 1}, {0x48a, 0x4be, 2, 1},
  {0x4c0, 0x4c0, 1, 15}, {0x4c1, 0x4cd, 2, 1}, {0x4d0, 0x52e, 2, 1},
  {0x531, 0x556, 1, 48}, {0x10a0, 0x10c5, 1, 7264}, {0x10c7, 0x10c7, 1, 7264},
  {0x10cd, 0x10cd, 1, 7264}, {0x13a0, 0x13ef, 1, 38864},
  {0x13f0, 0x13f5, 1, 8}, {0x1c90, 0x1cba, 1, -3008},
  {0x1cbd, 0x1cbf, 1, -3008}, {0x1e00, 0x1e94, 2, 1}, {0x1ea0, 0x1efe, 2, 1},
  {0x1f08, 0x1f0f, 1, -8}, {0x1f18, 0x1f1d, 1, -8}, {0x1f28, 0x1f2f, 1, -8},
  {0x1f38, 0x1f3f, 1, -8}, {0x1f48, 0x1f4d, 1, -8}, {0x1f59, 0x1f5f, 2, -8},
  {0x1f68, 0x1f6f, 1, -8}, {0x1fb8, 0x1fb9, 1, -8}, {0x1fba, 0x1fbb, 1, -74},
  {0x1fc8, 0x1fcb, 1, -86}, {0x1fd8, 0x1fd9, 1, -8}, {0x1fda, 0x1fdb, 1, -100},
  {0x1fe8, 0x1fe9, 1, -8}, {0x1fea, 0x1feb, 1, -112}, {0x1fec, 0x1fec, 1, -7},
  {0x1ff8, 0x1ff9, 1, -128}, {0x1ffa, 0x1ffb, 1, -126},
  {0x2132, 0x2132, 1, 28}, {0x2160, 0x216f, 1, 16}, {0x2183, 0x2183, 1, 1},
  {0x24b6, 0x24cf, 1, 26}, {0x2c00, 0x2c2f, 1, 48}, {0x2c60, 0x2c60, 1, 1},
  {0x2c62, 0x2c62, 1, -10743}, {0x2c63, 0x2c63, 1, -3814},
  {0x2c64, 0x2c64, 1, -10727}, {0x2c67, 0x2c6b, 2, 1},
  {0x2c6d, 0x2c6d, 1, -10780}, {0x2c6e, 0x2c6e, 1, -10749},
  {0x2c6f, 0x2c6f, 1, -10783}, {0x2c70, 0x2c70, 1, -10782},
  {0x2c72, 0x2c72, 1, 1}, {0x2c75, 0x2c75, 1, 1}, {0x2c7e, 0x2c7f, 1, -10815},
  {0x2c80, 0x2ce2, 2, 1}, {0x2ceb, 0x2ced, 2, 1}, {0x2cf2, 0x2cf2, 1, 1},
  {0xa640, 0xa66c, 2, 1}, {0xa680, 0xa69a, 2, 1}, {0xa722, 0xa72e, 2, 1},
  {0xa732, 0xa76e, 2, 1}, {0xa779, 0xa77b, 2, 1}, {0xa77d, 0xa77d, 1, -35332},
  {0xa77e, 0xa786, 2, 1}, {0xa78b, 0xa78b, 1, 1}, {0xa78d, 0xa78d, 1, -42280},
  {0xa790, 0xa792, 2, 1}, {0xa796, 0xa7a8, 2, 1}, {0xa7aa, 0xa7aa, 1, -42308},
  {0xa7ab, 0xa7ab, 1, -42319}, {0xa7ac, 0xa7ac, 1, -42315},
  {0xa7ad, 0xa7ad, 1, -42305}, {0xa7ae, 0xa7ae, 1, -42308},
  {0xa7b0, 0xa7b0, 1, -42258}, {0xa7b1, 0xa7b1, 1, -42282},
  {0xa7b2, 0xa7b2, 1, -42261}, {0xa7b3, 0xa7b3, 1, 928},
  {0xa7b4, 0xa7c2, 2, 1}, {0xa7c4, 0xa7c4, 1, -48},
  {0xa7c5, 0xa7c5, 1, -42307}, {0xa7c6, 0xa7c6, 1, -35384},
  {0xa7c7, 0xa7c9, 2, 1}, {0xa7d0, 0xa7d0, 1, 1}, {0xa7d6, 0xa7d8, 2, 1},
  {0xa7f5, 0xa7f5, 1, 1}, {0xff21, 0xff3a, 1, 32}, {0x10400, 0x10427, 1, 40},
  {0x104b0, 0x104d3, 1, 40}, {0x10570, 0x1057a, 1, 39},
  {0x1057c, 0x1058a, 1, 39}, {0x1058c, 0x10592, 1, 39},
  {0x10594, 0x10595, 1, 39}, {0x10c80, 0x10cb2, 1, 64},
  {0x118a0, 0x118bf, 1, 32}, {0x16e40, 0x16e5f, 1, 32},
  {0x1e900, 0x1e921, 1, 34},
};

#define RANGES (sizeof ranges / sizeof *ranges)

/* The ranges in the order of their small letters. */
static const unsigned char by_small[RANGES] = {
  0, 1, 6, 2, 3, 4, 5, 7, 55, 9, 11, 13, 17, 45, 22, 52, 48, 26, 28, 30, 32,
  34, 36, 37, 46, 38, 39, 40, 41, 14, 42, 43, 44, 47, 49, 51, 124, 54, 58,
  120, 118, 121, 8, 10, 12, 15, 16, 140, 18, 141, 19, 136, 139, 21, 20, 143,
  114, 142, 23, 119, 24, 25, 116, 27, 150, 29, 145, 31, 56, 33, 57, 35, 146,
  144, 59, 60, 73, 62, 63, 66, 67, 64, 65, 68, 69, 71, 61, 70, 72, 75, 74, 76,
  77, 79, 78, 80, 81, 87, 88, 86, 133, 115, 151, 89, 90, 91, 92, 93, 94, 95,
  96, 97, 99, 100, 102, 106, 104, 107, 98, 101, 103, 105, 108, 109, 110, 111,
  112, 113, 50, 53, 117, 122, 123, 125, 126, 127, 82, 83, 84, 128, 129, 130,
  131, 132, 134, 135, 137, 149, 138, 148, 152, 153, 154, 155, 147, 85, 156,
  157, 158, 159, 160, 161, 162, 163, 164, 165, 166};

uint32_t letter_small(uint32_t c) {
  size_t low = 0, high = RANGES;
  while (low < high) { /* the first range that does not end before c */
    size_t middle = (low + high) / 2;
    if (ranges[middle].last < c) low = middle + 1; else high = middle;
  }
  if (low == RANGES || c < ranges[low].first) return c;
  if ((c - ranges[low].first) % (uint32_t)ranges[low].step) return c;
  return c + (uint32_t)ranges[low].ahead;
}

/* The range whose small letters are the first not to end before c, or NULL. */
static const range *find_small(uint32_t c) {
  size_t low = 0, high = RANGES;
  while (low < high) {
    size_t middle = (low + high) / 2;
    const range *one = &ranges[by_small[middle]];
    if (one->last + (uint32_t)one->ahead < c) low = middle + 1;
    else high = middle;
  }
  return low < RANGES ? &ranges[by_small[low]] : NULL;
}

uint32_t letter_capital(uint32_t c) {
  const range *one = find_small(c);
  uint32_t capital = one ? c - (uint32_t)one->ahead : c;
  if (c == 0x3c2) return 0x3a3; /* the sigma that ends a word */
  if (!one || capital < one->first || capital > one->last) return c;
  return (capital - one->first) % (uint32_t)one->step ? c : capital;
}

int letter_is(uint32_t c) {
  if (c < 128) return (unsigned)text_lower((char)c) - 'a' < 26;
  return c >= 0xc0 && c != 0xd7 && c != 0xf7 && (c < 0x2000 || c > 0x2bff);
}

size_t letter_count(slice text) {
  size_t n = 0, i;
  for (i = 0; i < text.length; i++) n += (text.bytes[i] & 0xc0) != 0x80;
  return n;
}

uint32_t letter_take(slice *text) {
  const unsigned char *s = (const unsigned char *)text->bytes;
  size_t length = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4, i;
  uint32_t c = length == 1 ? s[0] : s[0] & (0xffu >> (length + 1));
  if (length > text->length) length = text->length;
  for (i = 1; i < length; i++) c = c << 6 | (s[i] & 0x3f);
  *text = text_slice(text->bytes + length, text->length - length);
  return c;
}

size_t letter_put(char *out, uint32_t c) {
  size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i;
  static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
  for (i = length - 1; i > 0; i--, c >>= 6) out[i] = (char)(0x80 | (c & 0x3f));
  out[0] = (char)(length == 1 ? c : first[length] | c);
  return length;
}
