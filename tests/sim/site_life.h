/* What tests of the site share: shipped sites, sites from YAML, and a hash over all that a second
 * says. */
#ifndef WH_TESTS_SIM_SITE_LIFE_H
#define WH_TESTS_SIM_SITE_LIFE_H

#include <stdint.h>

#include "sim/site.h"

enum { START_MVA = 2300, START_CT_MVA = 600, DAY_S = 86400 };

/* A shipped file, by its name in scenarios/. Fails the test where it does not read. */
void read_shipped(struct sim_site_config *config, const char *name);

/* A configuration from text, and a site of it. Both fail the test on an error. */
void read_text(struct sim_site_config *config, const char *text);
struct sim_site *site_of(const char *text);

/* FNV-1a over every field of a second. */
uint64_t hash_second(uint64_t hash, const struct sim_site_second *second);
#define HASH_START UINT64_C(0xcbf29ce484222325)

#endif
