/* Random numbers as functions of their place, against Philox written from the paper with plain
 * 64-bit products, and against the vectors that its authors publish (Random123, kat_vectors). */
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "data.h"
#include "layers.h"
#include "network.h"
#include "rng.h"

struct block {
  uint32_t words[4];
};

static struct block philox(struct block c, uint32_t key0, uint32_t key1) {
  for (int round = 0; round < 10; round++) {
    uint64_t p = 0xD2511F53ULL * c.words[0], q = 0xCD9E8D57ULL * c.words[2];
    c = (struct block){{(uint32_t)(q >> 32) ^ c.words[1] ^ key0, (uint32_t)q,
                        (uint32_t)(p >> 32) ^ c.words[3] ^ key1, (uint32_t)p}};
    key0 += 0x9E3779B9U, key1 += 0xBB67AE85U;
  }
  return c;
}

/* Word `number` of a stream, as exact.md counts: unit 4 k + w has word w of block k. */
static uint32_t word_of(const struct random_stream *s, uint64_t number) {
  struct block c = {{(uint32_t)(number / 4), s->row, s->step, s->purpose}};
  return philox(c, s->key[0], s->key[1]).words[number % 4];
}

static void vectors(void) {
  const struct {
    struct block counter;
    uint32_t key[2];
    struct block words;
  } known[] = {
      {{{0, 0, 0, 0}}, {0, 0}, {{0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U}}},
      {{{UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX}},
       {UINT32_MAX, UINT32_MAX},
       {{0x408f276dU, 0x41c83b0eU, 0xa20bc7c6U, 0x6d5451fdU}}},
      {{{0x243f6a88U, 0x85a308d3U, 0x13198a2eU, 0x03707344U}},
       {0xa4093822U, 0x299f31d0U},
       {{0xd16cfe09U, 0x94fdccebU, 0x5001e420U, 0x24126ea1U}}},
  };
  for (int i = 0; i < 3; i++) {
    const uint32_t *c = known[i].counter.words, *key = known[i].key;
    struct random_stream s = {{key[0], key[1]}, c[1], c[2], c[3]};
    struct block plain = philox(known[i].counter, key[0], key[1]);
    u32x4 words[4];
    random_words(&s, c[0], words);
    for (int w = 0; w < 4; w++) {
      uint32_t wanted = known[i].words.words[w];
      expect(words[0][w] == wanted, "vector %d: word %d is %08x", i, w, words[0][w]);
      expect(plain.words[w] == wanted, "vector %d: the test's own word %d is wrong", i, w);
    }
  }
}

static void layout(void) {
  uint64_t state = 3;
  for (int i = 0; i < 1000; i++) {
    uint64_t a = test_bits(&state), b = test_bits(&state), c = test_bits(&state);
    uint32_t block = (uint32_t)a, key[] = {(uint32_t)b, (uint32_t)(b >> 32)};
    struct random_stream s = random_stream(key, RANDOM_TRAIN_MASK, (uint32_t)(a >> 48), (uint32_t)c,
                                           (uint32_t)(c >> 32));
    expect(s.purpose == (2U << 16 | (uint32_t)(a >> 48)), "purpose is %08x", s.purpose);
    u32x4 words[4];
    random_words(&s, block, words);
    for (uint32_t n = 0; n < PHILOX_BATCH; n++) {
      struct block counter = {{block + n / 4, s.row, s.step, s.purpose}};
      uint32_t wanted = philox(counter, s.key[0], s.key[1]).words[n % 4];
      expect(words[n / 4][n % 4] == wanted, "block %u + %u, word %u", block, n / 4, n % 4);
    }
  }
}

static const uint32_t SEED[] = {5, 6};
enum { STEP = 7, ROW = 8, INDEX = 9 };

static struct random_stream stream_of_masks(void) {
  return random_stream(SEED, RANDOM_TRAIN_MASK, INDEX, STEP, ROW);
}

/* Draws `count` from `first` on into an array that ends where dropping_draw may write last. */
static uint32_t *draw(double p, uint64_t first, uint32_t count) {
  struct dropping d;
  dropping_set(&d, p, DW_MASK_ELEMENT, DW_SCALE_TRAIN);
  d.index = INDEX;
  uint32_t *mask = ALLOCATE(uint32_t, count + 15);
  struct random_stream stream = stream_of_masks();
  dropping_draw(&d, mask, &stream, first, count);
  return mask;
}

static void masks(void) {
  struct random_stream s = stream_of_masks();
  const uint64_t starts[] = {0, 4, 16, 1000, (1ULL << 32) - 64};
  for (int i = 0; i < 5; i++) {
    for (uint64_t first = starts[i]; first < starts[i] + 4; first++) {
      for (uint32_t count = 0; count <= 50; count++) {
        uint32_t *mask = draw(0.3, first, count);
        for (uint32_t j = 0; j < count; j++) {
          uint32_t wanted = word_of(&s, first + j) < 0.3 * 0x1p32 ? 0 : UINT32_MAX;
          expect(mask[j] == wanted, "first %llu, count %u: number %u", (unsigned long long)first,
                 count, j);
        }
        free(mask);
      }
    }
  }
}

static void thresholds(void) {
  struct random_stream s = stream_of_masks();
  enum { COUNT = 40 };
  for (uint32_t j = 0; j < COUNT; j++) {
    double word = word_of(&s, j), p = word * 0x1p-32;
    const double tried[] = {p, nextafter(p, 1), nextafter(p, 0), p + 0x1p-32, p - 0x1p-32};
    for (int i = 0; i < 5; i++) {
      uint32_t *mask = draw(tried[i], 0, COUNT), wanted = word < tried[i] * 0x1p32 ? 0 : UINT32_MAX;
      expect(mask[j] == wanted, "word %g at p 2^32 = %.17g", word, tried[i] * 0x1p32);
      free(mask);
    }
  }
  const struct {
    double p;
    uint64_t threshold; /* words below are dropped */
  } edges[] = {{0, 0},
               {5e-324, 1},
               {1e-12, 1},
               {0x1p-32, 1},
               {0.5, 1ULL << 31},
               {1 - 0x1p-32, UINT32_MAX},
               {1 - 0x1.8p-33, 1ULL << 32},
               {1 - 0x1p-53, 1ULL << 32},
               {1, 1ULL << 32}};
  for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
    struct dropping d;
    dropping_set(&d, edges[i].p, DW_MASK_ELEMENT, DW_SCALE_TRAIN);
    expect(d.threshold == edges[i].threshold, "p %.17g: threshold %llu", edges[i].p,
           (unsigned long long)d.threshold);
    expect(isfinite(dropping_train_scale(&d)), "p %.17g: scale is not finite", edges[i].p);
    uint32_t *mask = draw(edges[i].p, 0, COUNT);
    for (uint32_t j = 0; j < COUNT; j++) {
      expect((mask[j] == 0) == (word_of(&s, j) < edges[i].threshold), "p %.17g: number %u",
             edges[i].p, j);
    }
    free(mask);
  }
}

static void scales(void) {
  for (int i = 0; i < 16; i++) {
    double p = i / 16.0;
    const double train[] = {1 / (1 - p), 1, 1}, eval[] = {1, 1 - p, 1};
    for (int scaling = 0; scaling < DW_SCALINGS; scaling++) {
      struct dropping d;
      dropping_set(&d, p, DW_MASK_BATCH, (enum dw_scaling)scaling);
      expect(dropping_train_scale(&d) == (float)train[scaling], "training, p %g", p);
      expect(dropping_eval_scale(&d) == (float)eval[scaling], "evaluation, p %g", p);
    }
  }
}

static void shuffles(void) {
  const uint32_t sizes[] = {1, 2, 3, 4, 5, 15, 16, 17, 64, 1000};
  for (uint32_t i = 0, epoch = 0; i < 10; i++, epoch += 3) {
    uint32_t n = sizes[i], *found = ALLOCATE(uint32_t, n), *wanted = ALLOCATE(uint32_t, n);
    struct random_stream s = random_stream(SEED, RANDOM_SHUFFLE, 0, epoch, 0);
    for (uint32_t k = 0; k < n; k++) wanted[k] = k;
    for (uint32_t k = n - 1; k > 0; k--) {
      uint32_t j = (uint32_t)((uint64_t)word_of(&s, k) * (k + 1ULL) >> 32), swapped = wanted[k];
      wanted[k] = wanted[j], wanted[j] = swapped;
    }
    shuffle(found, n, SEED, epoch);
    for (uint32_t k = 0; k < n; k++) expect(found[k] == wanted[k], "place %u of %u", k, n);
    free(found), free(wanted);
  }
}

static void uniforms(void) {
  struct random_stream s = stream_of_masks();
  for (uint64_t first = 1000; first < 1020; first++) {
    for (uint32_t count = 1; count < 40; count++) {
      float *found = ALLOCATE(float, count);
      random_uniforms(found, &s, first, count, 0.3F);
      for (uint32_t j = 0; j < count; j++) {
        double u = floor(word_of(&s, first + j) / 256.0) / 16777216;
        float wanted = (float)(2 * u - 1) * 0.3F;
        expect(found[j] == wanted, "number %u is %.9g, not %.9g", j, found[j], wanted);
      }
      free(found);
    }
  }
}

static double exact_normal(const struct random_stream *s, uint64_t unit) {
  double u1 = ((word_of(s, 2 * unit) >> 8) + 1.0) * 0x1p-24;
  double u2 = (word_of(s, 2 * unit + 1) >> 8) * 0x1p-24;
  return sqrt(-2 * log(u1)) * cos(6.283185307179586 * u2);
}

static void normals(void) {
  struct random_stream s = stream_of_masks();
  for (uint64_t first = (1ULL << 32) - 60; first < (1ULL << 32) - 50; first++) {
    for (uint32_t count = 1; count < 40; count++) {
      float *found = ALLOCATE(float, count);
      random_normals(found, &s, first, count);
      for (uint32_t j = 0; j < count; j++) {
        double wanted = exact_normal(&s, first + j);
        expect(fabs(found[j] - wanted) <= 4e-6, "number %u is %.9g, not %.9g", j, found[j], wanted);
      }
      free(found);
    }
  }
}

static void initial_weights(void) {
  enum { INPUTS = 7, HIDDEN = 69, LAST = 67 };
  dw_model *m = dw_model_create(INPUTS, SEED[0] + SEED[1] * 0x1p32);
  dw_model_add_dense(m, HIDDEN, DW_TANH);
  dw_model_add_dense(m, LAST, DW_SELU);
  expect(dw_model_build(m) == DW_OK, "%s", dw_last_error());
  expect(dw_model_initialize(m) == DW_OK, "%s", dw_last_error());
  float *w = ALLOCATE(float, HIDDEN *LAST);
  float radius = (float)(1 / sqrt(INPUTS));
  for (uint32_t which = 0; which < 2; which++) {
    struct random_stream s = random_stream(SEED, RANDOM_WEIGHTS, 0, 0, which);
    dw_parameter_read(m, 0, which, 0, w);
    for (uint32_t i = 0; i < (which ? HIDDEN : HIDDEN * INPUTS); i++) {
      float wanted = (2 * ((float)(word_of(&s, i) >> 8) * 0x1p-24F) - 1) * radius;
      expect(w[i] == wanted, "uniform number %u is %.9g, not %.9g", i, w[i], wanted);
    }
  }
  struct random_stream s = random_stream(SEED, RANDOM_WEIGHTS, 1, 0, 0);
  dw_parameter_read(m, 1, DW_WEIGHT, 0, w);
  for (uint32_t i = 0; i < HIDDEN * LAST; i++) {
    double wanted = exact_normal(&s, i) / sqrt(HIDDEN);
    expect(fabs(w[i] - wanted) <= 4e-6 / sqrt(HIDDEN), "normal number %u is %.9g, not %.9g", i,
           w[i], wanted);
  }
  dw_parameter_read(m, 1, DW_BIAS, 0, w);
  for (uint32_t i = 0; i < LAST; i++) expect(w[i] == 0, "bias %u of selu is %g", i, w[i]);
  free(w);
  dw_model_destroy(m);
}

/* Layers that draw are counted from 0, those with p 0 are not; DropConnect's unit is o I + i. */
static void masks_of_layers(void) {
  const struct network n = {
      "four masks",
      3,
      6,
      {DROP(0.2, ELEMENT, TRAIN), DENSE(5, DW_RELU), DROP(0, BATCH, TRAIN), DROP(0.4, BATCH, TRAIN),
       CONNECT(7, DW_RELU, 0.6, TRAIN), DROP(0.8, ELEMENT, NONE)}};
  const struct {
    uint32_t layer, index, lines, columns; /* lines: rows, or units of DropConnect */
    bool by_row;
  } drawn[] = {{0, 0, 9, 3, true}, {3, 1, 9, 5, false}, {4, 2, 7, 5, false}, {5, 3, 9, 7, true}};
  dw_model *m = network_create(&n, 0, SEED[0] + SEED[1] * 0x1p32);
  uint8_t mask[9 * 7];
  for (int i = 0; i < 4; i++) {
    uint32_t columns = drawn[i].columns;
    bool is_dense = n.layers[drawn[i].layer].is_dense;
    dw_mask(m, drawn[i].layer, STEP, 0, 9, mask);
    for (uint32_t k = 0; k < drawn[i].lines * columns; k++) {
      uint32_t row = drawn[i].by_row ? k / columns : 0;
      struct random_stream s = random_stream(SEED, RANDOM_TRAIN_MASK, drawn[i].index, STEP, row);
      bool keep = word_of(&s, is_dense ? k : k % columns) >= n.layers[drawn[i].layer].p * 0x1p32;
      expect(mask[k] == keep, "layer %u: entry %u is %u", drawn[i].layer, k, mask[k]);
    }
  }
  dw_model_destroy(m);
}

static void masks_are_places(void) {
  const struct network n = {
      "one dropout", 3, 3, {DENSE(11, DW_RELU), DROP(0.5, ELEMENT, TRAIN), DENSE(4, DW_LINEAR)}};
  dw_model *m = network_create(&n, 0, 42);
  enum { ROWS = 20, COUNT = ROWS * 11 };
  uint8_t used[COUNT], alone[COUNT], next[COUNT], shared[COUNT];
  dw_mask(m, 1, 3, 0, ROWS, used);
  dw_mask(m, 1, 4, 0, ROWS, next);
  dw_dropout_mask(0.5, 0, ROWS, 11, DW_MASK_ELEMENT, 42, 3, alone);
  dw_dropout_mask(0.5, 0, ROWS, 11, DW_MASK_BATCH, 42, 3, shared);
  int fresh = 0;
  for (int i = 0; i < COUNT; i++) {
    expect(used[i] == alone[i], "dw_dropout_mask differs at %d", i);
    expect(shared[i] == used[i % 11], "a shared mask is not that of row 0 at %d", i);
    fresh += used[i] != next[i];
  }
  expect(fresh > COUNT / 4, "the next step changes %d of %d", fresh, COUNT);
  dw_model_destroy(m);
}

const struct check random_checks[] = {
    {"Philox gives its published vectors", vectors},
    {"four blocks come in the order of the units they belong to, for any counter", layout},
    {"uniform numbers have 24 bits and lie around 0, from any first one and for any count",
     uniforms},
    {"normal numbers are within 4e-6 of Box and Muller's, from any first one and for any count",
     normals},
    {"a mask is the same from any first unit and for any count, and writes 15 more at most", masks},
    {"a unit is dropped exactly where its word is below p 2^32, p tiny and p near 1 too",
     thresholds},
    {"scaling multiplies on its own side only", scales},
    {"shuffle is Fisher-Yates downwards with the epoch's own numbers", shuffles},
    {"initial weights are the uniform and normal numbers of their places", initial_weights},
    {"layers that draw are counted in order, each with masks of its own", masks_of_layers},
    {"a mask depends on seed, step, row and unit alone, fresh every step", masks_are_places},
    {0}};
