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

enum { ODD = 1, DOT, AT };

/* What an address is made of. Odd is what only a mistake or an attack puts into
** one. Bytes of characters that are not ASCII may stand anywhere. */
static const char parts[256] = {
  [0 ... ' '] = ODD, ['"'] = ODD, ['('] = ODD, [')'] = ODD, [','] = ODD,
  [':'] = ODD, [';'] = ODD, ['<'] = ODD, ['>'] = ODD, ['['] = ODD,
  ['\\'] = ODD, [']'] = ODD, [127] = ODD, ['.'] = DOT, ['@'] = AT};

/* One @ with 1 to 64 bytes before it and a dot behind it, something before,
** between and behind all dots, and nothing odd. */
static int is_email(slice text) {
  size_t i, at = 0, dots = 0, begun = 0;
  for (i = 0; i < text.length; i++) {
    char part = parts[(unsigned char)text.bytes[i]];
    if (!part) continue;
    if (part == ODD || i == begun || (part == AT && (at || i > 64))) return 0;
    if (part == AT) at = i;
    dots = part == AT ? 0 : dots + 1;
    begun = i + 1;
  }
  return at && dots && begun < text.length && text.length <= 254;
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
