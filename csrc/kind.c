/* kind.c: what the fields of a credential may hold. */
#include "kind.h"

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
static int read_email(slice *of, kind_room *room) {
  slice text = *of;
  size_t i, at = 0, dots = 0, begun = 0;
  (void)room;
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
static int read_campaign(slice *text, kind_room *room) {
  size_t i;
  (void)room;
  if (text->length < 8 || text->length > 64) return 0;
  for (i = 0; i < text->length; i++) {
    unsigned char c = text_lower(text->bytes[i]);
    if ((unsigned char)(c - 'a') >= 26 && (unsigned char)(c - '0') >= 10 &&
        c != '_' && c != '-')
      return 0;
  }
  return 1;
}

static int read_number(slice *text, kind_room *room) {
  double number;
  (void)room;
  return value_number(*text, &number);
}

static int read_boolean(slice *text, kind_room *room) {
  int truth;
  (void)room;
  if (!value_boolean(*text, &truth)) return 0;
  *text = truth ? text_slice("true", 4) : text_slice("false", 5);
  return 1;
}

static int read_date(slice *text, kind_room *room) {
  if (!value_date(*text, room->bytes)) return 0;
  *text = text_slice(room->bytes, VALUE_DATE);
  return 1;
}

kind_function *kind_converter(char type) {
  switch (type) {
    case 'b': return read_boolean;
    case 'c': return read_campaign;
    case 'd': case 'D': return read_date;
    case 'e': return read_email;
    case 'N': return read_number;
    default: return NULL;
  }
}
