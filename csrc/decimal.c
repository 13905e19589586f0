/* decimal.c: numbers as people of different countries write them. */
#include "decimal.h"

#include <string.h>

static int is_digit(char c) {
  return (unsigned)(c - '0') < 10;
}

/* The length of what groups digits at the text's start, but for comma and
** point: a blank, one that does not break, or an apostrophe. */
static size_t space_at(slice text) {
  static const char *const spaces[] = {
    " ", "'", "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x99"};
  size_t i;
  for (i = 0; i < sizeof spaces / sizeof *spaces; i++) {
    size_t length = strlen(spaces[i]);
    if (length <= text.length && !memcmp(text.bytes, spaces[i], length))
      return length;
  }
  return 0;
}

static slice behind(slice text, size_t length) {
  return text_slice(text.bytes + length, text.length - length);
}

/* Without a currency's code in front of it, `EUR 12,00`. */
static slice without_code(slice text) {
  size_t i;
  for (i = 0; i < 3; i++)
    if (i >= text.length || (unsigned)(text.bytes[i] - 'A') >= 26) return text;
  text = behind(text, 3);
  return behind(text, space_at(text));
}

static size_t digits_at(slice text) {
  size_t count = 0;
  while (count < text.length && is_digit(text.bytes[count])) count++;
  return count;
}

static slice without_sign(slice text) {
  return behind(text, text.length && *text.bytes == '-');
}

/* A group's digits cannot be told from decimals where they are three, behind
** one to three that do not begin with a 0. */
static char only_mark(char mark, slice head, size_t tail) {
  int may_group = tail == 3 && head.length && head.length < 4 &&
                  *head.bytes != '0';
  return may_group ? '?' : mark;
}

char decimal_mark(slice text) {
  size_t marks = 0, tail;
  char last = 0;
  slice rest = without_sign(without_code(text));
  slice head = text_slice(rest.bytes, digits_at(rest));
  int both = 0;
  for (;;) {
    tail = digits_at(rest);
    rest = behind(rest, tail);
    if (!rest.length) break;
    if (*rest.bytes == '.' || *rest.bytes == ',') {
      both |= last && last != *rest.bytes;
      last = *rest.bytes;
      marks++;
      rest = behind(rest, 1);
    } else if (space_at(rest)) {
      rest = behind(rest, space_at(rest));
    } else {
      return 0;
    }
  }
  if (marks > 1 && !both) return last == '.' ? ',' : '.';
  return marks == 1 ? only_mark(last, head, tail) : last;
}

/* What groups digits at the text's start where decimals have this mark. */
static size_t group_at(slice text, char mark) {
  char other = mark == ',' ? '.' : ',';
  return text.length && *text.bytes == other ? 1 : space_at(text);
}

/* Takes digits and what groups them; 0 where a group has not three of them. */
static int copy_groups(slice *rest, char mark, char *out, size_t *length) {
  size_t group = 0, digits;
  while ((digits = digits_at(*rest)) != 0) {
    if (group && digits != 3) return 0;
    memcpy(out + *length, rest->bytes, digits);
    *length += digits;
    *rest = behind(*rest, digits);
    group = group_at(*rest, mark);
    *rest = behind(*rest, group);
    if (!group) break;
  }
  return !group;
}

/* Takes the mark and the digits behind it. */
static void copy_decimals(slice *rest, char *out, size_t *length) {
  size_t digits = digits_at(behind(*rest, 1));
  out[(*length)++] = '.';
  memcpy(out + *length, rest->bytes + 1, digits);
  *length += digits;
  *rest = behind(*rest, digits + 1);
}

slice decimal_of(slice text, char mark, char *out) {
  slice rest = without_code(text);
  size_t length = 0;
  if (text.length >= DECIMAL_MOST) return text;
  if (rest.length && *rest.bytes == '-') out[length++] = '-';
  rest = without_sign(rest);
  if (!copy_groups(&rest, mark, out, &length)) return text;
  if (rest.length && *rest.bytes == mark) copy_decimals(&rest, out, &length);
  return rest.length || !length ? text : text_slice(out, length);
}
