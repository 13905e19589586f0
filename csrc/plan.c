/* plan.c: builds a compiled flow and checks that it can run. */
#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include "plan_parts.h"

plan *plan_open(size_t cells) {
  plan *p = calloc(1, sizeof *p);
  if (p) p->cells = p->id_cell = cells;
  return p;
}

void plan_close(plan *p) {
  size_t i;
  if (!p) return;
  while (p->kept) {
    plan_text *next = p->kept->next;
    free(p->kept);
    p->kept = next;
  }
  formula_close(&p->conditions);
  for (i = 0; i < p->parts_count; i++) formula_close(&p->parts[i].program);
  free(p->fields);
  free(p->parts);
  free(p);
}

size_t plan_cells(const plan *p) {
  return p->cells;
}

/* The plan's own copy of a text; 0 without memory. */
static int keep(plan *p, slice *text) {
  plan_text *kept = malloc(sizeof *kept + text->length);
  if (!kept) return 0;
  if (text->length) memcpy(kept->bytes, text->bytes, text->length);
  kept->next = p->kept;
  p->kept = kept;
  *text = text_slice(kept->bytes, text->length);
  return 1;
}

/* Room for one more item in a list of the plan. */
static int grow(void **list, size_t count, size_t size) {
  void *grown;
  if (count & (count - 1)) return 1; /* grows at powers of two only */
  grown = realloc(*list, (count ? 2 * count : 1) * size);
  if (!grown) return 0;
  *list = grown;
  return 1;
}

static const char no_memory[] = "out of memory";

#define GROW(p, list) \
  grow((void **)&(p)->list, (p)->list##_count, sizeof *(p)->list)

/* The one that the next step belongs to, or NULL. */
static formula *current(plan *p) {
  piece *last = p->parts_count ? &p->parts[p->parts_count - 1] : NULL;
  if (!p->fields_count) return &p->conditions;
  return last && last->form.type == 'f' ? &last->program : NULL;
}

const char *plan_step(plan *p, condition_test step) {
  formula *program = current(p);
  p->checked = 0;
  if (!program) return "stands in no formula";
  if (!keep(p, &step.text) || !keep(p, &step.label)) return no_memory;
  return formula_add(program, step, p->cells);
}

const char *plan_field(plan *p, plan_field_form form) {
  p->checked = 0;
  if (!strchr("tecdbjaDN", form.type) || !form.type)
    return "has an unknown type";
  if (form.role < -1 || form.role >= PLAN_ROLES) return "has an unknown role";
  if (!keep(p, &form.label) || !keep(p, &form.before)) return no_memory;
  if (!GROW(p, fields)) return no_memory;
  memset(&p->fields[p->fields_count], 0, sizeof *p->fields);
  p->fields[p->fields_count].form = form;
  p->fields[p->fields_count].convert = kind_converter(form.type);
  p->fields[p->fields_count++].first = p->parts_count;
  return NULL;
}

const char *plan_part(plan *p, plan_part_form form) {
  p->checked = 0;
  if (!p->fields_count) return "stands in front of its field";
  if (!strchr("lcif", form.type) || !form.type) return "has an unknown type";
  if (strchr("ci", form.type) && form.cell >= p->cells) return "reads no column";
  if (text_valid(form.text) != form.text.length) return "is not valid UTF-8";
  if (form.type == 'i') {
    if (form.text.length > 15) return "has a long prefix";
    if (p->id_cell != p->cells && p->id_cell != form.cell)
      return "reads a second column of Ids";
    p->id_cell = form.cell;
  }
  if (!keep(p, &form.text) || !keep(p, &form.label)) return no_memory;
  if (!GROW(p, parts)) return no_memory;
  memset(&p->parts[p->parts_count], 0, sizeof *p->parts);
  p->parts[p->parts_count++].form = form;
  p->fields[p->fields_count - 1].count++;
  return NULL;
}

/* The attributes must stand together, at the end: they share one list. */
static int attributes_are_last(const plan *p) {
  size_t i;
  int seen = 0;
  for (i = 0; i < p->fields_count; i++) {
    const plan_field_form *form = &p->fields[i].form;
    if (seen && !kind_is_attribute(form->type) && form->before.length) return 0;
    seen |= kind_is_attribute(form->type);
  }
  return 1;
}

static int is_constant(const plan *p, const field *f) {
  size_t i;
  for (i = 0; i < f->count; i++)
    if (p->parts[f->first + i].form.type != 'l') return 0;
  /* Whether an attribute is the first of its list differs by row. */
  return !kind_is_attribute(f->form.type);
}

/* Makes a constant field's value and JSON once and for all. */
static const char *fix(plan *p, field *f) {
  plan_output out;
  if (!is_constant(p, f)) return NULL;
  plan_output_open(&out);
  f->is_fixed = plan_run_constant(p, f, &out);
  f->fixed_json = text_slice(out.json.bytes, out.json.length);
  f->fixed_value = text_slice(out.values.bytes, out.values.length);
  f->is_fixed &= keep(p, &f->fixed_json) && keep(p, &f->fixed_value);
  plan_output_close(&out);
  return f->is_fixed ? NULL : "has a constant that no credential can have";
}

/* Each formula gives a text; the conditions give a truth, if there are any. */
static const char *check_formulas(const plan *p) {
  size_t i;
  if (p->conditions.count && !formula_gives(&p->conditions, 'b'))
    return "leaves conditions that nothing joins";
  for (i = 0; i < p->parts_count; i++)
    if (p->parts[i].form.type == 'f' &&
        !formula_gives(&p->parts[i].program, 't'))
      return "has a formula that gives no text";
  return NULL;
}

const char *plan_check(plan *p) {
  const char *wrong = check_formulas(p);
  size_t i;
  if (!p->fields_count || !p->fields[0].form.before.length ||
      !p->fields[0].form.required)
    return "needs a first field that is always there";
  if (!attributes_are_last(p)) return "has a field behind the attributes";
  for (i = 0; i < p->fields_count && !wrong; i++)
    wrong = fix(p, &p->fields[i]);
  p->checked = wrong == NULL;
  return wrong;
}
