/* answer.c: the usual answer of addCredentials. */
#include "answer.h"

#include <string.h>

#include "letter.h"

const char *const answer_texts[ANSWER_TEXTS] = {
  "id", "name", "email", "issueDate", "certificateNo", "externalId",
  "certificateImageLink", "badgeImageLink", "verificationLink"};

/* ---- the parts of JSON that such an answer has ---- */

static void pass(answer *a, size_t length) {
  a->text.bytes += length;
  a->text.length -= length;
}

/* The first character behind blanks; 0 where there is none. */
static char look(answer *a) {
  while (a->text.length && *a->text.bytes && strchr(" \t\r\n", *a->text.bytes))
    pass(a, 1);
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

static uint32_t hex(const char *digits) {
  static const char all[] = "0123456789abcdef";
  uint32_t code = 0;
  int i;
  for (i = 0; i < 4; i++) {
    const char *found = memchr(all, text_lower(digits[i]), 16);
    if (!found) return 0;
    code = code << 4 | (uint32_t)(found - all);
  }
  return code;
}

/* The character of an escape, and how long it is; 0 where it is none, or one
** of two for one character. */
static uint32_t escape(const char *at, size_t left, size_t *length) {
  static const char from[] = "\"\\/nrtbf", to[] = "\"\\/\n\r\t\b\f";
  const char *found;
  uint32_t code = 0;
  *length = left > 1 && at[1] == 'u' ? 6 : 2;
  if (left < *length) return 0;
  if (*length == 6) code = hex(at + 2);
  else if ((found = memchr(from, at[1], 8))) code = (uint32_t)to[found - from];
  return code >= 0xD800 && code <= 0xDFFF ? 0 : code;
}

static int is_plain(const char *bytes, size_t length) {
  int controls = 0;
  size_t i;
  for (i = 0; i < length; i++) controls |= (unsigned char)bytes[i] < ' ';
  return !controls && !memchr(bytes, '\\', length);
}

/* How long a text is up to its quote; -1 where there is none, or what is no
** text before it. Most texts have no escapes. */
static ptrdiff_t text_length(slice t) {
  const char *end = t.length ? memchr(t.bytes, '"', t.length) : NULL;
  size_t n = 0, more = 1;
  if (end && is_plain(t.bytes, (size_t)(end - t.bytes))) return end - t.bytes;
  for (; n < t.length && t.bytes[n] != '"'; n += more) {
    more = 1;
    if ((unsigned char)t.bytes[n] < ' ') return -1;
    if (t.bytes[n] == '\\' && !escape(t.bytes + n, t.length - n, &more))
      return -1;
  }
  return n < t.length ? (ptrdiff_t)n : -1;
}

static int take_text(answer *a, slice *to) {
  ptrdiff_t length;
  if (!take(a, '"') || (length = text_length(a->text)) < 0) return 0;
  *to = text_slice(a->text.bytes, (size_t)length);
  pass(a, (size_t)length + 1);
  return 1;
}

/* Takes the first character off a text, and writes it without its escape; how
** many bytes it then has. */
static size_t take_plain(slice *text, char *to) {
  size_t length = 1, put = 1;
  if (*text->bytes != '\\') *to = *text->bytes;
  else put = letter_put(to, escape(text->bytes, text->length, &length));
  text->bytes += length;
  text->length -= length;
  return put;
}

size_t answer_plain(slice text, char *to) {
  const char *start = to;
  while (text.length) to += take_plain(&text, to);
  return (size_t)(to - start);
}

static int is_same(slice a, slice b) {
  return a.length == b.length && !memcmp(a.bytes, b.bytes, a.length);
}

int answer_is(slice text, slice plain) {
  char one[LETTER_MOST];
  if (!memchr(text.bytes, '\\', text.length)) return is_same(text, plain);
  while (text.length) {
    size_t length = take_plain(&text, one);
    if (length > plain.length || memcmp(one, plain.bytes, length)) return 0;
    plain.bytes += length;
    plain.length -= length;
  }
  return !plain.length;
}

static int take_text_or_null(answer *a, slice *to) {
  *to = text_slice("", 0);
  return take_word(a, "null") || take_text(a, to);
}

static int is_word(slice text, const char *word) {
  return is_same(text, text_slice(word, strlen(word)));
}

static int take_name(answer *a, slice *name) {
  return take_text(a, name) && take(a, ':');
}

/* ---- what may stand in a row ---- */

static int is_between(char c, char from, char to) {
  return c >= from && c <= to;
}

static int is_id(slice text) {
  size_t i;
  for (i = 0; i < text.length; i++) {
    char c = text.bytes[i];
    if (!is_between(c, '0', '9') && !is_between(c, 'a', 'z') &&
        !is_between(c, 'A', 'Z') && c != '_' && c != '-')
      return 0;
  }
  return text.length >= 8 && text.length <= 64;
}

/* Printable ASCII of the web, or nothing. */
static int is_link(slice text) {
  size_t i, start = 0;
  if (!text.length) return 1;
  if (text.length > 8 && !memcmp(text.bytes, "https://", 8)) start = 8;
  else if (text.length > 7 && !memcmp(text.bytes, "http://", 7)) start = 7;
  for (i = start; i < text.length; i++)
    if (!is_between(text.bytes[i], '!', '~') || text.bytes[i] == '\\') return 0;
  return start > 0;
}

static int is_sound(const answer_row *row) {
  int i;
  for (i = ANSWER_TEXTS - ANSWER_LINKS; i < ANSWER_TEXTS; i++)
    if (!is_link(row->texts[i])) return 0;
  return is_id(row->texts[0]);
}

static int take_status(answer *a, answer_row *row) {
  char c = look(a);
  if (row->status >= 0 || !is_between(c, '0', '9')) return 0;
  row->status = c - '0';
  pass(a, 1);
  return 1;
}

/* A member of a row; what stands behind it tells that its status has one digit. */
static int take_member(answer *a, answer_row *row) {
  slice name;
  int i;
  if (!take_name(a, &name)) return 0;
  if (is_word(name, "status")) return take_status(a, row);
  for (i = 0; i < ANSWER_TEXTS; i++)
    if (is_word(name, answer_texts[i]))
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
