/* corpus.c: gives a fuzz target the files whose names it reads, without a fuzzer. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An exact copy, so that a read beyond it is seen. */
static void try_file(const char *name) {
  static uint8_t bytes[1 << 20];
  FILE *file = fopen(name, "rb");
  size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0;
  uint8_t *copy = malloc(size + !size);
  if (!file || !copy) perror(name), exit(1);
  fclose(file);
  memcpy(copy, bytes, size);
  LLVMFuzzerTestOneInput(copy, size);
  free(copy);
}

int main(int count, char **arguments) {
  char name[4096];
  int tried = 0;
  (void)count;
  for (; fgets(name, sizeof name, stdin); tried++) {
    name[strcspn(name, "\n")] = 0;
    try_file(name);
  }
  printf("%s: %d inputs\n", arguments[0], tried);
  return !tried;
}
