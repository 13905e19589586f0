/* like.c: patterns as SOQL's LIKE has them. */
#include "like.h"

#include "letter.h"

/* Passes a character of the text and of the pattern where they agree. */
static int pass_letter(slice *text, slice *pattern) {
  slice in = *text, of = *pattern;
  uint32_t wanted = letter_next(&of);
  int is_any = wanted == '_';
  if (wanted == '\\' && of.length) wanted = letter_next(&of);
  if (letter_lower(letter_next(&in)) != letter_lower(wanted) && !is_any)
    return 0;
  *text = in;
  *pattern = of;
  return 1;
}

/* Passes a % of the pattern. */
static int pass_any(slice *pattern) {
  if (!pattern->length || *pattern->bytes != '%') return 0;
  *pattern = text_slice(pattern->bytes + 1, pattern->length - 1);
  return 1;
}

/* Passes a character of the text, and those behind it that the pattern cannot
** begin with: both cases of an ASCII letter are ASCII. */
static void pass_to(slice *text, slice pattern) {
  char first = pattern.length ? *pattern.bytes : '_';
  letter_next(text);
  if ((signed char)first < 0 || first == '_' || first == '\\') return;
  while (text->length && text_lower(*text->bytes) != text_lower(first)) {
    text->bytes++;
    text->length--;
  }
}

/* Where all else fails, the last % takes one character more, or several. */
int like_fits(slice text, slice pattern) {
  slice behind = pattern, from = text;
  int seen = 0;
  while (text.length) {
    if (pass_any(&pattern)) {
      if (!pattern.length) return 1;
      seen = 1;
      behind = pattern;
      from = text;
    } else if (!pattern.length || !pass_letter(&text, &pattern)) {
      if (!seen) return 0;
      pass_to(&from, behind);
      text = from;
      pattern = behind;
    }
  }
  while (pass_any(&pattern)) continue;
  return pattern.length == 0;
}
