/* plan_run.c: runs a plan on a row: conditions, templates, JSON. */
#define _GNU_SOURCE /* memmem */
#include <string.h>

#include "letter.h"
#include "plan_parts.h"
#include "value.h"

#define MOST_BYTES (64 * 1024 * 1024) /* a batch; far above any request */

void plan_output_open(plan_output *out) {
  buffer_open(&out->json, MOST_BYTES);
  buffer_open(&out->values, MOST_BYTES);
  buffer_open(&out->problems, MOST_BYTES);
  buffer_open(&out->scratch, MOST_BYTES);
  memset(&out->texts, 0, sizeof out->texts);
}

void plan_output_clear(plan_output *out) {
  out->json.length = out->values.length = out->problems.length = 0;
}

void plan_output_close(plan_output *out) {
  buffer_close(&out->json);
  buffer_close(&out->values);
  buffer_close(&out->problems);
  buffer_close(&out->scratch);
  formula_release(&out->texts);
}

/* ---- problems ---- */

typedef enum outcome { FINE, WRONG, FULL } outcome;

/* Adds a line to the problems, unless it is there: several fields may read the
** cell that is at fault. */
static outcome problem(plan_output *out, slice label, const char *text) {
  buffer *b = &out->problems;
  size_t start = b->length, length;
  if (!buffer_add(b, label.bytes, label.length) || !buffer_add(b, " ", 1) ||
      !buffer_add(b, text, strlen(text)) || !buffer_add(b, "\n", 1))
    return FULL;
  length = b->length - start;
  if (memmem(b->bytes, start, b->bytes + start, length)) b->length = start;
  return WRONG;
}

/* ---- templates ---- */

/* Appends a literal; behind an empty cell, without the spaces that would
** follow another space or start the text. */
static int add_literal(buffer *b, slice text, int behind_empty) {
  int spaced = !b->length || b->bytes[b->length - 1] == ' ';
  while (behind_empty && spaced && text.length && *text.bytes == ' ') {
    text.bytes++;
    text.length--;
  }
  return buffer_add(b, text.bytes, text.length);
}

/* A row as the templates see it. */
typedef struct row {
  const slice *cells;
  char id[VALUE_ID];
  int has_id; /* the Id's cell is empty, or held one: -1, 1; 0: neither */
} row;

static void read_id(const plan *p, row *r) {
  slice cell = p->id_cell < p->cells ? r->cells[p->id_cell] : text_slice("", 0);
  r->has_id = cell.length ? value_id(cell, r->id) : -1;
}

/* The Id's text, where the cell holds one of the flow's object. */
static outcome id_text(const plan_part_form *part, const row *r,
                       plan_output *out, slice *text) {
  *text = text_slice(r->id, r->has_id > 0 ? VALUE_ID : 0);
  if (r->has_id < 0) return FINE;
  if (r->has_id && !memcmp(r->id, part->text.bytes, part->text.length))
    return FINE;
  return problem(out, part->label, part->text.length
                 ? "is not a Salesforce Id of the flow's object"
                 : "is not a Salesforce Id");
}

static outcome formula_text(const piece *of, const row *r, plan_output *out,
                            slice *text) {
  formula_value value = formula_run(&of->program, r->cells, &out->texts);
  *text = value.text;
  if (out->texts.is_out) return FULL;
  if (!value.fault) return FINE;
  return problem(out, value.fault->test.label, formula_problem(value.fault));
}

static inline outcome part_text(const piece *of, const row *r,
                                plan_output *out, slice *text) {
  const plan_part_form *form = &of->form;
  switch (form->type) {
    case 'l': *text = form->text; return FINE;
    case 'c': *text = r->cells[form->cell]; return FINE;
    case 'f': return formula_text(of, r, out, text);
    default: return id_text(form, r, out, text);
  }
}

/* A field's text of several parts, in the scratch buffer. */
static outcome compose(const plan *p, const field *f, const row *r,
                       plan_output *out, slice *text) {
  buffer *b = &out->scratch;
  int behind_empty = 0;
  size_t i;
  b->length = 0;
  for (i = 0; i < f->count; i++) {
    const piece *of = &p->parts[f->first + i];
    int is_literal = of->form.type == 'l';
    outcome read = part_text(of, r, out, text);
    if (read != FINE) return read;
    if (!is_literal) behind_empty = text->length == 0;
    if (!add_literal(b, *text, is_literal && behind_empty)) return FULL;
  }
  *text = text_slice(b->length ? b->bytes : "", b->length);
  return FINE;
}

/* ---- output ---- */

/* Copies a value into the output for those who match answers. */
static int keep_value(plan_output *out, int role, slice text) {
  if (role < 0) return 1;
  out->value[role].start = out->values.length;
  out->value[role].length = text.length;
  return buffer_add(&out->values, text.bytes, text.length);
}

static outcome add_value(buffer *b, char type, slice text) {
  char *end;
  if (kind_is_raw(type)) return buffer_add(b, text.bytes, text.length) ? FINE : FULL;
  end = buffer_reserve(b, TEXT_JSON_MOST(text.length));
  if (!end) return FULL;
  end = text_json(end, text);
  if (!end) return WRONG;
  b->length = (size_t)(end - b->bytes);
  return FINE;
}

/* `,"attributes":[{…},{…}]`: the first attribute opens the list, the others take
** no more of that than the comma. */
static outcome add_attribute(buffer *b, const field *f, slice text,
                             int *listed) {
  static const char list[] = ",\"attributes\":[";
  outcome added;
  if (!buffer_add(b, list, *listed ? 1 : sizeof list - 1) ||
      !buffer_add(b, f->form.before.bytes, f->form.before.length))
    return FULL;
  *listed = 1;
  added = add_value(b, 't', text);
  return added == FINE && !buffer_add(b, "}", 1) ? FULL : added;
}

static outcome add_field(buffer *b, const field *f, slice text, int *listed) {
  if (!f->form.before.length)
    return text_valid(text) == text.length ? FINE : WRONG;
  if (kind_is_attribute(f->form.type)) return add_attribute(b, f, text, listed);
  if (!buffer_add(b, f->form.before.bytes, f->form.before.length)) return FULL;
  return add_value(b, f->form.type, text);
}

static outcome add_fixed(const field *f, plan_output *out) {
  return keep_value(out, f->form.role, f->fixed_value) &&
         buffer_add(&out->json, f->fixed_json.bytes, f->fixed_json.length)
    ? FINE : FULL;
}

static outcome add_text(const field *f, slice text, plan_output *out,
                        int *listed) {
  kind_room room;
  outcome added;
  text = text_trim(text);
  if (!text.length) {
    if (f->form.required) return problem(out, f->form.label, "is empty");
    return keep_value(out, f->form.role, text) ? FINE : FULL;
  }
  if (f->convert && !f->convert(&text, &room))
    return problem(out, f->form.label, kind_problem(f->form.type));
  if (f->form.most && text.length > f->form.most &&
      letter_count(text) > f->form.most)
    return problem(out, f->form.label, "is too long");
  if (!keep_value(out, f->form.role, text)) return FULL;
  added = add_field(&out->json, f, text, listed);
  if (added != WRONG) return added;
  return problem(out, f->form.label, "holds bytes that are not valid UTF-8");
}

static outcome run_field(const plan *p, const field *f, const row *r,
                         plan_output *out, int *listed) {
  slice text;
  outcome read;
  if (f->is_fixed) return add_fixed(f, out);
  read = f->count == 1 ? part_text(&p->parts[f->first], r, out, &text)
                       : compose(p, f, r, out, &text);
  return read == FINE ? add_text(f, text, out, listed) : read;
}

/* A credential must not have expired when it is issued. */
static outcome check_dates(plan_output *out) {
  const plan_span *issued = &out->value[PLAN_ISSUED];
  const plan_span *expires = &out->value[PLAN_EXPIRES];
  const char *values = out->values.bytes;
  if (issued->length != VALUE_DATE || expires->length != VALUE_DATE)
    return FINE;
  if (memcmp(values + issued->start, values + expires->start, VALUE_DATE) < 0)
    return FINE;
  return problem(out, text_slice("expireDate", 10), "is not after issueDate");
}

static outcome run_fields(const plan *p, const slice *cells, plan_output *out) {
  outcome result = FINE;
  const char *closing;
  int listed = 0;
  size_t i;
  row r;
  out->value[PLAN_ISSUED].length = out->value[PLAN_EXPIRES].length = 0;
  r.cells = cells;
  read_id(p, &r);
  for (i = 0; i < p->fields_count; i++) {
    outcome one = run_field(p, &p->fields[i], &r, out, &listed);
    if (one > result) result = one;
  }
  if (result == FINE) result = check_dates(out);
  if (result != FINE) return result;
  closing = listed ? "]}" : "}";
  return buffer_add(&out->json, closing, strlen(closing)) ? FINE : FULL;
}

int plan_run_constant(const plan *p, const field *f, plan_output *out) {
  int listed = 0;
  slice cell = text_slice("", 0);
  row none = {&cell, "", -1};
  return run_field(p, f, &none, out, &listed) == FINE;
}

plan_result plan_meets(const plan *p, const slice *cells, plan_output *out) {
  formula_value value;
  out->problems.length = 0;
  formula_clear(&out->texts);
  if (!p->conditions.count) return PLAN_READY;
  value = formula_run(&p->conditions, cells, &out->texts);
  if (out->texts.is_out) return PLAN_NO_MEMORY;
  if (!value.fault) return value.as.truth ? PLAN_READY : PLAN_SKIPPED;
  return problem(out, value.fault->test.label,
                 formula_problem(value.fault)) == WRONG
    ? PLAN_INVALID : PLAN_NO_MEMORY;
}

plan_result plan_fill(const plan *p, const slice *cells, plan_output *out) {
  size_t json = out->json.length, values = out->values.length;
  outcome fields = run_fields(p, cells, out);
  out->credential.start = json;
  out->credential.length = out->json.length - json;
  if (fields == FINE) return PLAN_READY;
  out->json.length = json;
  out->values.length = values;
  return fields == WRONG ? PLAN_INVALID : PLAN_NO_MEMORY;
}
