/* watthour firmware: a new software image into a meter, by the image transfer of 6-2 (class 18).
 * Invariant: file and times are checked before the meter is asked. */
#include "cli/tool_firmware.h"
#include "cli/tool.h"
#include "cli/tool_time.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ACTIVATE = TOOL_OPTIONS, KEY, OUTPUT, MODEL, NUMBER, REVISION, HARDWARE, LEGAL };

static const struct cli_option options[] = {
    TOOL_OPTION_ROWS,
    [ACTIVATE] = {"--activate", "now|TIME", "send: activates the image, at once or at that time"},
    [KEY] = {"--key", "FILE.pem", "make: the maker's private key; check: either half of it"},
    [OUTPUT] = {"--output", "FILE", "make: the image"},
    [MODEL] = {"--model", "MODEL", "make: the model that it is for"},
    [NUMBER] = {"--number", "N", "make: which software (8382001)"},
    [REVISION] = {"--revision", "N", "make: which revision of it"},
    [HARDWARE] = {"--hardware", "N", "make: the hardware that it is for (1, the virtual meter)"},
    [LEGAL] = {"--legal", "VERSION:SHA256",
               "make: its legally relevant part (that of this program)"},
    {NULL, NULL, NULL},
};

static int run(const struct cli_command *command, int argc, char **argv);

const struct cli_command cli_firmware = {
    .name = "firmware",
    .argument = "ENDPOINT status|send FILE|activate [TIME] | make BODY | check FILE...",
    .summary = "Software images: into a meter, and as files.\n"
               "  ENDPOINT status           what runs, and how far a transfer is\n"
               "  ENDPOINT send FILE        sends an image, or the rest of one, and verifies it\n"
               "  ENDPOINT activate [TIME]  activates it, now or at a local time; never: not then\n"
               "  make BODY                 makes and signs an image\n"
               "  check FILE                shows an image\n"
               "Of a meter of this project, with the keys of management: docs/firmware.md.\n",
    .options = options,
    .run = run,
};

static const char *const status_texts[WH_IMAGE_STATUSES] = {
    [WH_IMAGE_NOT_INITIATED] = "no transfer",
    [WH_IMAGE_INITIATED] = "transfer under way",
    [WH_IMAGE_VERIFYING] = "being verified",
    [WH_IMAGE_VERIFIED] = "verified, ready to be activated",
    [WH_IMAGE_REFUSED] = "refused",
    [WH_IMAGE_ACTIVATING] = "being activated",
    [WH_IMAGE_ACTIVATED] = "activated: it runs",
    [WH_IMAGE_NOT_ACTIVATED] = "not activated",
};

/* when: "now", "never" or a time that was parsed. */
static bool activate(struct tool_work *work, const char *when, const struct wh_datetime *at,
                     struct tool_failure *failure)
{
    return strcmp(when, "now") == 0
               ? tool_firmware_activate(work, failure)
               : tool_firmware_set_schedule(work, strcmp(when, "never") == 0 ? NULL : at, failure);
}

static const char *done_text(const char *when)
{
    return strcmp(when, "now") == 0     ? "activated: the meter has started with it"
           : strcmp(when, "never") == 0 ? "will not be activated by itself"
                                        : "will be activated at that time of the meter's clock";
}

static bool parse_time(const char *text, struct wh_datetime *at, char *error, size_t size)
{
    int64_t seconds;
    if (text[0] == '-' || !tool_time_parse(text, 0, false, &seconds, error, size)) {
        snprintf(error, size, "\"%s\" is no time; \"2026-11-20 14:00\" and \"now\" are", text);
        return false;
    }
    *at = wh_calendar_datetime(seconds);
    return true;
}

static int send_image(struct tool_work *work, const struct tool_image *image,
                      const struct wh_datetime *at)
{
    struct tool_failure failure;
    struct tool_firmware_sent sent;
    const char *when = work->arguments.value[ACTIVATE];
    if (!tool_firmware_send(work, image, &sent, &failure)) {
        return tool_report(work, "send", &failure);
    }
    if (when != NULL && !activate(work, when, at, &failure)) {
        return tool_report(work, "the image is verified; activate", &failure);
    }
    if (work->json) {
        return tool_print_json(
            work, json_pack("{s:I, s:I, s:b, s:s?}", "blocks", (json_int_t)sent.count, "sent",
                            (json_int_t)sent.sent, "verified", 1, "activated", when));
    }
    printf("%lu of %lu blocks sent; verified%s%s\n", (unsigned long)sent.sent,
           (unsigned long)sent.count, when != NULL ? "; " : "",
           when != NULL ? done_text(when) : "");
    return CLI_OK;
}

static int activate_only(struct tool_work *work, const char *when, const struct wh_datetime *at)
{
    struct tool_failure failure;
    if (!activate(work, when, at, &failure)) {
        return tool_report(work, "activate", &failure);
    }
    if (work->json) {
        return tool_print_json(work, json_pack("{s:s}", "activated", when));
    }
    printf("%s\n", done_text(when));
    return CLI_OK;
}

static int show_status(struct tool_work *work)
{
    struct tool_failure failure;
    uint32_t enabled;
    uint32_t status;
    uint32_t missing;
    uint32_t revision;
    uint32_t number = 0;
    uint8_t *there = NULL;
    size_t blocks = 0;
    char at[32];
    if (!tool_firmware_get(work, TOOL_FIRMWARE_ENABLED, &enabled, &failure) ||
        !tool_firmware_get(work, TOOL_FIRMWARE_STATUS, &status, &failure) ||
        !tool_firmware_get(work, TOOL_FIRMWARE_MISSING, &missing, &failure) ||
        !tool_firmware_schedule(work, at, &failure) ||
        !tool_firmware_running(work, &number, &revision, &failure) ||
        !tool_firmware_blocks(work, &there, &blocks, &failure)) {
        return tool_report(work, "status", &failure);
    }
    free(there);
    const char *text = status < WH_IMAGE_STATUSES ? status_texts[status] : "unknown";
    const char *fault = tool_firmware_fault(work);
    if (work->json) {
        return tool_print_json(
            work,
            json_pack("{s:I, s:I, s:b, s:I, s:s, s:I, s:I, s:s, s:s}", "number", (json_int_t)number,
                      "revision", (json_int_t)revision, "enabled", (int)(enabled != 0), "status",
                      (json_int_t)status, "status_text", text, "blocks", (json_int_t)blocks,
                      "first_missing", (json_int_t)missing, "activate_at", at, "fault", fault));
    }
    printf("software   %lu revision %lu\n", (unsigned long)number, (unsigned long)revision);
    printf("images     %s\n", enabled ? "are taken" : "are not taken: no key of the maker");
    printf("status     %s%s%s\n", text, fault[0] != '\0' ? ": " : "", fault);
    if (status == WH_IMAGE_INITIATED) {
        printf("missing    from block %lu of %zu\n", (unsigned long)missing, blocks);
    }
    if (at[0] != '\0') {
        printf("activation at %s\n", at);
    }
    return CLI_OK;
}

/* What is to be done, checked before the meter is asked. */
struct order {
    const char *verb;
    const char *when; /* of the activation; NULL: none */
    struct wh_datetime at;
    struct tool_image image;
};

static int take_order(struct tool_work *work, struct order *order)
{
    const struct cli_arguments *given = &work->arguments;
    const struct cli_command *command = work->command;
    char error[CLI_ERROR_SIZE];
    struct tool_failure failure;
    const char *object = given->list_count > 2 ? given->list[2] : NULL;
    order->verb = given->list_count > 1 ? given->list[1] : "status";
    const bool sends = strcmp(order->verb, "send") == 0;
    const bool activates = strcmp(order->verb, "activate") == 0;
    if ((!sends && !activates && strcmp(order->verb, "status") != 0) || given->list_count > 3 ||
        (sends && object == NULL) || (object != NULL && !sends && !activates)) {
        return cli_refuse(command, "what is to be done? ENDPOINT status, send FILE, or activate");
    }
    if (!sends && given->value[ACTIVATE] != NULL) {
        return cli_refuse(command, "--activate goes with send");
    }
    order->when = sends ? given->value[ACTIVATE] : activates ? object : NULL;
    order->when = activates && object == NULL ? "now" : order->when;
    const bool has_time =
        order->when != NULL && strcmp(order->when, "now") != 0 && strcmp(order->when, "never") != 0;
    if (has_time && !parse_time(order->when, &order->at, error, sizeof error)) {
        return cli_refuse(command, "%s", error);
    }
    if (sends && !tool_image_load(&order->image, object, &failure)) {
        return tool_report(work, NULL, &failure);
    }
    return CLI_OK;
}

static int obey(struct tool_work *work, const struct order *order)
{
    struct tool_failure failure;
    if (work->meter.language != &tool_language_dlms) {
        tool_fail(&failure, TOOL_ABSENT, "only over DLMS/COSEM; use dlms:// or hdlc://");
        return tool_report(work, NULL, &failure);
    }
    if (order->image.octets != NULL) {
        return send_image(work, &order->image, &order->at);
    }
    return order->when != NULL ? activate_only(work, order->when, &order->at) : show_status(work);
}

static int run_on_meter(const struct cli_command *command, int argc, char **argv)
{
    struct tool_work work;
    struct order order = {.when = NULL};
    int status = tool_prepare(&work, command, argc, argv);
    if (status == CLI_OK) {
        status = take_order(&work, &order);
    }
    if (status == CLI_OK) {
        status = tool_connect(&work);
        status = status == CLI_OK ? tool_end(&work, obey(&work, &order)) : status;
    }
    tool_image_free(&order.image);
    return status;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
    struct cli_arguments given;
    if (!cli_parse(command, argc, argv, &given)) {
        return CLI_BAD_INPUT;
    }
    const bool makes = strcmp(given.argument, "make") == 0;
    if (!makes && strcmp(given.argument, "check") != 0) {
        return run_on_meter(command, argc, argv);
    }
    if (given.list_count != 2) {
        return cli_refuse(command, "%s: one file is needed", given.argument);
    }
    const struct tool_firmware_options made = {
        .key = given.value[KEY],
        .output = given.value[OUTPUT],
        .model = given.value[MODEL],
        .number = given.value[NUMBER],
        .revision = given.value[REVISION],
        .hardware = given.value[HARDWARE],
        .legal = given.value[LEGAL],
    };
    return makes ? tool_firmware_make(command, given.list[1], &made)
                 : tool_firmware_check(command, given.list[1], made.key,
                                       given.value[TOOL_OPTION_JSON] != NULL);
}
