/* The named variants on the article's networks, as the library writes them; p is 0.5. */
#pragma once
#include "network.h"

/* network: 'printed', 'intended' or 'relu'.  False: there is no such variant. */
bool variant_network(struct network *n, const char *network, const char *variant);
/* The names in order, NULL after the last. */
const char *variant_name(uint32_t index);
