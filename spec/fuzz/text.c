/* fuzz: JSON strings: only valid text is written, and it reads back the same. */
#include "text.h"
#include "target.h"

static char unescape(const char **s) {
  static const char from[] = "\"\\bfnrt", to[] = "\"\\\b\f\n\r\t";
  const char *found = strchr(from, **s);
  char hex[3] = {0};
  if (found && **s) {
    ++*s;
    return to[found - from];
  }
  if (memcmp(*s, "u00", 3)) abort();
  memcpy(hex, *s + 3, 2);
  *s += 5;
  return (char)strtol(hex, NULL, 16);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  slice text = text_slice((const char *)data, size);
  char *out = malloc(TEXT_JSON_MOST(size)), *end = text_json(out, text);
  const char *s = out + 1;
  size_t i;
  if ((end != NULL) != (text_valid(text) == size)) abort();
  for (i = 0; end && i < size; i++) {
    char c = *s++;
    if ((unsigned char)c < 0x20 || c == '"') abort();
    if (c == '\\') c = unescape(&s);
    if (c != text.bytes[i]) abort();
  }
  if (end && (s != end - 1 || *s != '"')) abort();
  free(out);
  return 0;
}
