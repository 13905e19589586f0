/* fuzz: a whole export from its bytes: decoded, its footer dropped, its dates
** and Ids proved and read; nothing is lost on the way. */
#include "decode.h"
#include "rows.h"
#include "target.h"

static const char *const encodings[] = {
  "UTF-8", "UTF-16LE", "UTF-16BE", "WINDOWS-1252", "CP932", "GB18030", "BIG5"};

static int open_all(rows *r, const uint8_t *data, size_t size) {
  const char *encoding = encodings[data[0] % 7];
  source *s = source_text(text_slice((const char *)data + 1, size - 1));
  if (data[0] % 7) s = decode_open(s, encoding);
  must(s != NULL);
  if (rows_open(r, s, data[0] & 8 ? ';' : ',', 1)) return 0;
  r->has_footer = data[0] >> 4 & 1;
  return 1;
}

static uint64_t read_all(rows *r, const size_t *wanted, const char *forms,
                         size_t count) {
  slice *values = calloc(count + 1, sizeof *values);
  char problem[300];
  uint64_t last = 0, found = 0;
  csv_result result;
  while ((result = rows_next(r)) == CSV_ROW || result == CSV_FAULT) {
    size_t i;
    must(rows_line(r) > last);
    last = rows_line(r);
    found++;
    if (result == CSV_FAULT) rows_problem(r, problem, sizeof problem);
    if (result == CSV_FAULT) continue;
    must(rows_cells(r, wanted, forms, count, values));
    for (i = 0; i < count; i++) text_valid(values[i]);
  }
  must(result == CSV_END && rows_next(r) == CSV_END);
  free(values);
  return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  rows r;
  size_t i, count, *wanted;
  char *forms;
  uint64_t found;
  if (!size) return 0;
  if (!open_all(&r, data, size)) return rows_close(&r), 0;
  count = 2 * r.columns->count; /* each in two ways */
  wanted = malloc((count + 1) * sizeof *wanted);
  forms = malloc(count + 1);
  for (i = 0; i < count; i++) wanted[i] = i % r.columns->count;
  for (i = 0; i < count; i++) forms[i] = "\0in"[i % 3];
  must(rows_prove(&r, wanted, forms, count));
  rows_close(&r);
  for (i = 0; i < count; i++)
    if (forms[i] == '?') forms[i] = 'd';
  must(open_all(&r, data, size));
  found = read_all(&r, wanted, forms, count);
  must(r.count == found);
  rows_close(&r);
  free(wanted);
  free(forms);
  return 0;
}
