/* value_id.c: reads a cell's text as a Salesforce Id. */
#include <string.h>

#include "value.h"

static const char suffixes[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

enum { DIGIT = 1, LOWER = 2, UPPER = 4 };

/* What a byte is in an Id; 0 where it is in none. */
static int class_of(char c) {
  static const char classes[256] = {
    ['0' ... '9'] = DIGIT, ['a' ... 'z'] = LOWER, ['A' ... 'Z'] = UPPER};
  return classes[(unsigned char)c];
}

static int capital(char c) {
  return (unsigned char)((unsigned char)c - 'A') < 26;
}

/* The checksum's letter for five characters: which of them are capitals. */
static char suffix(const char *s) {
  return suffixes[capital(s[0]) | capital(s[1]) << 1 | capital(s[2]) << 2 |
                  capital(s[3]) << 3 | capital(s[4]) << 4];
}

static int is_whole(const char *id) {
  return suffix(id) == id[15] && suffix(id + 5) == id[16] &&
         suffix(id + 10) == id[17];
}

/* Gives five characters the case that their suffix tells. */
static int restore(char *block, char *letter) {
  const char *found;
  int k, bits;
  if (class_of(*letter) == LOWER) *letter = (char)(*letter - 32);
  found = strchr(suffixes, *letter);
  if (!found) return 0;
  bits = (int)(found - suffixes);
  for (k = 0; k < 5; k++) {
    int wants_capital = bits >> k & 1;
    if (class_of(block[k]) != DIGIT)
      block[k] = (char)(wants_capital ? block[k] & ~32 : block[k] | 32);
    else if (wants_capital)
      return 0;
  }
  return 1;
}

/* Which classes the text's bytes have; 0 where one is in no Id. */
static int classes_of(slice text) {
  int seen = 0;
  size_t i;
  for (i = 0; i < text.length; i++) {
    int class = class_of(text.bytes[i]);
    if (!class) return 0;
    seen |= class;
  }
  return seen;
}

int value_widen(slice text, char *out) {
  int i;
  if (text.length != 15 || !classes_of(text)) return 0;
  memcpy(out, text.bytes, text.length);
  for (i = 0; i < 3; i++) out[15 + i] = suffix(out + 5 * i);
  return 1;
}

/* At least two letters, and all of one case: a spreadsheet may have done that. */
static int is_folded(slice text, int classes) {
  size_t i, letters = 0;
  if ((classes & (LOWER | UPPER)) == (LOWER | UPPER)) return 0;
  for (i = 0; i < text.length; i++)
    letters += class_of(text.bytes[i]) != DIGIT;
  return letters > 1;
}

int value_id(slice text, char *out) {
  int classes = classes_of(text);
  if (!classes) return 0;
  if (text.length == 15)
    return !is_folded(text, classes) && value_widen(text, out);
  if (text.length != VALUE_ID) return 0;
  memcpy(out, text.bytes, text.length);
  if (is_whole(out)) return 1;
  return is_folded(text, classes) && restore(out, out + 15) &&
         restore(out + 5, out + 16) && restore(out + 10, out + 17);
}
