/* fuzz: an answer of addCredentials: what is read of it lies in it, no text
** grows without its escapes, and then it is that one and no other. */
#include "answer.h"
#include "quoted.h"
#include "target.h"

static void compare(slice text, char *plain, size_t length) {
  must(quoted_is(text, text_slice(plain, length)));
  must(!quoted_is(text, text_slice(plain, length + 1)));
  if (!length) return;
  must(!quoted_is(text, text_slice(plain, length - 1)));
  plain[length / 2] ^= 1;
  must(!quoted_is(text, text_slice(plain, length)));
}

static void look(slice whole, slice text) {
  char *plain = malloc(text.length + 1);
  size_t length = quoted_plain(text, plain);
  if (text.length)
    must(text.bytes >= whole.bytes &&
         text.bytes + text.length <= whole.bytes + whole.length);
  must(length <= text.length);
  plain[length] = 'x';
  compare(text, plain, length);
  free(plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  slice whole = text_slice((const char *)data, size);
  answer a;
  answer_row row;
  int i;
  if (!answer_begin(&a, whole)) return 0;
  look(whole, a.campaign);
  while (answer_next(&a, &row) > 0) {
    must(row.texts[0].length >= 8 && row.status < 10);
    for (i = 0; i < ANSWER_TEXTS; i++) look(whole, row.texts[i]);
  }
  return 0;
}
