/* date.h: dates as people of different countries write them. */
#ifndef DATE_H
#define DATE_H

#include "text.h"

#pragma GCC visibility push(hidden)

/* How a text says which number is the day: 'y'ear, month, day; 'd'ay, month,
** year; 'm'onth, day, year; '?' where both of these would do; 0 where it is no
** such date. What starts with a year of four digits needs no order. */
char date_order(slice text);

/* Writes a date, or a date-time, as Salesforce's API would, without its zone,
** which no report names: what was written, 19 bytes at the most, or the text
** itself where it is not of that order. */
slice date_of(slice text, char order, char *out);

#pragma GCC visibility pop

#endif
