/* formula_choice.c: the formula functions that choose between values. */
#include "formula.h"

/* A condition that cannot be told makes no choice; what is not chosen may be
** at fault. */
static int choose(formula_memory *m, formula_value *a) {
  (void)m;
  if (a[0].fault) return 1;
  a[0] = a[0].as.truth ? a[1] : a[2];
  return 1;
}

/* CASE, from its last to its first: what it is so far, whether another choice
** is right, and that choice. */
static int choose_again(formula_memory *m, formula_value *a) {
  (void)m;
  if (a[1].fault) a[0].fault = a[1].fault;
  else if (a[1].as.truth) a[0] = a[2];
  return 1;
}

static int is_null(formula_memory *m, formula_value *a) {
  (void)m;
  a->as.truth = a->is_null;
  a->is_null = 0;
  return 1;
}

static int or_else(formula_memory *m, formula_value *a) {
  (void)m;
  if (!a[0].fault && a[0].is_null) a[0] = a[1];
  return 1;
}

static int text_or_else(formula_memory *m, formula_value *a) {
  (void)m;
  if (!a[0].fault && !a[0].text.length) a[0] = a[1];
  return 1;
}

static int equal(formula_memory *m, formula_value *a) {
  (void)m;
  a->as.truth = a[0].as.truth == a[1].as.truth;
  return 1;
}

static int text(formula_memory *m, formula_value *a) {
  (void)m;
  a->text = a->as.truth ? text_slice("true", 4) : text_slice("false", 5);
  return 1;
}

const formula_function formula_choices[] = {
  {"IF", "b??", '?', 'l', choose, NULL},
  {"CASE", "?b?", '?', 'l', choose_again, NULL},
  {"ISBLANKn", "n", 'b', 'n', is_null, NULL},
  {"ISBLANKd", "d", 'b', 'n', is_null, NULL},
  {"ISBLANKs", "s", 'b', 'n', is_null, NULL},
  {"BLANKVALUEt", "tt", 't', 'l', text_or_else, NULL},
  {"BLANKVALUEn", "nn", 'n', 'l', or_else, NULL},
  {"BLANKVALUEd", "dd", 'd', 'l', or_else, NULL},
  {"BLANKVALUEs", "ss", 's', 'l', or_else, NULL},
  {"=b", "bb", 'b', 0, equal, NULL},
  {"TEXTb", "b", 't', 0, text, NULL},
  {NULL, NULL, 0, 0, NULL, NULL}};
