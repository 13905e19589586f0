/* fuzz: formulas whose steps fit each other, run on arbitrary cells. */
#include "formula.h"
#include "target.h"

#define CELLS 3

/* A function that fits what lies on the stack, if there is one. */
static void add_function(formula *f, input *in) {
  static const formula_function *const lists[] = {
    formula_texts, formula_numbers, formula_dates, formula_choices};
  const formula_function *one = lists[byte(in) % 4];
  unsigned skip = byte(in) % 24;
  condition_test step;
  memset(&step, 0, sizeof step);
  step.op = 'f';
  for (; one->name; one++) {
    step.text = text_slice(one->name, strlen(one->name));
    if (skip-- && one[1].name) continue;
    if (!formula_add(f, step, CELLS)) return;
  }
}

static void add(formula *f, input *in) {
  condition_test step;
  unsigned what = byte(in) % 4;
  if (what == 0) {
    add_function(f, in);
    return;
  }
  memset(&step, 0, sizeof step);
  step.op = what == 1 ? 'c' : what == 2 ? 'k' : "=!<[>]~;&|-"[byte(in) % 11];
  step.type = "tnbdsi"[byte(in) % 6];
  step.cell = byte(in) % CELLS;
  if (what > 1) step.text = text(in, 30);
  (void)formula_add(f, step, CELLS);
}

static void must_be_same(slice a, slice b) {
  must(a.length == b.length);
  must(!a.length || !memcmp(a.bytes, b.bytes, a.length));
}

/* The same as if all of it is run, but for what has no room then. */
static void compare(formula *f, const slice *cells, formula_value value) {
  formula_memory m;
  formula_value all;
  char type = f->types[f->depth - 1];
  size_t i;
  memset(&m, 0, sizeof m);
  for (i = 0; i < f->count; i++) f->steps[i].idle = 0;
  all = formula_run(f, cells, &m);
  if (!all.fault || !strstr(formula_problem(all.fault), "makes too")) {
    must(all.fault == value.fault);
    if (!all.fault && type == 'b') must(all.as.truth == value.as.truth);
    if (!all.fault && type == 't') must_be_same(all.text, value.text);
    if (!all.fault && strchr("nds", type)) must(all.is_null == value.is_null);
  }
  formula_release(&m);
}

/* A text must be valid UTF-8: it goes into JSON as it is. */
static formula_value check(const formula *f, const slice *cells,
                           formula_memory *m) {
  formula_value value = formula_run(f, cells, m);
  if (value.fault && !formula_problem(value.fault)) abort();
  if (!value.fault && f->types[f->depth - 1] == 't')
    must(text_valid(value.text) == value.text.length);
  return value;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  input in = {data, data + size, 0};
  formula f;
  formula_memory m;
  slice cells[CELLS];
  unsigned i, steps = byte(&in) % 40;
  memset(&f, 0, sizeof f);
  memset(&m, 0, sizeof m);
  for (i = 0; i < CELLS; i++) cells[i] = text(&in, 30);
  for (i = 0; i < steps; i++) add(&f, &in);
  if (f.depth) check(&f, cells, &m);
  formula_clear(&m);
  if (f.depth) compare(&f, cells, check(&f, cells, &m));
  formula_release(&m);
  formula_close(&f);
  return 0;
}
