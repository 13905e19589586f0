/* feed_scan.c: what the bytes of JSON are to its records. */
#include <string.h>

#include "feed_parts.h"
#include "value.h"

/* ---- where bytes go ---- */

static buffer *target(feed *f) {
  return f->in_record ? &f->record : &f->around;
}

static void put(feed *f, const char *bytes, size_t length) {
  buffer *b = target(f);
  if (buffer_add(b, bytes, length)) return;
  f->over = 1;
  f->is_out |= length < b->cap - b->length;
}

/* A number is quoted: here it begins, and there it ends. */
static void begin_number(feed *f) {
  put(f, "\"", 1);
  f->number = target(f)->length + 1;
}

static void end_number(feed *f) {
  const buffer *b = target(f);
  double ignored;
  slice text = text_slice(b->bytes + f->number - 1, b->length - f->number + 1);
  if (!f->over && !value_number(text, &ignored)) f->wrong = 1;
  f->number = 0;
  put(f, "\"", 1);
}

static void begin(feed *f, buffer *b) {
  b->length = 0;
  f->over = f->wrong = 0;
  f->start = f->line;
}

/* ---- structure ---- */

static enum word word_of(const feed *f) {
  if (f->word_length == 7 && !memcmp(f->word, "records", 7)) return RECORDS;
  if (f->word_length == 6 && !memcmp(f->word, "result", 6)) return RESULT;
  return OTHER;
}

/* Whether the array that opens now holds the records. */
static int is_list(const feed *f) {
  if (f->depth == 0) return 1;
  if (f->top != '{') return 0;
  if (f->depth == 1) return f->key[1] == RECORDS;
  return f->depth == 2 && f->key[1] == RESULT && f->key[2] == RECORDS;
}

static void open_bracket(feed *f, char c) {
  if (f->depth == 0) {
    begin(f, &f->around);
    f->top = c;
    f->had_list = 0;
  }
  if (c == '[' && !f->list && is_list(f)) {
    f->list = f->depth + 1;
    f->had_list = 1;
  } else if (c == '{' && f->list == f->depth && f->list) {
    f->in_record = 1;
    begin(f, &f->record);
  }
  put(f, &c, 1);
  f->depth++;
  if (f->depth < 3) f->key[f->depth] = OTHER;
}

/* What came of a text or a record that is whole now. */
static feed_result give(feed *f, feed_result result) {
  f->problem = f->over ? "is longer than 16 MiB"
             : f->wrong ? "holds a number that is none" : NULL;
  return f->problem && result == FEED_RECORD ? FEED_FAULT : result;
}

/* 1 where `*result` tells what was closed. */
static int close_bracket(feed *f, char c, feed_result *result) {
  put(f, &c, 1);
  f->depth--;
  if (f->in_record && f->depth == f->list) {
    *result = give(f, FEED_RECORD);
    return 1;
  }
  if (f->list > f->depth) f->list = 0;
  if (f->depth) return 0;
  *result = give(f, f->had_list ? FEED_ENVELOPE : FEED_RECORD);
  return 1;
}

/* ---- bytes ---- */

/* The last word read, as far as it is looked at. */
static void keep_word(feed *f, const char *bytes, size_t length) {
  size_t room = sizeof f->word - f->word_length;
  if (room > length) room = length;
  memcpy(f->word + f->word_length, bytes, room);
  f->word_length += room;
}

/* Copies a string's bytes up to what ends it, escapes in it, or breaks. */
static void pass_string(feed *f) {
  size_t from = f->at;
  char c = 0;
  while (f->at < f->end) {
    c = f->room[f->at];
    if (c == '"' || c == '\\' || c == '\n' || f->escaped) break;
    f->at++;
  }
  keep_word(f, f->room + from, f->at - from);
  put(f, f->room + from, f->at - from);
  if (f->at == f->end || (c == '\n' && f->lines)) return;
  put(f, &c, 1);
  f->at++;
  if (f->escaped) f->escaped = 0;
  else if (c == '\\') f->escaped = 1;
  else if (c == '"') f->in_string = 0;
  f->line += c == '\n';
}

static int is_digit(char c) {
  return (unsigned)(c - '0') < 10;
}

static int goes_on_number(char c) {
  return is_digit(c) || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-';
}

/* Between texts: passes blanks; 0 where something else stands there. */
static int pass_blank(feed *f, char c) {
  if (!strchr(" \t\r\n,", c) || !c) return 0;
  f->at++;
  f->line += c == '\n';
  return 1;
}

static void pass_plain(feed *f, char c) {
  if ((is_digit(c) || c == '-') && !f->number) begin_number(f);
  if (c == ':' && f->depth && f->depth < 3 && !f->in_record)
    f->key[f->depth] = word_of(f);
  if (c == '"') {
    f->in_string = 1;
    f->word_length = 0;
  }
  f->line += c == '\n';
  /* Nothing is left between the records that were taken out. */
  if (c != ',' || f->in_record || f->depth != f->list) put(f, &c, 1);
}

/* One byte that is in no string; 1 where `*result` tells what it ends. */
static int pass_byte(feed *f, char c, feed_result *result) {
  if (f->number && !goes_on_number(c)) end_number(f);
  f->at++;
  if (c == '{' || c == '[') open_bracket(f, c);
  else if (c == '}' || c == ']') return close_bracket(f, c, result);
  else pass_plain(f, c);
  return 0;
}

/* ---- from text to text ---- */

/* Forgets what is open. */
static void reset(feed *f) {
  f->depth = f->list = f->number = 0;
  f->in_record = f->in_string = f->escaped = 0;
}

static feed_result fault(feed *f, const char *problem) {
  f->problem = problem;
  return FEED_FAULT;
}

/* What stands where a text should is told once a line, which is passed. */
static feed_result pass_junk(feed *f) {
  f->start = f->line;
  f->in_junk = 1;
  return fault(f, "is not JSON");
}

static void pass_junk_on(feed *f) {
  while (f->at < f->end && f->room[f->at] != '\n') f->at++;
  f->in_junk = f->at == f->end;
}

/* A line that ends inside its record. */
static feed_result give_up_line(feed *f) {
  reset(f);
  return fault(f, "is not JSON: the line ends before its record does");
}

feed_result feed_end(feed *f) {
  int inside = f->in_record || (f->depth && !f->had_list);
  f->cut |= f->depth > 0;
  if (inside) {
    reset(f);
    return fault(f, "is cut: the export ends inside of it");
  }
  return FEED_END;
}

int feed_scan(feed *f, feed_result *result) {
  while (f->at < f->end) {
    char c = f->room[f->at];
    if (f->lines && c == '\n' && f->depth) {
      *result = give_up_line(f);
      return 1;
    }
    if (f->in_junk) pass_junk_on(f);
    else if (f->in_string) pass_string(f);
    else if (!f->depth && c != '{' && c != '[') {
      if (pass_blank(f, c)) continue;
      *result = pass_junk(f);
      return 1;
    } else if (pass_byte(f, c, result)) return 1;
  }
  return 0;
}
