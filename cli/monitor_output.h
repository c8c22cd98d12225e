/* Where the reports of watthour monitor go: trees, lines or JSON lines on standard output.
 */
#ifndef CLI_MONITOR_OUTPUT_H
#define CLI_MONITOR_OUTPUT_H

#include "decode/print.h"

enum monitor_form { MONITOR_TREE, MONITOR_BRIEF, MONITOR_JSON };

struct monitor_output {
    enum monitor_form form;
    uint64_t reports; /* so far; they are numbered through over all conversations */
    uint64_t faulty;
    bool is_live;   /* flush after each */
    uint64_t lines; /* of a text file, while it is read; 0: there are none */
};

/* A decode_flow_sink; context is a struct monitor_output. */
void monitor_output_report(void *context, const struct decode_report *report,
                           const struct decode_origin *origin);

/* A decode_sink; context the same. */
void monitor_output_plain(void *context, const struct decode_report *report);

#endif
