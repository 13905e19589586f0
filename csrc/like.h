/* like.h: patterns as SOQL's LIKE has them. */
#ifndef LIKE_H
#define LIKE_H

#include "text.h"

#pragma GCC visibility push(hidden)

/* Whether a text fits a pattern, whatever the case of letters: % is any text, _
** any character, and a \ takes the meaning from what is behind it. Both must be
** valid UTF-8. */
int like_fits(slice text, slice pattern);

#pragma GCC visibility pop

#endif
