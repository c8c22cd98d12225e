/* A site's YAML: libyaml's tree of nodes is walked along the table of keys. Every node has its
 * line, so every error does.
 *
 * Invariant: everything is read into a scratch copy and handed over only when all of it was right.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "sim/scenario_yaml.h"
#include "sim/site_reader.h"
#include "sim/text_file.h"

struct reading {
    yaml_document_t *document; /* once there is one */
    struct sim_site_config *config;
    const char *name;
    char *error;
    size_t error_size;
};

/* Keys of a mapping that were there, by their place in sim_site_keys. */
typedef uint64_t seen_keys;

__attribute__((format(printf, 4, 5))) static enum wh_err
fail(const struct reading *reading, enum wh_err err, const yaml_node_t *at, const char *format, ...)
{
    char what[SIM_SITE_REASON_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    for (char *c = what; *c != '\0'; c++) {
        *c = iscntrl((unsigned char)*c) ? '?' : *c; /* what is quoted may hold newlines */
    }
    snprintf(reading->error, reading->error_size, "%s: line %zu: %s", reading->name,
             at->start_mark.line + 1, what);
    return err;
}

static const yaml_node_t *node_of(const struct reading *reading, int index)
{
    return yaml_document_get_node(reading->document, index);
}

/* A scalar's word: libyaml ends it with a zero, and zeros inside were refused before. */
static const char *word_of(const yaml_node_t *node)
{
    return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

static enum wh_err read_value(const struct reading *reading, const struct sim_site_key *key,
                              const yaml_node_t *name, const yaml_node_t *value, void *base)
{
    char reason[SIM_SITE_REASON_SIZE];
    const char *word = word_of(value);
    if (word == NULL) {
        return fail(reading, WH_ERR_FORMAT, name, "%s must be a single value", key->key);
    }
    return sim_site_key_read(key, word, base, reason)
               ? WH_OK
               : fail(reading, WH_ERR_ARGUMENT, value, "%s", reason);
}

static enum wh_err mark_seen(const struct reading *reading, const struct sim_site_key *key,
                             const yaml_node_t *name, seen_keys *seen)
{
    const seen_keys bit = (seen_keys)1 << (key - sim_site_keys);
    if ((*seen & bit) != 0) {
        return fail(reading, WH_ERR_FORMAT, name, "%s is given twice", word_of(name));
    }
    *seen |= bit;
    return WH_OK;
}

static enum wh_err check_needed(const struct reading *reading, const char *section,
                                const yaml_node_t *mapping, seen_keys seen)
{
    for (size_t k = 0; k < sim_site_key_count; k++) {
        const struct sim_site_key *key = &sim_site_keys[k];
        if (key->fallback == NULL && strcmp(key->section, section) == 0 && (seen >> k & 1) == 0) {
            return fail(reading, WH_ERR_FORMAT, mapping, "%s is missing", key->key);
        }
    }
    return WH_OK;
}

static enum wh_err read_mapping(const struct reading *reading, const char *section,
                                const yaml_node_t *mapping, void *base, seen_keys *seen)
{
    *seen = 0;
    if (mapping->type != YAML_MAPPING_NODE) {
        return fail(reading, WH_ERR_FORMAT, mapping, "%s must hold keys with values", section);
    }
    for (const yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
         pair < mapping->data.mapping.pairs.top; pair++) {
        const yaml_node_t *name = node_of(reading, pair->key);
        const char *word = word_of(name);
        const struct sim_site_key *key = word != NULL ? sim_site_key_find(section, word) : NULL;
        if (key == NULL) {
            return fail(reading, WH_ERR_FORMAT, name, "%s has no key '%.40s'", section,
                        word != NULL ? word : "");
        }
        enum wh_err err = mark_seen(reading, key, name, seen);
        err = err != WH_OK ? err
                           : read_value(reading, key, name, node_of(reading, pair->value), base);
        if (err != WH_OK) {
            return err;
        }
    }
    return check_needed(reading, section, mapping, *seen);
}

static bool was_given(const char *section, const char *name, seen_keys seen)
{
    return (seen >> (sim_site_key_find(section, name) - sim_site_keys) & 1) != 0;
}

/* An action takes its own keys, no more and no fewer: a key in the wrong place has no silent
 * effect. */
static enum wh_err check_event(const struct reading *reading, const yaml_node_t *mapping,
                               const struct sim_site_event *event, seen_keys seen)
{
    const struct {
        const char *key;
        bool needed;
    } keys[] = {
        {"value", sim_site_action_takes_value(event->action)},
        {"on", sim_site_action_takes_on(event->action)},
    };
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
        if (keys[k].needed != was_given("events", keys[k].key, seen)) {
            return fail(reading, WH_ERR_ARGUMENT, mapping, "'%s' %s '%s'",
                        sim_site_action_names[event->action],
                        keys[k].needed ? "needs" : "does not take", keys[k].key);
        }
    }
    char reason[SIM_SITE_REASON_SIZE];
    return sim_site_event_holds(event, reason)
               ? WH_OK
               : fail(reading, WH_ERR_ARGUMENT, mapping, "%s", reason);
}

/* A second of the site tells of each thing once. */
static enum wh_err check_alone(const struct reading *reading, const yaml_node_t *mapping,
                               const struct sim_site_event *event)
{
    const struct sim_site_config *config = reading->config;
    for (unsigned k = 0; k < config->event_count; k++) {
        if (config->events[k].at_s == event->at_s && config->events[k].action == event->action) {
            return fail(reading, WH_ERR_ARGUMENT, mapping, "there is already a '%s' at that time",
                        sim_site_action_names[event->action]);
        }
    }
    return WH_OK;
}

union entry {
    struct sim_site_load_config load;
    struct sim_site_outage outage;
    struct sim_site_event event;
};

static enum wh_err read_entry(const struct reading *reading, const struct sim_site_list *list,
                              const yaml_node_t *mapping, union entry *entry)
{
    memset(entry, 0, sizeof *entry);
    sim_site_section_default(list->section, entry);
    seen_keys seen;
    enum wh_err err = read_mapping(reading, list->section, mapping, entry, &seen);
    if (err == WH_OK && strcmp(list->section, "events") == 0) {
        err = check_event(reading, mapping, &entry->event, seen);
        err = err != WH_OK ? err : check_alone(reading, mapping, &entry->event);
    }
    return err;
}

static enum wh_err read_list(const struct reading *reading, const struct sim_site_list *list,
                             const yaml_node_t *sequence)
{
    char *config = (char *)reading->config;
    unsigned *count = (unsigned *)(config + list->count_offset);
    if (sequence->type != YAML_SEQUENCE_NODE) {
        return fail(reading, WH_ERR_FORMAT, sequence, "%s must be a list", list->section);
    }
    for (const yaml_node_item_t *item = sequence->data.sequence.items.start;
         item < sequence->data.sequence.items.top; item++) {
        const yaml_node_t *mapping = node_of(reading, *item);
        if (*count == list->max) {
            return fail(reading, WH_ERR_ARGUMENT, mapping, "more than %u %s", list->max,
                        list->section);
        }
        union entry entry;
        const enum wh_err err = read_entry(reading, list, mapping, &entry);
        if (err != WH_OK) {
            return err;
        }
        const bool timed = strcmp(list->section, "loads") != 0;
        char *entries = config + list->offset;
        if (timed) {
            sim_site_insert(entries, *count, list->entry_size, &entry);
        } else {
            memcpy(entries + *count * list->entry_size, &entry, list->entry_size);
        }
        (*count)++;
    }
    return WH_OK;
}

static const struct sim_site_list *find_list(const char *section)
{
    for (int k = 0; k < SIM_SITE_LISTS; k++) {
        if (strcmp(sim_site_lists[k].section, section) == 0) {
            return &sim_site_lists[k];
        }
    }
    return NULL;
}

/* What stands for a key of the top in the set of those seen: itself, or its section's first. */
static const struct sim_site_key *find_top(const char *word)
{
    const struct sim_site_key *key = sim_site_key_find("", word);
    for (size_t k = 0; k < sim_site_key_count && key == NULL && word[0] != '\0'; k++) {
        key = strcmp(sim_site_keys[k].section, word) == 0 ? &sim_site_keys[k] : NULL;
    }
    return key;
}

static enum wh_err read_top_value(const struct reading *reading, const struct sim_site_key *key,
                                  const yaml_node_t *name, const yaml_node_t *value)
{
    seen_keys seen;
    if (key->section[0] == '\0') {
        return read_value(reading, key, name, value, reading->config);
    }
    const struct sim_site_list *list = find_list(key->section);
    return list != NULL ? read_list(reading, list, value)
                        : read_mapping(reading, key->section, value, reading->config, &seen);
}

/* What no single key is to blame for. */
static enum wh_err check_whole(const struct reading *reading, const yaml_node_t *root)
{
    char reason[SIM_SITE_REASON_SIZE];
    const struct sim_site_grid_config *grid = &reading->config->grid;
    if (grid->outage_shortest_s > grid->outage_longest_s) {
        return fail(reading, WH_ERR_ARGUMENT, root,
                    "grid: outage_shortest_s is above outage_longest_s");
    }
    return sim_site_fits_meter(reading->config, reason)
               ? WH_OK
               : fail(reading, WH_ERR_ARGUMENT, root, "%s", reason);
}

static enum wh_err read_top(const struct reading *reading, const yaml_node_t *root)
{
    seen_keys seen = 0;
    if (root->type != YAML_MAPPING_NODE) {
        return fail(reading, WH_ERR_FORMAT, root, "a site must hold keys with values");
    }
    for (const yaml_node_pair_t *pair = root->data.mapping.pairs.start;
         pair < root->data.mapping.pairs.top; pair++) {
        const yaml_node_t *name = node_of(reading, pair->key);
        const char *word = word_of(name);
        const struct sim_site_key *key = word != NULL ? find_top(word) : NULL;
        if (key == NULL) {
            return fail(reading, WH_ERR_FORMAT, name, "a site has no key '%.40s'",
                        word != NULL ? word : "");
        }
        enum wh_err err = mark_seen(reading, key, name, &seen);
        err =
            err != WH_OK ? err : read_top_value(reading, key, name, node_of(reading, pair->value));
        if (err != WH_OK) {
            return err;
        }
    }
    const enum wh_err err = check_needed(reading, "", root, seen);
    return err != WH_OK ? err : check_whole(reading, root);
}

static enum wh_err read_document(const struct reading *about, yaml_document_t *document)
{
    static const yaml_node_t first_line = {0};
    struct reading reading = *about;
    reading.document = document;
    const yaml_node_t *root = yaml_document_get_root_node(document);
    return root != NULL ? read_top(&reading, root)
                        : fail(&reading, WH_ERR_FORMAT, &first_line, "the site is empty");
}

static enum wh_err refuse(const struct reading *reading, enum wh_err err, unsigned line,
                          const char *what)
{
    snprintf(reading->error, reading->error_size, "%s: line %u: %s", reading->name, line, what);
    return err;
}

static enum wh_err load_document(const struct reading *reading, const char *text, size_t length)
{
    yaml_parser_t parser;
    yaml_document_t document;
    if (yaml_parser_initialize(&parser) == 0) {
        return refuse(reading, WH_ERR_SPACE, 1, "out of memory");
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    if (yaml_parser_load(&parser, &document) == 0) { /* what is no YAML was refused before */
        yaml_parser_delete(&parser);
        return refuse(reading, WH_ERR_SPACE, 1, "out of memory");
    }
    const enum wh_err err = read_document(reading, &document);
    yaml_document_delete(&document);
    yaml_parser_delete(&parser);
    return err;
}

enum wh_err sim_site_parse(struct sim_site_config *config, const char *name, const char *text,
                           size_t length, char *error, size_t error_size)
{
    struct sim_yaml_error wrong = {1, "out of memory"};
    struct reading reading = {.name = name, .error = error, .error_size = error_size};
    if (length > SIM_SITE_SIZE_MAX) {
        snprintf(wrong.what, sizeof wrong.what, "longer than %d bytes", SIM_SITE_SIZE_MAX);
        return refuse(&reading, WH_ERR_SPACE, 1, wrong.what);
    }
    enum wh_err err = sim_yaml_check(text, length, &wrong);
    reading.config = err == WH_OK ? malloc(sizeof *reading.config) : NULL;
    if (reading.config == NULL) {
        return refuse(&reading, err != WH_OK ? err : WH_ERR_SPACE, wrong.line, wrong.what);
    }
    sim_site_config_default(reading.config);
    err = load_document(&reading, text, length);
    if (err == WH_OK) {
        *config = *reading.config;
    }
    free(reading.config);
    return err;
}

enum wh_err sim_site_load(struct sim_site_config *config, const char *path, char *error,
                          size_t error_size)
{
    size_t length = 0;
    char *text = sim_text_file(path, SIM_SITE_SIZE_MAX, &length);
    if (text == NULL) {
        snprintf(error, error_size, "%s: line 1: %s", path, strerror(errno));
        return WH_ERR_IO;
    }
    const enum wh_err err = sim_site_parse(config, path, text, length, error, error_size);
    free(text);
    return err;
}
