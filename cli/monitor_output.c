/* Reports on standard output. Invariant: every report counts once, printed or not. */
#include "cli/monitor_output.h"

static void print_json(const struct decode_report *report, const struct decode_origin *origin)
{
    json_t *json = decode_json(report, origin);
    if (json != NULL) {
        json_dumpf(json, stdout, JSON_COMPACT);
        putchar('\n');
    }
    json_decref(json);
}

void monitor_output_report(void *context, const struct decode_report *report,
                           const struct decode_origin *origin)
{
    struct monitor_output *output = context;
    struct decode_report numbered = *report;
    numbered.number = ++output->reports;
    output->faulty += report->tree->faults > 0 ? 1 : 0;
    switch (output->form) {
    case MONITOR_TREE:
        decode_print_tree(stdout, &numbered, origin);
        break;
    case MONITOR_BRIEF:
        decode_print_brief(stdout, &numbered, origin);
        break;
    case MONITOR_JSON:
        print_json(&numbered, origin);
        break;
    }
    if (output->is_live) {
        fflush(stdout);
    }
}

void monitor_output_plain(void *context, const struct decode_report *report)
{
    const struct monitor_output *output = context;
    const struct decode_origin origin = {.line = output->lines};
    monitor_output_report(context, report, &origin);
}
