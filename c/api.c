/* Building models and data sets, and copying parameters: argument checks around model.h. */
#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "model.h"

void *dw_allocate(uint32_t bytes) {
  void *memory = malloc(bytes ? bytes : 1);
  if (!memory) fail_memory(bytes);
  return memory;
}

void dw_free(void *memory) { free(memory); }

/* ---- data ---- */

static void place_dataset(struct dw_dataset *d, uint32_t format) {
  struct packed *p = &d->packed;
  if (format == DW_FLOATS) {
    d->floats = arena_place(&d->arena, (uint64_t)d->samples * d->features, sizeof *d->floats);
  } else {
    p->columns = d->features;
    p->kept =
        arena_place(&d->arena, (uint64_t)d->samples * list_blocks(d->features), sizeof *p->kept);
    p->start = arena_place(&d->arena, d->samples + 1ULL, sizeof *p->start);
  }
  if (d->classes) d->labels = arena_place(&d->arena, d->samples, sizeof *d->labels);
}

/* Room for groups that are all kept, not set to zero: a page without a group takes no memory. */
static bool allocate_groups(struct packed *p, double bytes) {
  if (bytes > (double)SIZE_MAX / 2 || bytes / GROUP > UINT32_MAX) return false;
  p->groups = malloc((size_t)bytes);
  return p->groups;
}

dw_dataset *dw_dataset_create(uint32_t samples, uint32_t features, uint32_t classes,
                              uint32_t format) {
  const char *wrong = NULL;
  double value = 0;
  if (samples < 1) wrong = "samples must be at least 1, not", value = samples;
  if (features < 1 || features > DW_MAX_UNITS)
    wrong = "features must be 1 to 65536, not", value = features;
  if (classes > DW_MAX_UNITS) wrong = "classes must be 0 to 65536, not", value = classes;
  if (format >= DW_IMAGE_FORMATS) wrong = "format must be 0 or 1, not", value = format;
  if (wrong) return fail(DW_INVALID_ARGUMENT, wrong, value), NULL;
  struct dw_dataset *d = calloc(1, sizeof *d);
  if (!d) return fail_memory(sizeof *d), NULL;
  d->samples = samples, d->features = features, d->classes = classes;
  place_dataset(d, format);
  double packed = (double)packed_capacity(samples, features) * GROUP;
  double bytes = (double)d->arena.used + (format == DW_BYTES ? packed : 0);
  bool made = arena_allocate(&d->arena);
  if (format == DW_BYTES) made = made && allocate_groups(&d->packed, packed);
  if (!made) {
    dw_dataset_destroy(d);
    return fail_memory(bytes), NULL;
  }
  place_dataset(d, format);
  return d;
}

void dw_dataset_destroy(dw_dataset *d) {
  if (!d) return;
  free(d->packed.groups);
  arena_free(&d->arena);
  free(d);
}

int dw_dataset_add_bytes(dw_dataset *d, uint32_t first, uint32_t rows, const uint8_t *bytes) {
  if (d->floats)
    return fail(DW_INVALID_ARGUMENT, "the images are floats and take no bytes; rows:", rows);
  if (first != d->packed.rows) {
    return fail(DW_INVALID_ARGUMENT, "first must be the first row that is not there, not", first);
  }
  if (rows > d->samples - first) {
    return fail(DW_INVALID_ARGUMENT, "rows must be no more than are missing, not", rows);
  }
  for (uint32_t r = 0; r < rows; r++) packed_add(&d->packed, bytes + (size_t)r * d->features);
  return DW_OK;
}

float *dw_dataset_floats_view(dw_dataset *d) { return d->floats; }
uint16_t *dw_dataset_labels_view(dw_dataset *d) { return d->labels; }

/* ---- model ---- */

int split_seed(double seed, uint32_t key[2]) {
  if (!(seed >= 0 && seed <= 9007199254740991.0 && seed == (double)(uint64_t)seed)) {
    return fail(DW_INVALID_ARGUMENT, "seed must be an integer from 0 to 2^53 - 1, not", seed);
  }
  key[0] = (uint32_t)(uint64_t)seed, key[1] = (uint32_t)((uint64_t)seed >> 32);
  return DW_OK;
}

dw_model *dw_model_create(uint32_t inputs, double seed) {
  if (inputs < 1 || inputs > DW_MAX_UNITS) {
    return fail(DW_INVALID_ARGUMENT, "inputs must be 1 to 65536, not", inputs), NULL;
  }
  uint32_t key[2] = {0, 0};
  if (split_seed(seed, key)) return NULL;
  struct dw_model *m = calloc(1, sizeof *m);
  if (!m) return fail_memory(sizeof *m), NULL;
  m->seed[0] = key[0], m->seed[1] = key[1];
  m->inputs = inputs;
  return m;
}

void dw_model_destroy(dw_model *m) {
  if (!m) return;
  for (uint32_t i = 0; i < m->layer_count; i++) free(m->layers[i].dense.turned.data);
  arena_free(&m->parameters);
  arena_free(&m->state);
  arena_free(&m->workspace);
  free(m->order);
  free(m->layers);
  free(m);
}

int check_drop(double p, uint32_t mask, uint32_t scaling) {
  if (!(p >= 0 && p <= 1)) return fail(DW_INVALID_ARGUMENT, "p must be 0 to 1, not", p);
  if (mask >= DW_MASKS) return fail(DW_INVALID_ARGUMENT, "mask must be 0 or 1, not", mask);
  if (scaling >= DW_SCALINGS)
    return fail(DW_INVALID_ARGUMENT, "scaling must be 0 to 2, not", scaling);
  return DW_OK;
}

static int add_layer(dw_model *m, struct layer layer) {
  if (m->built) return fail(DW_INVALID_ARGUMENT, "the model is built; its layers:", m->layer_count);
  if (m->layer_count == DW_MAX_LAYERS) {
    return fail(DW_INVALID_ARGUMENT, "a model has at most 1024 layers, not", m->layer_count + 1.0);
  }
  size_t bytes = (m->layer_count + 1) * sizeof *m->layers;
  struct layer *layers = realloc(m->layers, bytes);
  if (!layers) return fail_memory((double)bytes);
  layer.inputs = m->layer_count ? layers[m->layer_count - 1].units : m->inputs;
  m->layers = layers;
  m->layers[m->layer_count++] = layer;
  return DW_OK;
}

int dw_model_add_dense(dw_model *m, uint32_t units, uint32_t activation) {
  if (units < 1 || units > DW_MAX_UNITS) {
    return fail(DW_INVALID_ARGUMENT, "units must be 1 to 65536, not", units);
  }
  if (activation >= DW_ACTIVATIONS) {
    return fail(DW_INVALID_ARGUMENT, "activation must be 0 to 4, not", activation);
  }
  struct layer l = {.kind = LAYER_DENSE, .units = units};
  l.dense.activation = (enum dw_activation)activation;
  return add_layer(m, l);
}

/* The dense layer added last, or NULL and a sentence. */
static struct dense *last_dense(dw_model *m) {
  struct layer *l = m->layer_count ? &m->layers[m->layer_count - 1] : NULL;
  if (!m->built && l && l->kind == LAYER_DENSE) return &l->dense;
  return fail(DW_INVALID_ARGUMENT, "the layer added last is not dense; layers:", m->layer_count),
         NULL;
}

int dw_model_drop_connect(dw_model *m, double p, uint32_t mask, uint32_t scaling, uint32_t draws) {
  int status = check_drop(p, mask, scaling);
  struct dense *l = status ? NULL : last_dense(m);
  if (!l) return DW_INVALID_ARGUMENT;
  if (draws && scaling == DW_SCALE_NONE) {
    return fail(DW_INVALID_ARGUMENT, "scaling must be 0 or 1 for Gaussian inference, not", scaling);
  }
  if (draws && scaling == DW_SCALE_TRAIN && p == 1) {
    return fail(DW_INVALID_ARGUMENT, "p must be below 1 for Gaussian inference, not", p);
  }
  dropping_set(&l->drop, p, (enum dw_mask)mask, (enum dw_scaling)scaling);
  l->draws = draws;
  return DW_OK;
}

int dw_model_max_norm(dw_model *m, double c) {
  struct dense *l = last_dense(m);
  if (!l) return DW_INVALID_ARGUMENT;
  if (!(c >= FLT_MIN && c <= FLT_MAX)) {
    return fail(DW_INVALID_ARGUMENT, "c must be a float32 > 0, not", c);
  }
  l->max_norm = (float)c;
  return DW_OK;
}

int dw_model_add_dropout(dw_model *m, uint32_t noise, double p, uint32_t mask, uint32_t scaling) {
  int status = check_drop(p, mask, scaling);
  if (status) return status;
  if (noise >= DW_NOISES) return fail(DW_INVALID_ARGUMENT, "noise must be 0 to 2, not", noise);
  if (noise && (mask || scaling)) {
    return fail(DW_INVALID_ARGUMENT, "mask and scaling must be 0 for this noise:", noise);
  }
  if (noise == DW_GAUSSIAN && p == 1) {
    return fail(DW_INVALID_ARGUMENT, "p must be below 1 for Gaussian dropout, not", p);
  }
  struct layer l = {.kind = LAYER_DROPOUT, .dropout.noise = (enum dw_noise)noise};
  dropping_set(&l.dropout.drop, p, (enum dw_mask)mask, (enum dw_scaling)scaling);
  l.units = m->layer_count ? m->layers[m->layer_count - 1].units : m->inputs;
  return add_layer(m, l);
}

/* Counts dense layers and layers that draw masks; a layer with p = 0 takes no index. */
static void number_layers(dw_model *m) {
  uint32_t dense = 0, drawing = 0;
  for (uint32_t i = 0; i < m->layer_count; i++) {
    struct layer *l = &m->layers[i];
    struct dropping *drop = layer_dropping(l);
    if (drop) drop->index = drawing++;
    l->dropout.units = l->units;
    if (l->kind != LAYER_DENSE) continue;
    if (dense == 0) m->first_dense = i;
    struct dense *d = &l->dense;
    d->inputs = l->inputs, d->units = l->units, d->index = dense++;
    d->panels_of_units = i == m->first_dense;
    d->weight.rows = d->panels_of_units ? d->inputs : d->units;
    d->weight.columns = d->panels_of_units ? d->units : d->inputs;
  }
}

int dw_model_build(dw_model *m) {
  if (m->built) return fail(DW_INVALID_ARGUMENT, "the model is built; its layers:", m->layer_count);
  uint32_t dense = 0;
  for (uint32_t i = 0; i < m->layer_count; i++) dense += m->layers[i].kind == LAYER_DENSE;
  if (dense == 0)
    return fail(DW_INVALID_ARGUMENT, "a model needs a dense layer; layers:", m->layer_count);
  number_layers(m);
  if (!model_place_parameters(m)) return DW_OUT_OF_MEMORY;
  if (!model_reserve(m, EVALUATION_ROWS)) {
    arena_free(&m->parameters);
    return DW_OUT_OF_MEMORY;
  }
  m->built = true;
  return DW_OK;
}

int dw_model_initialize(dw_model *m) {
  if (!m->built) {
    return fail(DW_INVALID_ARGUMENT, "the model is not built; layers:", m->layer_count);
  }
  model_weights_change(m);
  for (uint32_t i = 0; i < m->layer_count; i++) {
    if (m->layers[i].kind == LAYER_DENSE) dense_initialize(&m->layers[i].dense, m->seed, &m->work);
  }
  return DW_OK;
}

double dw_model_bytes(const dw_model *m) {
  double turned = 0;
  for (uint32_t i = 0; i < m->layer_count; i++) {
    const struct panels *p = &m->layers[i].dense.turned;
    if (p->data) turned += sizeof *p->data * (double)panels_size(p->rows, p->columns);
  }
  return (double)(m->parameters.used + m->state.used + m->workspace.used) + turned +
         sizeof(uint32_t) * (double)m->order_capacity;
}

/* ---- parameters ---- */

/* Finds the array of `which` and `slot`; NULL and a sentence where there is none. */
static float *parameter(const dw_model *m, uint32_t dense, uint32_t which, uint32_t slot,
                        struct dense **layer) {
  if (!m->built)
    return fail(DW_INVALID_ARGUMENT, "the model is not built; layers:", m->layer_count), NULL;
  *layer = model_dense(m, dense);
  if (!*layer) return fail(DW_INVALID_ARGUMENT, "there is no dense layer", dense), NULL;
  if (which >= DW_PARAMETERS) {
    return fail(DW_INVALID_ARGUMENT, "parameter must be 0 (weight) or 1 (bias), not", which), NULL;
  }
  struct dense *l = *layer;
  float *values = NULL;
  if (slot == 0) values = which == DW_WEIGHT ? l->weight.data : l->bias;
  if (slot == 1 || slot == 2) {
    values = which == DW_WEIGHT ? l->state[slot - 1] : l->bias_state[slot - 1];
  }
  if (!values) fail(DW_INVALID_ARGUMENT, "there is no optimizer state in slot", slot);
  return values;
}

int dw_parameter_read(const dw_model *m, uint32_t dense, uint32_t which, uint32_t slot,
                      float *values) {
  struct dense *l;
  const float *from = parameter(m, dense, which, slot, &l);
  if (!from) return DW_INVALID_ARGUMENT;
  if (which == DW_WEIGHT) {
    dense_read(values, l, from);
  } else {
    memcpy(values, from, l->units * sizeof *values);
  }
  return DW_OK;
}

int dw_parameter_write(dw_model *m, uint32_t dense, uint32_t which, uint32_t slot,
                       const float *values) {
  struct dense *l;
  float *to = parameter(m, dense, which, slot, &l);
  if (!to) return DW_INVALID_ARGUMENT;
  model_weights_change(m);
  if (which == DW_WEIGHT) {
    dense_write(l, to, values);
  } else {
    memcpy(to, values, l->units * sizeof *values);
  }
  return DW_OK;
}
