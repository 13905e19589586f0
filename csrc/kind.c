/* kind.c: what the fields of a credential may hold. */
#include "kind.h"

#include <string.h>

#include "value.h"

int kind_is_raw(char type) {
  return type == 'b' || type == 'j';
}

int kind_is_attribute(char type) {
  return type == 'a' || type == 'D' || type == 'N';
}

const char *kind_problem(char type) {
  switch (type) {
    case 'D': return "is not a date (YYYY-MM-DD)";
    case 'N': return "is not a number";
    case 'b': return "is neither true nor false";
    case 'c': return "is not a campaign's ID";
    case 'd': return "is not a date (YYYY-MM-DD)";
    default: return "is not an e-mail address";
  }
}

/* What only a mistake or an attack puts into an address. Bytes of characters
** that are not ASCII may stand anywhere. */
static const char odd[256] = {
  [0 ... ' '] = 1, ['"'] = 1, ['('] = 1, [')'] = 1, [','] = 1, [':'] = 1,
  [';'] = 1, ['<'] = 1, ['>'] = 1, ['['] = 1, ['\\'] = 1, [']'] = 1, [127] = 1};

/* Something before, between and behind the dots; how many there are, or -1. */
static int count_dots(const char *from, const char *end) {
  int dots = 0;
  for (;; dots++) {
    const char *dot = memchr(from, '.', (size_t)(end - from));
    if (dot == from || from == end) return -1;
    if (!dot) return dots;
    from = dot + 1;
  }
}

/* One @ with 1 to 64 bytes before it and a dot behind it, and nothing odd. */
static int is_email(slice text) {
  const char *end = text.bytes + text.length, *at;
  int found = 0;
  size_t i;
  for (i = 0; i < text.length; i++) found |= odd[(unsigned char)text.bytes[i]];
  at = memchr(text.bytes, '@', text.length);
  if (found || !at || at - text.bytes > 64 || text.length > 254) return 0;
  return !memchr(at + 1, '@', (size_t)(end - at - 1)) &&
         count_dots(text.bytes, at) >= 0 && count_dots(at + 1, end) > 0;
}

/* Sertifier's ids: 8 to 64 of A-Z a-z 0-9 _ - */
static int is_campaign(slice text) {
  size_t i;
  if (text.length < 8 || text.length > 64) return 0;
  for (i = 0; i < text.length; i++) {
    unsigned char c = text_lower(text.bytes[i]);
    if ((unsigned char)(c - 'a') >= 26 && (unsigned char)(c - '0') >= 10 &&
        c != '_' && c != '-')
      return 0;
  }
  return 1;
}

/* Replaces a text by its value's; `room` has VALUE_DATE bytes. */
int kind_convert(char type, slice *text, char *room) {
  double number;
  int truth;
  switch (type) {
    case 'e': return is_email(*text);
    case 'N': return value_number(*text, &number);
    case 'c': return is_campaign(*text);
    case 'b':
      if (!value_boolean(*text, &truth)) return 0;
      *text = truth ? text_slice("true", 4) : text_slice("false", 5);
      return 1;
    case 'd': case 'D':
      if (!value_date(*text, room)) return 0;
      *text = text_slice(room, VALUE_DATE);
      return 1;
    default: return 1;
  }
}
