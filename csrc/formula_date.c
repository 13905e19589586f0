/* formula_date.c: the formula functions of dates and date-times. */
#include <math.h>

#include "formula.h"
#include "value.h"

/* A day, if it is one between the years 1 and 9999. */
static int give(formula_value *a, double time) {
  int y, m, d;
  if (!(fabs(time) < 1e15)) return 0;
  a->as.time = (int64_t)time;
  return value_calendar(value_day(a->as.time), &y, &m, &d);
}

static int date_value(formula_memory *m, formula_value *a) {
  (void)m;
  a->as.time = value_day(a->as.time) * VALUE_DAY;
  return 1;
}

static int time_of_text(formula_memory *m, formula_value *a) {
  int is_date;
  (void)m;
  a->is_null = a->text.length == 0;
  return a->is_null || value_time(a->text, &a->as.time, &is_date);
}

static int date_of_text(formula_memory *m, formula_value *a) {
  return time_of_text(m, a) && (a->is_null || date_value(m, a));
}

static int date_of_parts(formula_memory *m, formula_value *a) {
  double y = a[0].as.number, month = a[1].as.number, d = a[2].as.number;
  int64_t day;
  (void)m;
  if (!(fabs(y) < 1e5 && fabs(month) < 1e5 && fabs(d) < 1e5)) return 0;
  if (!value_day_of((int)y, (int)month, (int)d, &day)) return 0;
  a->as.time = day * VALUE_DAY;
  return 1;
}

/* The last day of a month stays the last day; a day that the month has not
** becomes its last. */
static int add_months(formula_memory *memory, formula_value *a) {
  int64_t day = value_day(a->as.time), clock = a->as.time - day * VALUE_DAY;
  double months = trunc(a[1].as.number);
  int y, m, d, last;
  (void)memory;
  if (!(fabs(months) < 120000) || !value_calendar(day, &y, &m, &d)) return 0;
  last = d == value_month_days(y, m);
  m += (int)months - 1;
  y += m / 12 - (m % 12 < 0);
  m = (m % 12 + 12) % 12 + 1;
  if (y < 1 || y > 9999) return 0;
  if (last || d > value_month_days(y, m)) d = value_month_days(y, m);
  if (!value_day_of(y, m, d, &day)) return 0;
  a->as.time = day * VALUE_DAY + clock;
  return 1;
}

static int part(formula_value *a, int which) {
  int parts[3];
  if (!value_calendar(value_day(a->as.time), parts, parts + 1, parts + 2))
    return 0;
  a->as.number = parts[which];
  return 1;
}

static int year(formula_memory *m, formula_value *a) {
  (void)m;
  return part(a, 0);
}

static int month(formula_memory *m, formula_value *a) {
  (void)m;
  return part(a, 1);
}

static int day_of(formula_memory *m, formula_value *a) {
  (void)m;
  return part(a, 2);
}

/* ---- reckoning: a day is 1; of a date only whole days count ---- */

static int add_days(formula_memory *m, formula_value *a) {
  (void)m;
  return give(a, (double)a[0].as.time + trunc(a[1].as.number) * VALUE_DAY);
}

static int add_time(formula_memory *m, formula_value *a) {
  (void)m;
  return give(a, (double)a[0].as.time + round(a[1].as.number * VALUE_DAY));
}

static int difference(formula_memory *m, formula_value *a) {
  (void)m;
  a->as.number = (double)(a[0].as.time - a[1].as.time) / VALUE_DAY;
  return 1;
}

static int equal(formula_memory *m, formula_value *a) {
  (void)m;
  a->as.truth = a[0].is_null || a[1].is_null
    ? a[0].is_null && a[1].is_null : a[0].as.time == a[1].as.time;
  a->is_null = 0;
  return 1;
}

static int less(formula_memory *m, formula_value *a) {
  (void)m;
  a->as.truth = a[0].as.time < a[1].as.time;
  return 1;
}

static int at_most(formula_memory *m, formula_value *a) {
  (void)m;
  a->as.truth = a[0].as.time <= a[1].as.time;
  return 1;
}

/* ---- as text ---- */

static int date_text(formula_memory *m, formula_value *a) {
  char *room = formula_room(m, VALUE_DATE);
  a->text = text_slice(room, VALUE_DATE);
  return room && value_write_day(value_day(a->as.time), room);
}

/* YYYY-MM-DD hh:mm:ssZ */
static int time_text(formula_memory *m, formula_value *a) {
  int64_t day = value_day(a->as.time);
  int seconds = (int)((a->as.time - day * VALUE_DAY) / 1000);
  char *room = formula_room(m, 20);
  a->text = text_slice(room, 20);
  if (!room || !value_write_day(day, room)) return 0;
  room[10] = ' ';
  value_write_pair(seconds / 3600, room + 11);
  value_write_pair(seconds / 60 % 60, room + 14);
  value_write_pair(seconds % 60, room + 17);
  room[13] = room[16] = ':';
  room[19] = 'Z';
  return 1;
}

static const char no_date[] = "is not a date (YYYY-MM-DD)";
static const char no_time[] = "is not a date-time (YYYY-MM-DDThh:mm:ssZ)";
static const char out_of_range[] = "makes a date that no calendar has";

const formula_function formula_dates[] = {
  {"DATEVALUEs", "s", 'd', 0, date_value, NULL},
  {"DATEVALUEt", "t", 'd', 0, date_of_text, no_date},
  {"DATETIMEVALUEt", "t", 's', 0, time_of_text, no_time},
  {"DATE", "nnn", 'd', 0, date_of_parts, out_of_range},
  {"ADDMONTHSd", "dn", 'd', 0, add_months, out_of_range},
  {"ADDMONTHSs", "sn", 's', 0, add_months, out_of_range},
  {"YEAR", "d", 'n', 0, year, out_of_range},
  {"MONTH", "d", 'n', 0, month, out_of_range},
  {"DAY", "d", 'n', 0, day_of, out_of_range},
  {"+d", "dn", 'd', 0, add_days, out_of_range},
  {"+s", "sn", 's', 0, add_time, out_of_range},
  {"-dd", "dd", 'n', 0, difference, NULL},
  {"-ss", "ss", 'n', 0, difference, NULL},
  {"=d", "dd", 'b', 'n', equal, NULL},
  {"=s", "ss", 'b', 'n', equal, NULL},
  {"<d", "dd", 'b', 0, less, NULL},
  {"<s", "ss", 'b', 0, less, NULL},
  {"<=d", "dd", 'b', 0, at_most, NULL},
  {"<=s", "ss", 'b', 0, at_most, NULL},
  {"TEXTd", "d", 't', 0, date_text, out_of_range},
  {"TEXTs", "s", 't', 0, time_text, out_of_range},
  {NULL, NULL, 0, 0, NULL, NULL}};
