/* The plainest loop over liblz4 or libzstd that can be written: a yardstick for `simulate-failover bench` that
 * shares no line with it and links the same shared libraries. Called by scripts/paired-bench.py.
 *
 *   codec-yardstick lz4|zstd LEVEL CHUNK SECONDS FILE   prints: compressed-bytes compress-MB/s decompress-MB/s
 */
#include <lz4.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zstd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
  if (argc != 6) return 64;
  int is_lz4 = !strcmp(argv[1], "lz4"), level = atoi(argv[2]);
  size_t chunk = strtoull(argv[3], 0, 10);
  double budget = atof(argv[4]);
  FILE *file = fopen(argv[5], "rb");
  if (!file || chunk == 0) return 1;
  fseek(file, 0, SEEK_END);
  size_t size = ftell(file), count = (size + chunk - 1) / chunk;
  rewind(file);
  size_t bound = is_lz4 ? (size_t)LZ4_compressBound(chunk) : ZSTD_compressBound(chunk);
  char *content = malloc(size), *compressed = malloc(count * bound), *output = malloc(size);
  size_t *sizes = malloc(count * sizeof *sizes);
  if (fread(content, 1, size, file) != size) return 1;
  memset(compressed, 1, count * bound);
  memset(output, 1, size);
  void *state = malloc(LZ4_sizeofState());
  ZSTD_CCtx *cctx = ZSTD_createCCtx();
  ZSTD_DCtx *dctx = ZSTD_createDCtx();
  ZSTD_CCtx_setParameter(cctx, ZSTD_c_compressionLevel, level);

  double best[2] = {1e9, 1e9};
  for (int direction = 0; direction < 2; direction++) {
    double total = 0;
    for (int pass = 0; pass < 3 || total < budget; pass++) {
      double start = now();
      for (size_t i = 0; i < count; i++) {
        size_t length = i + 1 < count ? chunk : size - i * chunk;
        char *from = content + i * chunk, *middle = compressed + i * bound, *to = output + i * chunk;
        if (direction == 0)
          sizes[i] = is_lz4 ? (size_t)LZ4_compress_fast_extState(state, from, middle, length, bound, level)
                            : ZSTD_compress2(cctx, middle, bound, from, length);
        else if (is_lz4)
          LZ4_decompress_safe(middle, to, sizes[i], length);
        else
          ZSTD_decompressDCtx(dctx, to, length, middle, sizes[i]);
      }
      double elapsed = now() - start;
      total += elapsed;
      if (elapsed < best[direction]) best[direction] = elapsed;
    }
  }
  if (memcmp(content, output, size)) return 1;
  size_t sum = 0;
  for (size_t i = 0; i < count; i++) sum += sizes[i];
  printf("%zu %.1f %.1f\n", sum, size / best[0] / 1e6, size / best[1] / 1e6);
  return 0;
}
