/* value.c: reads a cell's text as a boolean, a number or a date. */
#include "value.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* ---- booleans ---- */

static int is_word(slice text, const char *word) {
  return text_same(text, text_slice(word, strlen(word)));
}

int value_boolean(slice text, int *out) {
  /* As Salesforce writes them, first of all. */
  if (text.length == 4 && !memcmp(text.bytes, "true", 4)) return *out = 1;
  if (text.length == 5 && !memcmp(text.bytes, "false", 5)) return *out = 0, 1;
  *out = is_word(text, "true") || is_word(text, "1") || is_word(text, "yes") ||
         is_word(text, "y") || is_word(text, "on");
  return *out || is_word(text, "false") || is_word(text, "0") ||
         is_word(text, "no") || is_word(text, "n") || is_word(text, "off");
}

/* ---- numbers ---- */

/* Passes digits; how many there were. */
static size_t digits(slice *text) {
  size_t n = 0;
  while (n < text->length && is_digit(text->bytes[n])) n++;
  text->bytes += n;
  text->length -= n;
  return n;
}

/* Passes one of two characters. */
static int pass(slice *text, char one, char other) {
  if (!text->length || (*text->bytes != one && *text->bytes != other)) return 0;
  text->bytes++;
  text->length--;
  return 1;
}

static int is_number(slice text) {
  size_t n;
  pass(&text, '+', '-');
  n = digits(&text);
  if (pass(&text, '.', '.')) n += digits(&text);
  if (!n) return 0;
  if (pass(&text, 'e', 'E')) {
    pass(&text, '+', '-');
    if (!digits(&text)) return 0;
  }
  return text.length == 0;
}

#define SHORT 15 /* digits that a double holds whatever they are */

/* Passes digits, and puts them behind a number's; how many there were. */
static size_t add_digits(slice *text, uint64_t *number) {
  const char *all = text->bytes;
  size_t n = digits(text), i;
  for (i = 0; i < n && i < SHORT; i++)
    *number = *number * 10 + (uint64_t)(all[i] - '0');
  return n;
}

/* A number of few digits, without an exponent. Its digits and the power of ten
** that divides them are exact, so that it is rounded once, as by strtod. */
static int short_number(slice text, double *out) {
  static const double powers[] = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  double sign = text.length && *text.bytes == '-' ? -1 : 1;
  uint64_t number = 0;
  size_t all, decimals = 0;
  pass(&text, '+', '-');
  all = add_digits(&text, &number);
  if (pass(&text, '.', '.')) all += decimals = add_digits(&text, &number);
  if (text.length || !all || all > SHORT) return 0;
  *out = sign * (double)number / powers[decimals];
  return 1;
}

int value_number(slice text, double *out) {
  char copy[64];
  if (FLT_EVAL_METHOD == 0 && short_number(text, out)) return 1;
  if (text.length >= sizeof copy || !is_number(text)) return 0;
  memcpy(copy, text.bytes, text.length);
  copy[text.length] = '\0';
  *out = strtod(copy, NULL);
  return isfinite(*out) != 0;
}

/* ---- dates ---- */

/* `count` digits at the text's start as a number; -1 where they are not. */
static int number_of(slice *text, size_t count) {
  int number = 0;
  size_t i;
  if (text->length < count) return -1;
  for (i = 0; i < count; i++) {
    if (!is_digit(text->bytes[i])) return -1;
    number = number * 10 + text->bytes[i] - '0';
  }
  text->bytes += count;
  text->length -= count;
  return number;
}

int value_month_days(int year, int month) {
  static const char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[month - 1];
}

/* Days since 1970-01-01 in the Gregorian calendar; years count from March so
** that the leap day is the last. */
static int64_t day_number(int year, int month, int day) {
  int y = month > 2 ? year : year - 1;
  int m = month > 2 ? month - 3 : month + 9;
  return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 719469;
}

/* Two digits as a number; far below 0 where they are not. */
static int pair(const char *s) {
  unsigned tens = (unsigned)(s[0] - '0'), ones = (unsigned)(s[1] - '0');
  return tens < 10 && ones < 10 ? (int)(tens * 10 + ones) : -1000000;
}

static int read_day(slice *text, int64_t *day) {
  const char *s = text->bytes;
  int y, m, d;
  if (text->length < VALUE_DATE || s[4] != '-' || s[7] != '-') return 0;
  y = pair(s) * 100 + pair(s + 2);
  m = pair(s + 5);
  d = pair(s + 8);
  if (y < 1 || m < 1 || m > 12 || d < 1 || d > value_month_days(y, m)) return 0;
  *day = day_number(y, m, d);
  *text = text_slice(s + VALUE_DATE, text->length - VALUE_DATE);
  return 1;
}

/* Z, +hh:mm, +hhmm or nothing (UTC); the minutes ahead of UTC. */
static int read_zone(slice *text, int *minutes) {
  int sign = text->length && *text->bytes == '-' ? -1 : 1, h, m;
  *minutes = 0;
  if (!text->length || pass(text, 'Z', 'z')) return 1;
  if (!pass(text, '+', '-')) return 0;
  h = number_of(text, 2);
  pass(text, ':', ':');
  m = number_of(text, 2);
  *minutes = sign * (h * 60 + m);
  return h >= 0 && h < 24 && m >= 0 && m < 60;
}

/* Milliseconds of a fraction: its first three digits count. */
static int read_fraction(slice *text) {
  int fraction = 0, scale = 100;
  for (; text->length && is_digit(*text->bytes); scale /= 10) {
    fraction += scale * (*text->bytes - '0');
    *text = text_slice(text->bytes + 1, text->length - 1);
  }
  return fraction;
}

static int read_clock(slice *text, int64_t *milliseconds) {
  const char *c = text->bytes;
  int h, m, s, fraction;
  if (text->length < 8 || c[2] != ':' || c[5] != ':') return 0;
  h = pair(c);
  m = pair(c + 3);
  s = pair(c + 6);
  if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 60) return 0;
  *text = text_slice(c + 8, text->length - 8);
  fraction = pass(text, '.', '.') ? read_fraction(text) : 0;
  *milliseconds = ((h * 60 + m) * 60 + s) * (int64_t)1000 + fraction;
  return 1;
}

int value_time(slice text, int64_t *out, int *is_date) {
  int64_t day, clock = 0;
  int minutes = 0;
  if (!read_day(&text, &day)) return 0;
  *is_date = text.length == 0;
  if (!*is_date) {
    if (!pass(&text, 'T', ' ') || !read_clock(&text, &clock)) return 0;
    if (!read_zone(&text, &minutes)) return 0;
  }
  *out = (day * 1440 - minutes) * 60000 + clock;
  return text.length == 0;
}

int value_day_of(int year, int month, int day, int64_t *out) {
  if (year < 1 || year > 9999 || month < 1 || month > 12) return 0;
  if (day < 1 || day > value_month_days(year, month)) return 0;
  *out = day_number(year, month, day);
  return 1;
}

/* The reverse of day_number. */
int value_calendar(int64_t day, int *year, int *month, int *of_month) {
  int64_t z = day + 719468, era = z / 146097, of_era = z % 146097;
  int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
  int64_t m = (5 * of_year + 2) / 153;
  if (day < day_number(1, 1, 1) || day > day_number(9999, 12, 31)) return 0;
  *of_month = (int)(of_year - (153 * m + 2) / 5 + 1);
  *year = (int)(y + era * 400 + (m >= 10));
  *month = (int)(m < 10 ? m + 3 : m - 9);
  return 1;
}

int value_write_day(int64_t day, char *out) {
  int y, m, d;
  if (!value_calendar(day, &y, &m, &d)) return 0;
  value_write_pair(y / 100, out);
  value_write_pair(y % 100, out + 2);
  value_write_pair(m, out + 5);
  value_write_pair(d, out + 8);
  out[4] = out[7] = '-';
  return 1;
}

/* Whether the clock behind a date needs no zone to be told off. */
static int is_utc(slice text) {
  return text.length == VALUE_DATE || text.bytes[text.length - 1] == 'Z';
}

int value_date(slice text, char *out) {
  int64_t time;
  int is_date;
  if (!value_time(text, &time, &is_date)) return 0;
  if (is_utc(text)) {
    memcpy(out, text.bytes, VALUE_DATE);
    return 1;
  }
  /* A zone can push the first and the last day out of four digits. */
  return value_write_day(value_day(time), out);
}
