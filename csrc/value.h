/* value.h: reads a cell's text as a date, a number, a boolean or an Id.
**
** Each function returns 0 where the text is no such value. Blanks around a
** value are not forgiven: Salesforce writes none. */
#ifndef VALUE_H
#define VALUE_H

#include <stdint.h>

#include "text.h"

#pragma GCC visibility push(hidden)

#define VALUE_DATE 10 /* YYYY-MM-DD */
#define VALUE_ID 18

/* true, false, 1, 0, yes, no, ... as Data Loader reads them. */
int value_boolean(slice text, int *out);

/* Digits with a sign, a fraction and an exponent; finite. */
int value_number(slice text, double *out);

/* A date, or a date-time, as milliseconds of UTC since 1970. `is_date` says
** that there was no time of day. */
int value_time(slice text, int64_t *out, int *is_date);

#define VALUE_DAY 86400000 /* milliseconds */

/* The day since 1970 of such a time. */
static inline int64_t value_day(int64_t time) {
  return time / VALUE_DAY - (time % VALUE_DAY < 0);
}

/* A day of the Gregorian calendar as its number since 1970 and back; 0 where
** there is none, or it is not between the years 1 and 9999. */
int value_day_of(int year, int month, int day, int64_t *out);
int value_calendar(int64_t day, int *year, int *month, int *of_month);
int value_month_days(int year, int month); /* month is 1 to 12 */

/* Writes a number of two digits; a day as VALUE_DATE bytes, 0 where there is
** none. */
static inline void value_write_pair(int number, char *out) {
  out[0] = (char)('0' + number / 10);
  out[1] = (char)('0' + number % 10);
}
int value_write_day(int64_t day, char *out);

/* The UTC date of a date or a date-time; VALUE_DATE bytes. */
int value_date(slice text, char *out);

/* A Salesforce Id in its form of 18 characters. 15 characters get their
** checksum, unless all their letters, two or more, are of one case: a
** spreadsheet may have folded them. 18 that one folded are restored. */
int value_id(slice text, char *out);

/* The same of 15 characters that are known to be as Salesforce wrote them. */
int value_widen(slice text, char *out);

#pragma GCC visibility pop

#endif
