/* answer.c: the usual answer of addCredentials. */
#include "answer.h"

#include <string.h>

#include "quoted.h"
#include "word.h"

const char *const answer_texts[ANSWER_TEXTS] = {
  "id", "name", "email", "issueDate", "certificateNo", "externalId",
  "certificateImageLink", "badgeImageLink", "verificationLink"};
static const unsigned char lengths[] = {2, 4, 5, 9, 13, 10, 20, 14, 16};

/* ---- the parts of JSON that such an answer has ---- */

static void pass(answer *a, size_t length) {
  a->text.bytes += length;
  a->text.length -= length;
}

static int is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* The first character behind blanks; 0 where there is none. */
static char look(answer *a) {
  while (a->text.length && is_blank(*a->text.bytes)) pass(a, 1);
  return a->text.length ? *a->text.bytes : '\0';
}

/* Takes a character of JSON's own; 0 where another one stands there. */
static int take(answer *a, char c) {
  if (look(a) != c) return 0;
  pass(a, 1);
  return 1;
}

static int take_word(answer *a, const char *word) {
  size_t length = strlen(word);
  if (look(a) != *word || a->text.length < length ||
      memcmp(a->text.bytes, word, length) != 0)
    return 0;
  pass(a, length);
  return 1;
}

static int take_text(answer *a, slice *to) {
  ptrdiff_t length;
  if (!take(a, '"') || (length = quoted_length(a->text)) < 0) return 0;
  *to = text_slice(a->text.bytes, (size_t)length);
  pass(a, (size_t)length + 1);
  return 1;
}

static int take_text_or_null(answer *a, slice *to) {
  *to = text_slice("", 0);
  return look(a) == '"' ? take_text(a, to) : take_word(a, "null");
}

static int is_word(slice text, const char *word) {
  return text_equal(text, text_slice(word, strlen(word)));
}

static int take_name(answer *a, slice *name) {
  return take_text(a, name) && take(a, ':');
}

/* ---- what may stand in a row ---- */

/* Whether all bytes of a text, of eight and more, are of a kind, which marks
** them in a word; the last eight are looked at together. */
static int are_all(slice text, uint64_t (*marks)(uint64_t)) {
  size_t n;
  for (n = 0; n + 8 < text.length; n += 8)
    if (marks(load_word(text.bytes + n)) != WORD_HIGHS) return 0;
  return marks(load_word(text.bytes + text.length - 8)) == WORD_HIGHS;
}

static uint64_t of_id(uint64_t word) {
  uint64_t small = word | WORD_ONES * ('a' - 'A');
  return word_between(small, 'a', 'z') | word_between(word, '0', '9') |
         word_between(word, '_', '_') | word_between(word, '-', '-');
}

static int is_id(slice text) {
  return text.length >= 8 && text.length <= 64 && are_all(text, of_id);
}

static int starts(slice text, const char *with) {
  size_t length = strlen(with);
  return text.length > length && !memcmp(text.bytes, with, length);
}

static uint64_t of_link(uint64_t word) {
  return word_between(word, '!', '~') & ~word_between(word, '\\', '\\');
}

/* Printable ASCII of the web, or nothing. */
static int is_link(slice text) {
  if (!text.length) return 1;
  return (starts(text, "https://") || starts(text, "http://")) &&
         are_all(text, of_link);
}

static int is_sound(const answer_row *row) {
  int i;
  for (i = ANSWER_TEXTS - ANSWER_LINKS; i < ANSWER_TEXTS; i++)
    if (!is_link(row->texts[i])) return 0;
  return is_id(row->texts[0]);
}

static int take_status(answer *a, answer_row *row) {
  char c = look(a);
  if (row->status >= 0 || c < '0' || c > '9') return 0;
  row->status = c - '0';
  pass(a, 1);
  return 1;
}

/* A member of a row; what stands behind it tells that its status has one
** digit. */
static int take_member(answer *a, answer_row *row) {
  slice name;
  int i;
  if (!take_name(a, &name)) return 0;
  if (is_word(name, "status")) return take_status(a, row);
  for (i = 0; i < ANSWER_TEXTS; i++)
    if (text_equal(name, text_slice(answer_texts[i], lengths[i])))
      return !row->texts[i].bytes && take_text_or_null(a, &row->texts[i]);
  return 0;
}

static int take_row(answer *a, answer_row *row) {
  int i;
  memset(row, 0, sizeof *row);
  row->status = -1;
  if (!take(a, '{')) return 0;
  do {
    if (!take_member(a, row)) return 0;
  } while (take(a, ','));
  for (i = 0; i < ANSWER_TEXTS; i++)
    if (!row->texts[i].bytes) row->texts[i] = text_slice("", 0);
  return take(a, '}') && is_sound(row);
}

/* ---- what stands around the rows ---- */

enum { MESSAGE = 1, HAS_ERROR = 2, FAULTS = 4, CONTENT = 8, DATA = 16 };

static int take_value(answer *a, int member) {
  slice text;
  if (member == MESSAGE) return take_text_or_null(a, &text);
  if (member == HAS_ERROR) return take_word(a, "false");
  if (member == FAULTS && take(a, '[')) return take(a, ']');
  if (member != DATA) return take_word(a, "null");
  return take(a, '{') && take_name(a, &a->campaign) && take(a, '[');
}

static int member_of(slice name) {
  static const char *const names[] = {"message", "hasError",
                                      "validationErrors", "content", "data"};
  int i;
  for (i = 0; i < 5; i++)
    if (is_word(name, names[i])) return 1 << i;
  return 0;
}

/* Members up to the rows, or behind them up to the end. */
static int take_members(answer *a) {
  slice name;
  do {
    int member;
    if (!take_name(a, &name)) return 0;
    member = member_of(name);
    if (!member || a->seen & member || !take_value(a, member)) return 0;
    a->seen |= member;
    if (member == DATA) return 1;
  } while (take(a, ','));
  return 1;
}

int answer_begin(answer *a, slice text) {
  memset(a, 0, sizeof *a);
  a->text = text;
  return take(a, '{') && take_members(a) && a->seen & DATA;
}

static int take_end(answer *a) {
  if (!take(a, ']') || !take(a, '}')) return -1;
  if (take(a, ',') && !take_members(a)) return -1;
  if (!take(a, '}')) return -1;
  look(a);
  return a->text.length ? -1 : 0;
}

int answer_next(answer *a, answer_row *row) {
  int is_first = a->text.bytes[-1] == '[';
  if (!is_first && !take(a, ',')) return take_end(a);
  return take_row(a, row) ? 1 : -1;
}
