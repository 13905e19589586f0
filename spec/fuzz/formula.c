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

/* A text must be valid UTF-8: it goes into JSON as it is. */
static void check(const formula *f, const slice *cells, formula_memory *m) {
  formula_value value = formula_run(f, cells, m);
  if (value.fault && !formula_problem(value.fault)) abort();
  if (value.fault || f->types[f->depth - 1] != 't') return;
  if (text_valid(value.text) != value.text.length) abort();
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
  if (f.depth) check(&f, cells, &m);
  formula_release(&m);
  formula_close(&f);
  return 0;
}
