/* fuzz: plans built of arbitrary pieces, run on arbitrary rows. */
#include "plan.h"
#include "target.h"

static char letter(input *in, const char *of) {
  return of[byte(in) % strlen(of)];
}

/* The name of a function. */
static slice name(input *in) {
  static const formula_function *const lists[] = {
    formula_texts, formula_numbers, formula_dates, formula_choices};
  const formula_function *one = lists[byte(in) % 4];
  unsigned count = 0;
  const char *found;
  while (one[count].name) count++;
  found = one[byte(in) % count].name;
  return text_slice(found, strlen(found));
}

static void add(plan *p, input *in) {
  condition_test step;
  plan_field_form field;
  plan_part_form part;
  switch (byte(in) % 3) {
    case 0:
      memset(&step, 0, sizeof step);
      step.op = letter(in, "=!<[>]~;&|-ckfffx");
      step.type = letter(in, "tnbdis0x");
      step.cell = byte(in) % 6;
      step.text = step.label = step.op == 'f' ? name(in) : text(in, 40);
      plan_step(p, step);
      break;
    case 1:
      field.label = field.before = text(in, 40);
      field.type = letter(in, "tecdbjaDNx");
      field.role = (int)(byte(in) % (PLAN_ROLES + 2)) - 1;
      field.required = byte(in) & 1;
      field.most = byte(in) % 20;
      plan_field(p, field);
      break;
    default:
      part.type = letter(in, "lciffx");
      part.cell = byte(in) % 6;
      part.text = part.label = text(in, 40);
      plan_part(p, part);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  input in = {data, data + size, 0};
  plan *p = plan_open(4);
  slice cells[4];
  int i, rows, pieces = (int)(byte(&in) % 24);
  for (i = 0; i < pieces; i++) add(p, &in);
  if (!plan_check(p)) {
    plan_output out;
    plan_output_open(&out);
    for (rows = 0; rows < 4; rows++) {
      size_t before = out.json.length;
      for (i = 0; i < 4; i++) cells[i] = text(&in, 40);
      if ((plan_meets(p, cells, &out) != PLAN_READY ||
           plan_fill(p, cells, &out) != PLAN_READY) &&
          out.json.length != before)
        abort();
    }
    plan_output_close(&out);
  }
  plan_close(p);
  return 0;
}
