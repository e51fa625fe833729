/* What the engine's arithmetic gives: register tiles of several shapes, over packed operands that
 * stay in the first cache.  No product can be faster than the best of them, so that the best is
 * what the package's products are measured against.
 *
 * A tile holds ROWS x LANES sums; a term loads LANES numbers of B, spreads ROWS of A, and
 * multiplies and adds all with all.  UNROLLED terms stand in one turn of the loop: V8 moves loads
 * upwards within a turn, and whether their registers suffice decides a tile's rate. */
#include <math.h>

#include "dropout_wasm.h"
#include "simd.h"

/* Terms a tile: B's rows (128 x 64 bytes) and A's fit a first cache of 32 KB. */
enum { TERMS = 128, MOST_ROWS = 8, MOST_VECTORS = 4 };

static float A[TERMS * MOST_ROWS], B[TERMS * MOST_VECTORS * 4], C[MOST_ROWS * MOST_VECTORS * 4];

DW_INLINE void term(int rows, int vectors, f32x4 sums[MOST_ROWS][MOST_VECTORS], const float *a,
                    const float *b) {
  f32x4 row[MOST_VECTORS];
  DW_UNROLL for (int j = 0; j < vectors; j++) row[j] = f32x4_load(b + 4 * j);
  DW_UNROLL for (int r = 0; r < rows; r++) {
    f32x4 factor = f32x4_splat(a[r]);
    DW_UNROLL for (int j = 0; j < vectors; j++) sums[r][j] = f32x4_madd(factor, row[j], sums[r][j]);
  }
}

DW_INLINE void tile(int rows, int vectors, int unrolled, uint32_t times) {
  for (uint32_t t = 0; t < times; t++) {
    f32x4 sums[MOST_ROWS][MOST_VECTORS];
    DW_UNROLL for (int r = 0; r < rows; r++) {
      DW_UNROLL for (int j = 0; j < vectors; j++) sums[r][j] = f32x4_splat(0);
    }
    const float *a = A, *b = B;
    DW_NO_UNROLL for (int k = 0; k < TERMS; k += unrolled) {
      DW_UNROLL for (int u = 0; u < unrolled; u++, a += rows, b += 4 * vectors) {
        term(rows, vectors, sums, a, b);
      }
    }
    DW_UNROLL for (int r = 0; r < rows; r++) {
      DW_UNROLL for (int j = 0; j < vectors; j++)
          f32x4_store(C + 4 * (r * vectors + j), sums[r][j]);
    }
    /* Whatever the operands were and the sums became matters: each time is computed. */
    __asm__ volatile("" ::"r"(A), "r"(B), "r"(C) : "memory");
  }
}

#define TILE(ROWS, LANES)                                                              \
  static void tile_##ROWS##x##LANES##_1(uint32_t n) { tile(ROWS, (LANES) / 4, 1, n); } \
  static void tile_##ROWS##x##LANES##_4(uint32_t n) { tile(ROWS, (LANES) / 4, 4, n); }
#define ENTRY(ROWS, LANES)                                                 \
  {#ROWS "x" #LANES ", 1 a turn", tile_##ROWS##x##LANES##_1, ROWS, LANES}, \
      {#ROWS "x" #LANES ", 4 a turn", tile_##ROWS##x##LANES##_4, ROWS, LANES},
#define TILES(DO) \
  DO(2, 16)       \
  DO(3, 12)       \
  DO(3, 16)       \
  DO(4, 8)        \
  DO(4, 12)       \
  DO(5, 8)        \
  DO(6, 8)        \
  DO(8, 4)        \
  DO(8, 8)

TILES(TILE)

static const struct {
  const char *name;
  void (*run)(uint32_t times);
  int rows, lanes;
} PROBES[] = {TILES(ENTRY)};

uint32_t DW_API(probe_count)(void) { return sizeof PROBES / sizeof *PROBES; }
const char *DW_API(probe_name)(uint32_t at) { return PROBES[at].name; }
double DW_API(probe_flop)(uint32_t at) { return 2.0 * TERMS * PROBES[at].rows * PROBES[at].lanes; }
void DW_API(probe_run)(uint32_t at, uint32_t times) { PROBES[at].run(times); }

/* The largest error of a tile's sums.  The operands are small halves: a right sum is exact. */
double DW_API(probe_error)(uint32_t at) {
  int rows = PROBES[at].rows, lanes = PROBES[at].lanes;
  PROBES[at].run(1);
  double most = 0;
  for (int r = 0; r < rows; r++) {
    for (int j = 0; j < lanes; j++) {
      double sum = 0;
      for (int k = 0; k < TERMS; k++) sum += (double)A[k * rows + r] * B[k * lanes + j];
      most = fmax(most, fabs(C[r * lanes + j] - sum));
    }
  }
  return most;
}

void DW_API(probe_prepare)(void) {
  for (uint32_t j = 0; j < sizeof A / sizeof *A; j++) A[j] = (float)(j % 13) - 6.5F;
  for (uint32_t j = 0; j < sizeof B / sizeof *B; j++) B[j] = (float)(j % 17) - 8.5F;
}
