/* Where in a scenario file a value stands. libcyaml forgets lines once it has read a file, so for a value
 * that turns out wrong later the file is read again, as libyaml's tree of nodes with marks. Only
 * errors pay for that. */
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "sim/scenario_yaml.h"

struct place {
    unsigned line;
    bool found;
};

static bool is_word(const yaml_node_t *node, const char *word, size_t length)
{
    return node->type == YAML_SCALAR_NODE && node->data.scalar.length == length &&
           memcmp(node->data.scalar.value, word, length) == 0;
}

/* Steps into a mapping; the place of a member is its key's; of a key given twice, the last. */
static const yaml_node_t *member(yaml_document_t *document, const yaml_node_t *mapping,
                                 const char *key, size_t length, struct place *place)
{
    const yaml_node_pair_t *first = mapping->data.mapping.pairs.start;
    for (const yaml_node_pair_t *pair = mapping->data.mapping.pairs.top; pair-- > first;) {
        const yaml_node_t *name = yaml_document_get_node(document, pair->key);
        if (is_word(name, key, length)) {
            place->line = (unsigned)name->start_mark.line + 1;
            return yaml_document_get_node(document, pair->value);
        }
    }
    return NULL;
}

static const yaml_node_t *element(yaml_document_t *document, const yaml_node_t *sequence,
                                  const char *index, struct place *place)
{
    const ptrdiff_t count = sequence->data.sequence.items.top - sequence->data.sequence.items.start;
    const long wanted = strtol(index, NULL, 10);
    if (wanted < 0 || wanted >= count) {
        return NULL;
    }
    const yaml_node_t *node =
        yaml_document_get_node(document, sequence->data.sequence.items.start[wanted]);
    place->line = (unsigned)node->start_mark.line + 1;
    return node;
}

static struct place walk(yaml_document_t *document, const char *path)
{
    struct place place = {1, false};
    const yaml_node_t *node = yaml_document_get_root_node(document);
    while (node != NULL && *path != '\0') {
        const size_t length = strcspn(path, "/");
        node = node->type == YAML_MAPPING_NODE    ? member(document, node, path, length, &place)
               : node->type == YAML_SEQUENCE_NODE ? element(document, node, path, &place)
                                                  : NULL;
        path += length + (path[length] == '/');
    }
    place.found = node != NULL;
    return place;
}

static struct place find(const char *text, size_t length, const char *path)
{
    struct place place = {1, false};
    yaml_parser_t parser;
    if (yaml_parser_initialize(&parser) == 0) {
        return place;
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    yaml_document_t document;
    if (yaml_parser_load(&parser, &document) != 0) {
        place = walk(&document, path);
        yaml_document_delete(&document);
    }
    yaml_parser_delete(&parser);
    return place;
}

unsigned sim_yaml_line(const char *text, size_t length, const char *path)
{
    return find(text, length, path).line;
}

bool sim_yaml_has(const char *text, size_t length, const char *path)
{
    return find(text, length, path).found;
}
