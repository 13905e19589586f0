/* plan_run.c: runs a plan on a row: conditions, templates, JSON. */
#define _GNU_SOURCE /* memmem */
#include <string.h>

#include "plan_parts.h"
#include "value.h"

#define MOST_BYTES (64 * 1024 * 1024) /* a batch; far above any request */

void plan_output_open(plan_output *out) {
  buffer_open(&out->json, MOST_BYTES);
  buffer_open(&out->values, MOST_BYTES);
  buffer_open(&out->problems, MOST_BYTES);
  buffer_open(&out->scratch, MOST_BYTES);
}

void plan_output_clear(plan_output *out) {
  out->json.length = out->values.length = out->problems.length = 0;
}

void plan_output_close(plan_output *out) {
  buffer_close(&out->json);
  buffer_close(&out->values);
  buffer_close(&out->problems);
  buffer_close(&out->scratch);
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

static const char *wants(char type) {
  switch (type) {
    case 'b': return "is neither true nor false";
    case 'c': return "is not a campaign's ID";
    case 'd': return "is not a date (YYYY-MM-DD)";
    default: return "is not an e-mail address";
  }
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

/* A part's text, an Id in its form of 18 characters; 0 where it is no Id. */
static int part_text(const plan_part_form *part, const slice *cells, char *id,
                     slice *text) {
  *text = part->type == 'l' ? part->text : cells[part->cell];
  if (part->type != 'i' || !text->length) return 1;
  if (!value_id(*text, id)) return 0;
  *text = text_slice(id, VALUE_ID);
  return !memcmp(id, part->text.bytes, part->text.length);
}

/* The field's text: the cell itself where the template is one cell, elsewhere
** composed in the scratch buffer. */
static outcome compose(const plan *p, const field *f, const slice *cells,
                       plan_output *out, slice *text) {
  const plan_part_form *part = p->parts + f->first;
  buffer *b = &out->scratch;
  int behind_empty = 0;
  char id[VALUE_ID];
  size_t i;
  b->length = 0;
  if (f->count == 1 && part->type == 'c') {
    *text = cells[part->cell];
    return FINE;
  }
  for (i = 0; i < f->count; i++, part++) {
    if (!part_text(part, cells, id, text))
      return problem(out, part->label, part->text.length
                     ? "is not a Salesforce Id of the flow's object"
                     : "is not a Salesforce Id");
    if (part->type != 'l') behind_empty = text->length == 0;
    if (!add_literal(b, *text, part->type == 'l' && behind_empty)) return FULL;
  }
  *text = text_slice(b->bytes, b->length);
  return FINE;
}

/* ---- types ---- */

/* What only a mistake or an attack puts into an address. */
static int is_odd(char c) {
  static const char odd[128] = {
    ['"'] = 1, ['('] = 1, [')'] = 1, [','] = 1, [':'] = 1, [';'] = 1,
    ['<'] = 1, ['>'] = 1, ['['] = 1, ['\\'] = 1, [']'] = 1, [127] = 1};
  return (signed char)c >= 0 && (c <= ' ' || odd[(unsigned char)c]);
}

/* Parts between dots, none empty: at least `least` of them, nothing odd. */
static int is_dotted(slice text, size_t least) {
  size_t i, parts = 1;
  char last = '.';
  for (i = 0; i < text.length; last = text.bytes[i++]) {
    char c = text.bytes[i];
    if (c == '.' && last == '.') return 0;
    parts += c == '.';
  }
  return last != '.' && parts >= least;
}

static int is_email(slice text) {
  const char *at = memchr(text.bytes, '@', text.length);
  const char *end = text.bytes + text.length;
  size_t i;
  if (!at || at - text.bytes > 64 || text.length > 254) return 0;
  if (memchr(at + 1, '@', (size_t)(end - at - 1))) return 0;
  for (i = 0; i < text.length; i++)
    if (is_odd(text.bytes[i])) return 0;
  return is_dotted(text_slice(text.bytes, (size_t)(at - text.bytes)), 1) &&
         is_dotted(text_slice(at + 1, (size_t)(end - at - 1)), 2);
}

/* Sertifier's ids: 8 to 64 of A-Z a-z 0-9 _ - */
static int is_campaign(slice text) {
  size_t i;
  if (text.length < 8 || text.length > 64) return 0;
  for (i = 0; i < text.length; i++) {
    unsigned char c = text_lower(text.bytes[i]);
    if ((unsigned char)(c - 'a') >= 26 && (unsigned char)(c - '0') >= 10 &&
        c != '_' && c != '-')
      return 0;
  }
  return 1;
}

/* Replaces a text by its value's; `room` has VALUE_DATE bytes. */
static int convert(char type, slice *text, char *room) {
  int truth;
  switch (type) {
    case 'e': return is_email(*text);
    case 'c': return is_campaign(*text);
    case 'b':
      if (!value_boolean(*text, &truth)) return 0;
      *text = truth ? text_slice("true", 4) : text_slice("false", 5);
      return 1;
    case 'd':
      if (!value_date(*text, room)) return 0;
      *text = text_slice(room, VALUE_DATE);
      return 1;
    default: return 1;
  }
}

/* ---- output ---- */

/* Copies a value into the output for those who match answers. */
static int keep_value(plan_output *out, int role, slice text) {
  if (role < 0) return 1;
  out->value[role].start = out->values.length;
  out->value[role].length = text.length;
  return buffer_add(&out->values, text.bytes, text.length);
}

static int is_raw(char type) {
  return type == 'b' || type == 'j';
}

static int add_value(buffer *b, char type, slice text) {
  char *end;
  if (is_raw(type)) return buffer_add(b, text.bytes, text.length);
  end = buffer_reserve(b, TEXT_JSON_MOST(text.length));
  if (!end) return 0;
  b->length += (size_t)(text_json(end, text) - end);
  return 1;
}

/* `,"attributes":[{…},{…}]`: the list is opened by its first attribute. */
static int add_attribute(buffer *b, const field *f, slice text, int *listed) {
  static const char list[] = ",\"attributes\":[";
  const char *opening = *listed ? "," : list;
  *listed = 1;
  return buffer_add(b, opening, strlen(opening)) &&
         buffer_add(b, f->form.before.bytes, f->form.before.length) &&
         add_value(b, 't', text) && buffer_add(b, "}", 1);
}

static int add_field(buffer *b, const field *f, slice text, int *listed) {
  if (!f->form.before.length) return 1;
  if (f->form.type == 'a') return add_attribute(b, f, text, listed);
  return buffer_add(b, f->form.before.bytes, f->form.before.length) &&
         add_value(b, f->form.type, text);
}

static outcome run_field(const plan *p, const field *f, const slice *cells,
                         plan_output *out, int *listed) {
  char room[VALUE_DATE];
  slice text;
  outcome composed = compose(p, f, cells, out, &text);
  if (composed != FINE) return composed;
  text = text_trim(text);
  if (!text.length) {
    if (f->form.required) return problem(out, f->form.label, "is empty");
    return keep_value(out, f->form.role, text) ? FINE : FULL;
  }
  if (text_valid(text) != text.length)
    return problem(out, f->form.label, "holds bytes that are not valid UTF-8");
  if (!convert(f->form.type, &text, room))
    return problem(out, f->form.label, wants(f->form.type));
  if (!keep_value(out, f->form.role, text)) return FULL;
  return add_field(&out->json, f, text, listed) ? FINE : FULL;
}

static outcome run_fields(const plan *p, const slice *cells, plan_output *out) {
  outcome result = FINE;
  const char *closing;
  int listed = 0;
  size_t i;
  for (i = 0; i < p->fields_count; i++) {
    outcome one = run_field(p, &p->fields[i], cells, out, &listed);
    if (one > result) result = one;
  }
  if (result != FINE) return result;
  closing = listed ? "]}" : "}";
  return buffer_add(&out->json, closing, strlen(closing)) ? FINE : FULL;
}

static plan_result run_condition(const plan *p, const slice *cells,
                                 plan_output *out) {
  const condition_step *fault;
  switch (condition_run(p->steps, p->steps_count, cells, &fault)) {
    case CONDITION_TRUE: return PLAN_READY;
    case CONDITION_FALSE: return PLAN_SKIPPED;
    default: break;
  }
  return problem(out, fault->label, condition_problem(fault)) == WRONG
    ? PLAN_INVALID : PLAN_NO_MEMORY;
}

plan_result plan_run(const plan *p, const slice *cells, plan_output *out) {
  size_t json = out->json.length, values = out->values.length;
  plan_result result;
  outcome fields;
  out->problems.length = 0;
  result = run_condition(p, cells, out);
  if (result != PLAN_READY) return result;
  fields = run_fields(p, cells, out);
  out->credential.start = json;
  out->credential.length = out->json.length - json;
  if (fields == FINE) return PLAN_READY;
  out->json.length = json;
  out->values.length = values;
  return fields == WRONG ? PLAN_INVALID : PLAN_NO_MEMORY;
}
