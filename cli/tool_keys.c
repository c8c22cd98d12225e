/* watthour keys: keys of the modern DLMS profile, made, shown and changed. Invariant: no key and no secret is ever
 * printed. */
#include "cli/tool_keys.h"
#include "cli/tool.h"
#include "cli/tool_data.h"
#include "cli/tool_dlms.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SUITE = TOOL_OPTIONS };

static const struct cli_option options[] = {
    TOOL_OPTION_ROWS,
    [SUITE] = {"--suite", "N", "generate: security suite 0 (usual), 1 or 2"},
    {NULL, NULL, NULL},
};

static int run(const struct cli_command *command, int argc, char **argv);

const struct cli_command cli_keys = {
    .name = "keys",
    .argument = "ENDPOINT show|change | generate FILE...",
    .summary =
        "Keys of secure DLMS clients: made, shown, changed.\n"
        "  generate FILE     makes FILE for watthour run --keys, and a key file for each client\n"
        "  ENDPOINT show     titles, suite, policy and counters; never keys\n"
        "  ENDPOINT change   new keys for the client of the key file, with its master key\n"
        "docs/tool.md tells what happens when a change is cut off.\n",
    .options = options,
    .run = run,
};

/* ---- show ---- */

enum { POLICY = 2, SUITE_IN_FORCE, CLIENT_TITLE, SERVER_TITLE, SHOWN, HEX_SIZE = 2 * 16 + 1 };

/* What the meter tells, and what the key file is at. */
struct shown {
    uint8_t policy, suite;
    char client_title[HEX_SIZE], meter_title[HEX_SIZE], own_title[HEX_SIZE];
    bool has_counter;
    uint32_t counter;
};

static void put_hex(char hex[HEX_SIZE], const uint8_t *octets, size_t length)
{
    hex[0] = '\0';
    for (size_t i = 0; i < length && 2 * i + 2 < HEX_SIZE; i++) {
        snprintf(hex + 2 * i, 3, "%02X", octets[i]);
    }
}

static bool get(struct tool_dlms *dlms, uint16_t class_id, const uint8_t name[6], int8_t index,
                struct dlms_value *value, struct tool_failure *failure)
{
    const struct dlms_client_attribute at = tool_dlms_attribute(class_id, name, index);
    struct dlms_span data;
    if (!tool_dlms_get(dlms, &at, &data, failure)) {
        return false;
    }
    struct dlms_reader reader = dlms_reader(data.data, data.length);
    *value = dlms_read_value(&reader);
    return dlms_reader_done(&reader) ||
           tool_fail(failure, TOOL_NO_ANSWER, "what the meter tells of its keys means nothing");
}

/* The Security setup of this association, as it says itself. */
static bool find_setup(struct tool_dlms *dlms, uint8_t name[6], struct tool_failure *failure)
{
    static const uint8_t association[6] = {0, 0, 40, 0, 0, 255};
    struct dlms_value value;
    const bool is_told = get(dlms, 15, association, 9, &value, failure);
    if (!is_told && failure->code != TOOL_ABSENT) {
        return false;
    }
    if (!is_told || value.tag != DLMS_TAG_OCTET_STRING || value.bytes.length != 6) {
        return tool_fail(failure, TOOL_ABSENT,
                         "this client has no Security setup; one with keys has (--key-file)");
    }
    memcpy(name, value.bytes.data, 6);
    return true;
}

static bool read_shown(struct tool_dlms *dlms, struct shown *shown, struct tool_failure *failure)
{
    uint8_t name[6];
    struct dlms_value value[SHOWN];
    if (!find_setup(dlms, name, failure)) {
        return false;
    }
    for (int index = POLICY; index < SHOWN; index++) {
        if (!get(dlms, 64, name, (int8_t)index, &value[index], failure)) {
            return false;
        }
        char *hex = index == CLIENT_TITLE   ? shown->client_title
                    : index == SERVER_TITLE ? shown->meter_title
                                            : NULL;
        if (hex != NULL) { /* valid until the next answer only */
            put_hex(hex, value[index].bytes.data, value[index].bytes.length);
        }
    }
    shown->policy = (uint8_t)value[POLICY].integer;
    shown->suite = (uint8_t)value[SUITE_IN_FORCE].integer;
    struct tool_failure none; /* it need not be seen in this association */
    name[3] = 1;
    shown->has_counter = get(dlms, 1, name, 2, &value[0], &none);
    shown->counter = (uint32_t)value[0].integer;
    return true;
}

static void policy_text(uint8_t policy, char text[128])
{
    static const char *const words[] = {"authenticated", "encrypted", "signed"};
    static const char *const sides[] = {"requests", "; answers"};
    size_t used = 0;
    text[0] = '\0';
    for (int side = 0; side < 2; side++) {
        used += (size_t)snprintf(text + used, 128 - used, "%s", sides[side]);
        for (int w = 0; w < 3; w++) {
            if ((policy >> (2 + 3 * side + w) & 1) != 0) {
                used += (size_t)snprintf(text + used, 128 - used, " %s", words[w]);
            }
        }
    }
}

static int print_shown(const struct tool_work *work, const struct shown *shown)
{
    char policy[128];
    policy_text(shown->policy, policy);
    if (work->json) {
        json_t *json = json_pack("{s:s, s:s, s:i, s:i, s:s}", "meter_title", shown->meter_title,
                                 "client_title", shown->own_title, "suite", (int)shown->suite,
                                 "policy", (int)shown->policy, "policy_text", policy);
        if (shown->has_counter && json != NULL) {
            json_object_set_new(json, "counter", json_integer((json_int_t)shown->counter));
        }
        return tool_print_json(work, json);
    }
    printf("meter    %s\nclient   %s\nsuite    %u\npolicy   %02X: %s\n", shown->meter_title,
           shown->own_title, shown->suite, shown->policy, policy);
    if (shown->has_counter) {
        printf("counter  %" PRIu32 " was taken last\n", shown->counter);
    }
    return CLI_OK;
}

static int show(const struct tool_work *work)
{
    struct tool_failure failure;
    struct shown shown = {.suite = 0};
    struct tool_dlms *dlms = tool_dlms_open(&work->meter.endpoint, &work->secrets, &failure);
    const bool done = dlms != NULL && read_shown(dlms, &shown, &failure);
    tool_dlms_close(dlms);
    put_hex(shown.own_title, work->secrets.system_title.octets, work->secrets.system_title.length);
    return done ? print_shown(work, &shown) : tool_report(work, NULL, &failure);
}

/* ---- The command ---- */

static int run_on_meter(const struct cli_command *command, int argc, char **argv, bool changes)
{
    struct tool_work work;
    int status = tool_prepare(&work, command, argc, argv);
    if (status != CLI_OK) {
        return status;
    }
    if (work.meter.endpoint.language == ENDPOINT_DETECT) {
        work.meter.endpoint.language = ENDPOINT_DLMS;
    }
    if (work.meter.endpoint.language > ENDPOINT_HDLC) {
        struct tool_failure failure;
        tool_fail(&failure, TOOL_ABSENT, "only over DLMS/COSEM; use dlms:// or hdlc://");
        status = tool_report(&work, NULL, &failure);
    } else {
        status = changes ? tool_keys_change(&work) : show(&work);
    }
    dlms_wipe(&work.secrets, sizeof work.secrets);
    return status;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
    struct cli_arguments given;
    double suite = 0;
    if (!cli_parse(command, argc, argv, &given)) {
        return CLI_BAD_INPUT;
    }
    const bool makes = strcmp(given.argument, "generate") == 0;
    const char *verb = given.list_count == 2 ? given.list[1] : "";
    if (!makes && given.value[SUITE] != NULL) {
        return cli_refuse(command, "--suite goes with generate");
    }
    if (makes && given.list_count == 2) {
        return cli_number(command, "--suite", given.value[SUITE], 0, 2, &suite)
                   ? tool_keys_generate(command, given.list[1], (uint8_t)suite)
                   : CLI_BAD_INPUT;
    }
    if (makes || (strcmp(verb, "show") != 0 && strcmp(verb, "change") != 0)) {
        return cli_refuse(command, "what is to be done? ENDPOINT show, ENDPOINT change, or "
                                   "generate FILE");
    }
    return run_on_meter(command, argc, argv, strcmp(verb, "change") == 0);
}
