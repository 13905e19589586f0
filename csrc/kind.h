/* kind.h: what the fields of a credential may hold; their types are in plan.h. */
#ifndef KIND_H
#define KIND_H

#include "text.h"
#include "value.h"

#pragma GCC visibility push(hidden)

/* Whether it is one of the list of attributes; whether its JSON has no quotes. */
static inline int kind_is_attribute(char type) {
  return type == 'a' || type == 'D' || type == 'N';
}

static inline int kind_is_raw(char type) {
  return type == 'b' || type == 'j';
}

/* Where the text of a value is written. */
typedef struct kind_room {
  char bytes[VALUE_DATE];
} kind_room;

/* Replaces a text by its value's, which may be in the room; 0 where it is no
** such value. */
typedef int kind_function(slice *text, kind_room *room);

/* What does so for a type, NULL where any text will do; and what is wrong with
** a text that is no such value. */
kind_function *kind_converter(char type);
const char *kind_problem(char type);

#pragma GCC visibility pop

#endif
