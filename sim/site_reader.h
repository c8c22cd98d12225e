/* Values of the site's keys: from words, and whether they are in range. Shared by site*.c. */
#ifndef WH_SIM_SITE_READER_H
#define WH_SIM_SITE_READER_H

#include "sim/site_config.h"

enum { SIM_SITE_REASON_SIZE = 160 };

/* The key of that name in a section; a null pointer where there is none. */
const struct sim_site_key *sim_site_key_find(const char *section, const char *name);

/* Reads a word into its field of base (the configuration, or an entry of a list). False, with the
 * reason and the field unchanged, where it is no such value or out of range. */
bool sim_site_key_read(const struct sim_site_key *key, const char *word, void *base,
                       char reason[SIM_SITE_REASON_SIZE]);

/* Whether the field of base is in the range of its key. */
bool sim_site_key_holds(const struct sim_site_key *key, const void *base);

/* Whether a section is a list of entries. */
bool sim_site_is_list(const char *section);

/* Gives every field of a section its default; those without one are zero. */
void sim_site_section_default(const char *section, void *base);

/* What keys an action needs beside at and do. */
bool sim_site_action_takes_value(int action);
bool sim_site_action_takes_on(int action);

/* Whether an event's value is one that its action can have; else the reason. */
bool sim_site_event_holds(const struct sim_site_event *event, char reason[SIM_SITE_REASON_SIZE]);

/* Whether all that is connected is within SIM_SITE_CURRENT_MAX_A; else the reason. */
bool sim_site_fits_meter(const struct sim_site_config *config, char reason[SIM_SITE_REASON_SIZE]);

/* Puts an entry in order of time behind the count entries that there are; entries start with their
 * time. The caller has made room. */
void sim_site_insert(void *entries, unsigned count, size_t entry_size, const void *entry);

#endif
