/* answer.h: reads the usual answer of addCredentials: one campaign's rows,
** plainly written.
**
** What is written in any other way, and may be an answer all the same, it does
** not read: that is for a decoder of all JSON. */
#ifndef ANSWER_H
#define ANSWER_H

#include "text.h"

#pragma GCC visibility push(hidden)

enum { ANSWER_TEXTS = 9 };

/* The texts' names, in the order in which a row has them; the first is the id,
** and the last ANSWER_LINKS are links, of which the last is the credential's. */
enum { ANSWER_LINKS = 3 };
extern const char *const answer_texts[ANSWER_TEXTS];

typedef struct answer_row {
  slice texts[ANSWER_TEXTS]; /* as they are written; empty where there is none */
  int status;                /* 0 to 9, or -1 */
} answer_row;

typedef struct answer {
  slice text; /* what is not read yet */
  slice campaign;
  int seen; /* the members around the rows */
} answer;

/* Reads up to the first row; 0 where it is none of these answers. */
int answer_begin(answer *a, slice text);

/* Reads a row; 1, 0 where there is no more, or -1 where it is none of these
** answers. Only after the 0 it is known that it is one. */
int answer_next(answer *a, answer_row *row);

#pragma GCC visibility pop

#endif
