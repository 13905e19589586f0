/* date.c: dates as people of different countries write them. */
#include "date.h"

#include <string.h>

/* 26/07/2022, 7/26/2022 9:24 AM, 26.07.2022 09:24, 2022. 7. 26 */
typedef struct parts {
  int number[3], digits[3];
  char separator;
  int hour, minute, second; /* hour -1: only a date */
} parts;

/* Passes one to four digits; how many. */
static int pass_number(slice *text, int *number) {
  int count = 0;
  *number = 0;
  while (text->length && count < 4 &&
         (unsigned)(*text->bytes - '0') < 10) {
    *number = *number * 10 + *text->bytes - '0';
    *text = text_slice(text->bytes + 1, text->length - 1);
    count++;
  }
  return count;
}

static char pass_any(slice *text, const char *list) {
  char c = text->length ? *text->bytes : '\0';
  if (!c || !strchr(list, c)) return '\0';
  *text = text_slice(text->bytes + 1, text->length - 1);
  return c;
}

static int read_day(slice *text, parts *p) {
  int i;
  for (i = 0; i < 3; i++) {
    char separator;
    p->digits[i] = pass_number(text, &p->number[i]);
    if (!p->digits[i]) return 0;
    if (i == 2) break;
    separator = pass_any(text, "/.-");
    if (!separator || (i && separator != p->separator)) return 0;
    p->separator = separator;
    if (separator == '.') pass_any(text, " ");
  }
  if (p->separator == '.') pass_any(text, ".");
  return 1;
}

/* AM, PM, am or pm behind an hour of the clock's twelve. */
static int read_half(slice *text, parts *p) {
  char half = pass_any(text, "AaPp");
  if (!half) return 1;
  if (!pass_any(text, "Mm") || p->hour < 1 || p->hour > 12) return 0;
  p->hour = p->hour % 12 + (half == 'P' || half == 'p' ? 12 : 0);
  return 1;
}

static int read_clock(slice *text, parts *p) {
  p->hour = -1;
  if (!text->length) return 1;
  pass_any(text, ",");
  if (!pass_any(text, " ") || !pass_number(text, &p->hour)) return 0;
  if (!pass_any(text, ":.") || pass_number(text, &p->minute) != 2) return 0;
  p->second = 0;
  if (pass_any(text, ":.") && pass_number(text, &p->second) != 2) return 0;
  pass_any(text, " ");
  return read_half(text, p) && !text->length && p->hour < 24 &&
         p->minute < 60 && p->second < 60;
}

static int read_parts(slice text, parts *p) {
  text = text_trim(text);
  return read_day(&text, p) && read_clock(&text, p);
}

static int is_day(int number, int digits) {
  return digits <= 2 && number >= 1 && number <= 31;
}

static char order_of(const parts *p) {
  int first = p->number[0], second = p->number[1];
  if (p->digits[0] == 4)
    return is_day(second, p->digits[1]) && is_day(p->number[2], p->digits[2])
      ? 'y' : '\0';
  if (p->digits[2] != 4 || !is_day(first, p->digits[0]) ||
      !is_day(second, p->digits[1]))
    return '\0';
  if (first > 12) return second > 12 ? '\0' : 'd';
  if (second > 12) return 'm';
  /* With dots, every country puts the day first. */
  return p->separator == '.' ? 'd' : '?';
}

char date_order(slice text) {
  parts p;
  return read_parts(text, &p) ? order_of(&p) : '\0';
}

static char *put(char *out, int number, int digits, char before) {
  int i;
  if (before) *out++ = before;
  for (i = digits; i-- > 0; number /= 10) out[i] = (char)('0' + number % 10);
  return out + digits;
}

slice date_of(slice text, char order, char *out) {
  parts p;
  char own = read_parts(text, &p) ? order_of(&p) : '\0', *end = out;
  /* Where the year, the month and the day stand. */
  int y = own == 'y' ? 0 : 2, m = own == 'y' || order == 'd', d = 3 - y - m;
  if (own == '?' && order != 'y') own = order;
  if (!own || (own != 'y' && own != order)) return text;
  end = put(end, p.number[y], 4, '\0');
  end = put(end, p.number[m], 2, '-');
  end = put(end, p.number[d], 2, '-');
  if (p.hour >= 0) {
    end = put(end, p.hour, 2, ' ');
    end = put(end, p.minute, 2, ':');
    end = put(end, p.second, 2, ':');
  }
  return text_slice(out, (size_t)(end - out));
}
