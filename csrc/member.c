/* member.c: one member of an object in JSON. */
#include "member.h"

#include <string.h>

static size_t past_blanks(slice t, size_t at) {
  while (at < t.length && strchr(" \t\r\n", t.bytes[at])) at++;
  return at;
}

/* Where a text that begins at `at` is over. */
static size_t past_text(slice t, size_t at) {
  for (at++; at < t.length && t.bytes[at] != '"'; at++)
    if (t.bytes[at] == '\\') at++;
  return at < t.length ? at + 1 : t.length;
}

/* Where a value is over: at the comma or bracket that is not its own. */
static size_t past_value(slice t, size_t at) {
  size_t depth = 0;
  while (at < t.length) {
    char c = t.bytes[at];
    if (c == '"') {
      at = past_text(t, at);
      continue;
    }
    if (!depth && (c == ',' || c == '}' || c == ']')) return at;
    if (c == '{' || c == '[') depth++;
    if (c == '}' || c == ']') depth--;
    at++;
  }
  return at;
}

static int is_name(slice t, size_t from, size_t to, const char *name) {
  size_t length = strlen(name);
  return to - from == length + 2 && !memcmp(t.bytes + from + 1, name, length);
}

int member_find(slice object, const char *name, slice *value) {
  size_t at = past_blanks(object, 0), from, to;
  if (at == object.length || object.bytes[at] != '{') return 0;
  do {
    from = past_blanks(object, at + 1);
    if (from == object.length || object.bytes[from] != '"') return 0;
    to = past_text(object, from);
    at = past_blanks(object, to);
    if (at == object.length || object.bytes[at] != ':') return 0;
    at = past_blanks(object, at + 1);
    value->bytes = object.bytes + at;
    value->length = past_value(object, at) - at;
    at += value->length;
    if (is_name(object, from, to, name)) return 1;
  } while (at < object.length && object.bytes[at] == ',');
  return 0;
}

/* What an escape stands for; what is no ASCII becomes '?'. */
static char unescaped(char c) {
  static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
  const char *found = strchr(from, c);
  if (c == 'u') return '?';
  return found ? to[found - from] : c;
}

int member_text(slice object, const char *name, char *to, size_t size) {
  slice value;
  size_t i, n = 0;
  to[0] = '\0';
  if (!member_find(object, name, &value)) return 0;
  if (value.length < 2 || value.bytes[0] != '"') return 0;
  for (i = 1; i < value.length && value.bytes[i] != '"' && n + 1 < size; i++) {
    char c = value.bytes[i];
    if (c == '\\' && i + 1 < value.length) {
      c = unescaped(value.bytes[++i]);
      if (value.bytes[i] == 'u') i += 4;
    }
    to[n++] = c;
  }
  to[n] = '\0';
  return 1;
}
