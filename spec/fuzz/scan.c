/* fuzz: every form of the scan that this processor has gives the same marks. */
#include "scan.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  size_t blocks = size / SCAN_BLOCK, form, i;
  char delimiter = size ? (char)data[size - 1] : ',';
  scan_marks *wanted = calloc(blocks + 1, sizeof *wanted);
  scan_marks *marks = calloc(blocks + 1, sizeof *marks);
  for (i = 0; i < blocks * SCAN_BLOCK; i++) {
    uint64_t bit = UINT64_C(1) << (i % SCAN_BLOCK);
    char c = (char)data[i];
    if (c == '"') wanted[i / SCAN_BLOCK].quotes |= bit;
    if (c == delimiter) wanted[i / SCAN_BLOCK].delimiters |= bit;
    if (c == '\n') wanted[i / SCAN_BLOCK].newlines |= bit;
  }
  for (form = 0; scan_form(form); form++) {
    scan_form(form)((const char *)data, blocks, delimiter, marks);
    if (memcmp(marks, wanted, blocks * sizeof *marks)) abort();
  }
  free(wanted);
  free(marks);
  return 0;
}
