/* watthour scan: which languages answer at a place, and what meter that is. */
#include "cli/tool.h"
#include "cli/tool_command.h"
#include "cli/tool_iec.h"
#include "cli/tool_kmp.h"
#include <stdio.h>
#include <string.h>

static const struct cli_option options[] = {
    TOOL_OPTION_ROWS,
    {NULL, NULL, NULL},
};

static int run(const struct cli_command *command, int argc, char **argv);

const struct cli_command cli_scan = {
    .name = "scan",
    .argument = "ENDPOINT",
    .summary = "Finds out what answers at a place: languages, type, serial number.\n"
               "The place is HOST, HOST:PORT or /dev/…; a host without a port is asked at 4059 and "
               "1025. No password is sent.\n",
    .options = options,
    .run = run,
};

enum { PROBE_MS = 800, TEXT = 64 };

struct found {
    struct endpoint endpoint;
    char type[TEXT];
    char serial[TEXT];
    char more[TEXT]; /* what the language alone tells */
};

static void take_quantity(struct tool_meter *meter, enum wh_quantity_id id, char text[TEXT])
{
    const struct tool_target target = tool_target_of_quantity(wh_catalog_get(id));
    struct tool_value value;
    struct tool_failure none;
    char plain[TOOL_VALUE_SIZE];
    if (meter->language->read(meter, &target, &value, &none)) {
        tool_value_plain(&value, plain);
        snprintf(text, TEXT, "%.*s", TEXT - 1, plain);
    }
}

/* The meters of the family tell their type by two bytes. */
static void take_kmp_type(struct tool_kmp *kmp, struct found *found)
{
    struct kmp_request request;
    const struct kmp_frame *answer;
    struct kmp_type type;
    struct tool_failure none;
    kmp_request_plain(&request, KMP_GET_TYPE);
    if (tool_kmp_ask(kmp, &request, &answer, &none) && kmp_answer_type(answer, &type) == WH_OK) {
        snprintf(found->more, sizeof found->more, "type %04X, revision %c%u", type.type,
                 type.revision_letter >= 1 && type.revision_letter <= 26
                     ? 'A' + type.revision_letter - 1
                     : '?',
                 type.revision_number);
    }
}

static bool ask_iec(struct found *found, struct tool_failure *failure)
{
    struct iec21_identification who;
    struct tool_iec *iec = tool_iec_open(&found->endpoint, failure);
    const bool done = iec != NULL && tool_iec_identify(iec, &who, failure);
    if (done) {
        snprintf(found->more, sizeof found->more, "%s, up to %u Bd%s", who.flag,
                 iec21_baud(who.speed), who.has_hdlc ? ", HDLC" : "");
        snprintf(found->type, sizeof found->type, "%s", who.type);
    }
    tool_iec_close(iec);
    return done;
}

/* A refusal shows that the language is spoken. */
static bool ask_meter(struct found *found, struct tool_failure *failure)
{
    static const struct tool_secrets none;
    struct tool_meter meter;
    if (!tool_meter_open(&meter, &found->endpoint, &none, failure)) {
        snprintf(found->more, sizeof found->more, "%s",
                 failure->code == TOOL_REFUSED ? "refuses without a password" : "");
        return failure->code == TOOL_REFUSED;
    }
    take_quantity(&meter, WH_QUANTITY_SERIAL_NUMBER, found->serial);
    take_quantity(&meter, WH_QUANTITY_TYPE, found->type);
    if (meter.language == &tool_language_kmp) {
        take_kmp_type(meter.session, found);
    }
    tool_meter_close(&meter);
    return true;
}

static void print_found(const struct found *found)
{
    char text[ENDPOINT_TEXT_SIZE];
    endpoint_text(&found->endpoint, text);
    printf("%-32s %-16s serial %-10s %s\n", text, found->type[0] != '\0' ? found->type : "-",
           found->serial[0] != '\0' ? found->serial : "-", found->more);
    fflush(stdout);
}

static json_t *found_json(const struct found *found)
{
    char text[ENDPOINT_TEXT_SIZE];
    endpoint_text(&found->endpoint, text);
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "endpoint", text, "language",
                     endpoint_language_text(found->endpoint.language), "type", found->type,
                     "serial_number", found->serial, "more", found->more);
}

/* Every language, at its own port when none is said. */
static int scan(struct tool_work *work)
{
    const struct endpoint *place = &work->meter.endpoint;
    json_t *array = json_array();
    struct tool_failure failure = {0};
    size_t count = 0;
    for (int l = ENDPOINT_DLMS; l < ENDPOINT_LANGUAGES; l++) {
        struct found found = {.endpoint = endpoint_in(place, (enum endpoint_language)l)};
        if (place->is_serial && l == ENDPOINT_DLMS) {
            continue;
        }
        if (found.endpoint.timeout_ms == 0) {
            found.endpoint.timeout_ms = PROBE_MS;
        }
        if (l == ENDPOINT_IEC ? !ask_iec(&found, &failure) : !ask_meter(&found, &failure)) {
            continue;
        }
        count++;
        if (work->json) {
            json_array_append_new(array, found_json(&found));
        } else {
            print_found(&found);
        }
    }
    if (work->json) {
        const int status = tool_print_json(work, array);
        return count > 0 ? status : TOOL_NO_ANSWER;
    }
    json_decref(array);
    return count > 0 ? CLI_OK : tool_report(work, "nothing answers", &failure);
}

static int run(const struct cli_command *command, int argc, char **argv)
{
    struct tool_work work;
    const int status = tool_prepare(&work, command, argc, argv);
    if (status != CLI_OK) {
        return status;
    }
    if (work.meter.endpoint.language != ENDPOINT_DETECT) {
        return cli_refuse(command, "finds out the language itself; leave %s:// away",
                          endpoint_language_text(work.meter.endpoint.language));
    }
    return tool_end(&work, scan(&work));
}
