/* Multiply-adds in registers and a copy through memory: what the processor can do at most, for spider.mjs. */
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <time.h>

#define LANES 16
#define CHAINS 12
typedef float lanes __attribute__((vector_size(LANES * 4)));

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

int main(void) {
  lanes sums[CHAINS], a, b;
  for (int i = 0; i < LANES; i++) a[i] = 0.999f, b[i] = 1e-6f;
  for (int c = 0; c < CHAINS; c++) sums[c] = a;
  const long rounds = 20000000;
  double begin = seconds();
  for (long r = 0; r < rounds; r++) {
    for (int c = 0; c < CHAINS; c++) sums[c] = sums[c] * a + b;
  }
  double fma = seconds() - begin;
  volatile float used = 0; /* or the compiler would drop the sums */
  for (int c = 0; c < CHAINS; c++) used += sums[c][c];

  const size_t bytes = 256u << 20;
  char *from = malloc(bytes), *to = malloc(bytes);
  memset(from, 1, bytes), memset(to, 2, bytes);
  begin = seconds();
  for (int r = 0; r < 4; r++) {
    memcpy(to, from, bytes);
    __asm__ volatile("" ::"r"(to) : "memory");
  }
  double copy = seconds() - begin;
  printf("{\"flops\": %.4g, \"copyBytes\": %.4g}\n", 2.0 * LANES * CHAINS * rounds / fma, 8.0 * bytes / copy);
  return 0;
}
