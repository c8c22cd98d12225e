/* A first look at a scenario file: is it YAML, and of the plain sort that scenarios are? libyaml knows
 * where exactly the syntax breaks, which libcyaml does not pass on; and what libcyaml would quietly
 * ignore (a second document, the rest of a word after a zero byte) is refused here. */
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "sim/scenario_yaml.h"

/* A scenario needs 6. Deep nesting is what makes YAML parsers slow. */
enum { DEPTH_MAX = 16 };

struct progress {
    int depth;
    int documents;
    bool done;
};

static const char *look(const yaml_event_t *event, struct progress *progress)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return ++progress->documents > 1 ? "a second document in one file" : NULL;
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT:
        return ++progress->depth > DEPTH_MAX ? "nested too deep" : NULL;
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        progress->depth--;
        return NULL;
    case YAML_SCALAR_EVENT:
        return memchr(event->data.scalar.value, 0, event->data.scalar.length) != NULL
                   ? "a zero byte in a word"
                   : NULL;
    case YAML_ALIAS_EVENT:
        return "aliases are not supported";
    case YAML_STREAM_END_EVENT:
        progress->done = true;
        return NULL;
    default:
        return NULL;
    }
}

static enum wh_err refuse(struct sim_yaml_error *error, size_t line, const char *what)
{
    error->line = (unsigned)line + 1;
    snprintf(error->what, sizeof error->what, "%s", what);
    return WH_ERR_FORMAT;
}

static enum wh_err check(yaml_parser_t *parser, struct sim_yaml_error *error)
{
    struct progress progress = {0};
    while (!progress.done) {
        yaml_event_t event;
        if (yaml_parser_parse(parser, &event) == 0) {
            return refuse(error, parser->problem_mark.line,
                          parser->problem != NULL ? parser->problem : "not YAML");
        }
        const char *what = look(&event, &progress);
        const size_t line = event.start_mark.line;
        yaml_event_delete(&event);
        if (what != NULL) {
            return refuse(error, line, what);
        }
    }
    return WH_OK;
}

enum wh_err sim_yaml_check(const char *text, size_t length, struct sim_yaml_error *error)
{
    yaml_parser_t parser;
    if (yaml_parser_initialize(&parser) == 0) {
        return WH_ERR_SPACE;
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    const enum wh_err err = check(&parser, error);
    yaml_parser_delete(&parser);
    return err;
}
