/* decimal.h: numbers as people of different countries write them. */
#ifndef DECIMAL_H
#define DECIMAL_H

#include "text.h"

#pragma GCC visibility push(hidden)

#define DECIMAL_MOST 40 /* longer texts are left as they are */

/* Which mark a number's decimals stand behind: ',' or '.'; '?' where its only
** mark may as well group its digits; 0 where there is none, or no number. */
char decimal_mark(slice text);

/* Writes a number as Salesforce's API would, without what groups its digits
** and without the code of a currency: what was written, or the text itself
** where it is not of that mark. */
slice decimal_of(slice text, char mark, char *out);

#pragma GCC visibility pop

#endif
