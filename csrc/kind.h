/* kind.h: what the fields of a credential may hold; their types are in plan.h. */
#ifndef KIND_H
#define KIND_H

#include "text.h"

#pragma GCC visibility push(hidden)

/* Whether it is one of the list of attributes; whether its JSON has no quotes. */
int kind_is_attribute(char type);
int kind_is_raw(char type);

/* Replaces a text by its value's, for which `room` has VALUE_DATE bytes; 0
** where it is no such value, and then what is wrong. */
int kind_convert(char type, slice *text, char *room);
const char *kind_problem(char type);

#pragma GCC visibility pop

#endif
