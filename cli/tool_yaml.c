/* Flat YAML by libyaml's documents. Invariant: what is not a scalar, or a mapping of scalars, is
 * refused with its line. */
#include "cli/tool_yaml.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

enum { NAME_SIZE = 128 };

struct walk {
    const char *path;
    yaml_document_t document;
    tool_yaml_take *take;
    void *context;
    struct tool_failure *failure;
};

static bool refuse(const struct walk *walk, const yaml_node_t *node, const char *what)
{
    return tool_fail(walk->failure, CLI_BAD_INPUT, "%s:%zu: %s", walk->path,
                     node->start_mark.line + 1, what);
}

static const char *scalar(const yaml_node_t *node)
{
    return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

static bool is_second(struct walk *walk, const yaml_node_t *mapping, const yaml_node_pair_t *pair,
                      const char *name)
{
    for (const yaml_node_pair_t *p = mapping->data.mapping.pairs.start; p < pair; p++) {
        const char *before = scalar(yaml_document_get_node(&walk->document, p->key));
        if (before != NULL && strcmp(before, name) == 0) {
            return true;
        }
    }
    return false;
}

/* One pair; group is NULL at the top. */
static bool take_pair(struct walk *walk, const yaml_node_t *mapping, const yaml_node_pair_t *pair,
                      const char *group, const yaml_node_t **inner)
{
    const yaml_node_t *key = yaml_document_get_node(&walk->document, pair->key);
    const yaml_node_t *value = yaml_document_get_node(&walk->document, pair->value);
    char name[NAME_SIZE];
    if (scalar(key) == NULL) {
        return refuse(walk, key, "a name is expected");
    }
    if (is_second(walk, mapping, pair, scalar(key))) {
        return tool_fail(walk->failure, CLI_BAD_INPUT, "%s:%zu: \"%s\" comes twice", walk->path,
                         key->start_mark.line + 1, scalar(key));
    }
    *inner = value->type == YAML_MAPPING_NODE && group == NULL ? value : NULL;
    if (*inner != NULL) {
        return true;
    }
    if (scalar(value) == NULL) {
        return refuse(walk, value, "a plain value is expected");
    }
    snprintf(name, sizeof name, "%s%s%s", group != NULL ? group : "", group != NULL ? "." : "",
             scalar(key));
    return walk->take(walk->context, name, scalar(value), key->start_mark.line + 1, walk->failure);
}

static bool take_group(struct walk *walk, const yaml_node_t *mapping, const char *group)
{
    const yaml_node_t *none;
    for (const yaml_node_pair_t *p = mapping->data.mapping.pairs.start;
         p < mapping->data.mapping.pairs.top; p++) {
        if (!take_pair(walk, mapping, p, group, &none)) {
            return false;
        }
    }
    return true;
}

static bool take_all(struct walk *walk)
{
    const yaml_node_t *root = yaml_document_get_root_node(&walk->document);
    if (root == NULL || root->type != YAML_MAPPING_NODE) {
        return tool_fail(walk->failure, CLI_BAD_INPUT, "%s: is not a list of \"name: value\"",
                         walk->path);
    }
    for (const yaml_node_pair_t *p = root->data.mapping.pairs.start;
         p < root->data.mapping.pairs.top; p++) {
        const yaml_node_t *inner = NULL;
        if (!take_pair(walk, root, p, NULL, &inner)) {
            return false;
        }
        const yaml_node_t *key = yaml_document_get_node(&walk->document, p->key);
        if (inner != NULL && !take_group(walk, inner, scalar(key))) {
            return false;
        }
    }
    return true;
}

static bool read_stream(struct walk *walk, FILE *file)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        return tool_fail(walk->failure, CLI_FAILED, "%s: no memory", walk->path);
    }
    yaml_parser_set_input_file(&parser, file);
    bool done = yaml_parser_load(&parser, &walk->document) != 0;
    if (!done) {
        tool_fail(walk->failure, CLI_BAD_INPUT, "%s:%zu: %s", walk->path,
                  parser.problem_mark.line + 1,
                  parser.problem != NULL ? parser.problem : "is no YAML");
    } else {
        done = take_all(walk);
        yaml_document_delete(&walk->document);
    }
    yaml_parser_delete(&parser);
    return done;
}

bool tool_yaml_read(const char *path, tool_yaml_take *take, void *context,
                    struct tool_failure *failure)
{
    struct walk walk = {.path = path, .take = take, .context = context, .failure = failure};
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return tool_fail_errno(failure, CLI_BAD_INPUT, errno, "%s", path);
    }
    const bool done = read_stream(&walk, file);
    fclose(file);
    return done;
}
