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

static yaml_node_t *member(yaml_document_t *document, const yaml_node_t *mapping, const char *key,
                           size_t length)
{
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
         pair < mapping->data.mapping.pairs.top; pair++) {
        if (is_word(yaml_document_get_node(document, pair->key), key, length)) {
            return yaml_document_get_node(document, pair->value);
        }
    }
    return NULL;
}

static yaml_node_t *element(yaml_document_t *document, const yaml_node_t *sequence,
                            const char *index)
{
    const yaml_node_item_t *item = sequence->data.sequence.items.start + atoi(index);
    return item < sequence->data.sequence.items.top ? yaml_document_get_node(document, *item)
                                                    : NULL;
}

static struct place walk(yaml_document_t *document, const char *path)
{
    struct place place = {1, false};
    const yaml_node_t *node = yaml_document_get_root_node(document);
    while (node != NULL) {
        place.line = (unsigned)node->start_mark.line + 1;
        if (*path == '\0') {
            place.found = true;
            break;
        }
        const size_t length = strcspn(path, "/");
        node = node->type == YAML_MAPPING_NODE    ? member(document, node, path, length)
               : node->type == YAML_SEQUENCE_NODE ? element(document, node, path)
                                                  : NULL;
        path += length + (path[length] == '/');
    }
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
