/* Meters that speak IEC 62056-21. What the read-out has is taken from there; the rest needs
 * programming mode and a password. Invariant: a value keeps the digits that the meter's display
 * has. */
#include "cli/tool_iec.h"
#include "cli/tool_iec_log.h"
#include "cli/tool_iec_value.h"
#include <stdio.h>
#include <string.h>

enum { LINE_SIZE = 160, UNIT_KW = 22 };

static bool open_session(struct tool_meter *meter, struct tool_failure *failure)
{
    struct iec21_identification who;
    struct tool_iec *iec = tool_iec_open(&meter->endpoint, failure);
    meter->session = iec;
    if (iec == NULL) {
        return false;
    }
    /* A probe must hear from the meter; whatever else is done signs on anyway. */
    return !meter->is_probe || tool_iec_identify(iec, &who, failure);
}

static void close_session(struct tool_meter *meter)
{
    tool_iec_close(meter->session);
}

static struct tool_value value_of_set(const struct iec21_found *found)
{
    char address[IEC21_ADDRESS_SIZE];
    snprintf(address, sizeof address, "%.*s", (int)found->address.length, found->address.text);
    return tool_iec_value(address, found->value, found->unit);
}

/* ---- Reading ---- */

/* "1.8.0" of "1-1:1.8.0*255": some write a code in full. */
static struct iec21_span short_code(struct iec21_span address)
{
    static const char whole[] = "*255";
    const size_t behind = sizeof whole - 1;
    const char *colon = memchr(address.text, ':', address.length);
    if (colon != NULL) {
        address.length -= (size_t)(colon + 1 - address.text);
        address.text = colon + 1;
    }
    if (address.length > behind &&
        memcmp(address.text + address.length - behind, whole, behind) == 0) {
        address.length -= behind;
    }
    return address;
}

static bool find_set(const char *block, size_t length, const char *address,
                     struct iec21_found *found)
{
    size_t at = 0;
    while (iec21_next_data_set(block, length, &at, found) == WH_OK) {
        const struct iec21_span code = short_code(found->address);
        if (code.length == strlen(address) && memcmp(code.text, address, code.length) == 0) {
            return true;
        }
    }
    return false;
}

static bool open_programming(struct tool_meter *meter, struct tool_failure *failure)
{
    if (!meter->secrets->has_password && !meter->endpoint.is_listened_to) {
        return tool_fail(failure, TOOL_REFUSED,
                         "needs programming mode, and that a password: --password-file, "
                         "WATTHOUR_PASSWORD or --default-password");
    }
    return tool_iec_program(meter->session, meter->secrets->password, failure);
}

/* R1 for the settings of the protocol itself, R5 for all else. */
static const char *read_code(const char *address)
{
    return strncmp(address, "131.", 4) == 0 ? "R1" : "R5";
}

static bool read_by_command(struct tool_meter *meter, const char *address, struct tool_value *value,
                            struct tool_failure *failure)
{
    char data[LINE_SIZE];
    const char *block;
    bool has_more;
    struct iec21_found found;
    size_t at = 0;
    if (!open_programming(meter, failure)) {
        return false;
    }
    snprintf(data, sizeof data, "%s()", address);
    if (!tool_iec_command(meter->session, read_code(address), data, &block, &has_more, failure)) {
        if (failure->code == TOOL_REFUSED) {
            failure->code = TOOL_ABSENT; /* the error messages do not tell one from the other */
        }
        return false;
    }
    if (block == NULL || iec21_next_data_set(block, strlen(block), &at, &found) != WH_OK) {
        return tool_fail(failure, TOOL_NO_ANSWER, "the answer is no data set");
    }
    *value = tool_iec_value(address, found.value, found.unit);
    return true;
}

static bool read_target(struct tool_meter *meter, const struct tool_target *target,
                        struct tool_value *value, struct tool_failure *failure)
{
    struct tool_iec *iec = meter->session;
    struct iec21_found found;
    if (target->iec[0] == '\0') {
        return tool_fail(failure, TOOL_ABSENT, "has no place in IEC 62056-21");
    }
    if (!iec->is_programming && target->item == NULL) {
        if (!tool_iec_read_out(iec, failure)) {
            return false;
        }
        if (find_set(iec->read_out, iec->read_out_length, target->iec, &found)) {
            *value = value_of_set(&found);
            return true;
        }
        if (!meter->secrets->has_password || meter->endpoint.is_listened_to) {
            return tool_fail(failure, TOOL_ABSENT, "is not in the read-out%s",
                             meter->endpoint.is_listened_to ? " that the meter sent"
                                                            : "; more can be read with a password");
        }
    }
    return read_by_command(meter, target->iec, value, failure);
}

/* Everything that the meter reads out. */
static bool read_default(struct tool_meter *meter, struct tool_failure *failure,
                         bool (*take)(void *context, const struct tool_target *target,
                                      const struct tool_value *value),
                         void *context)
{
    struct tool_iec *iec = meter->session;
    struct iec21_found found;
    size_t at = 0;
    if (!tool_iec_read_out(iec, failure)) {
        return false;
    }
    while (iec21_next_data_set(iec->read_out, iec->read_out_length, &at, &found) == WH_OK) {
        char code[IEC21_ADDRESS_SIZE];
        char error[CLI_ERROR_SIZE];
        struct tool_target target = {0};
        snprintf(code, sizeof code, "%.*s", (int)found.address.length, found.address.text);
        if (tool_target_find(code, &target, error, sizeof error)) {
            const struct wh_quantity *quantity = wh_catalog_find_obis(target.obis);
            snprintf(target.name, sizeof target.name, "%s",
                     quantity != NULL ? quantity->name : code);
        } else {
            snprintf(target.name, sizeof target.name, "%s", code);
        }
        const struct tool_value value = value_of_set(&found);
        if (!take(context, &target, &value)) {
            return false;
        }
    }
    return true;
}

/* ---- Writing ---- */

static bool send_write(struct tool_meter *meter, const char *code, const char *data,
                       struct tool_failure *failure)
{
    const char *block;
    bool has_more;
    return open_programming(meter, failure) &&
           tool_iec_command(meter->session, code, data, &block, &has_more, failure);
}

static bool write_item(struct tool_meter *meter, const struct tool_item *item, int64_t number,
                       struct tool_failure *failure)
{
    char data[TOOL_VALUE_SIZE + LINE_SIZE];
    char text[TOOL_VALUE_SIZE];
    if (item->iec == NULL) {
        return tool_fail(failure, TOOL_ABSENT, "cannot be written by IEC 62056-21");
    }
    /* As the display has it: W as kW. */
    const struct tool_value value = tool_number(number, item->kmp_unit == UNIT_KW ? -3 : 0, "");
    tool_value_plain(&value, text);
    snprintf(data, sizeof data, "%s(%s)", item->iec, text);
    return send_write(meter, "W1", data, failure);
}

static bool set_clock(struct tool_meter *meter, const struct wh_datetime *time, bool is_summer,
                      struct tool_failure *failure)
{
    char data[LINE_SIZE];
    snprintf(data, sizeof data, "1.0.0(%d%02u%02u%02u%02u%02u%02u)", is_summer, time->year % 100U,
             time->month, time->day, time->hour, time->minute, time->second);
    return send_write(meter, "W5", data, failure);
}

static bool command(struct tool_meter *meter, enum tool_command command,
                    struct tool_failure *failure)
{
    if (command == TOOL_COMMAND_DEBITING_STOP) {
        return send_write(meter, "W1", "0.1.5(1)", failure);
    }
    return tool_fail(failure, TOOL_ABSENT,
                     "IEC 62056-21 has no such command; use dlms, hdlc or kmp");
}

static bool read_log(struct tool_meter *meter, const struct tool_log_query *query,
                     const struct tool_log_sink *sink, struct tool_failure *failure)
{
    return open_programming(meter, failure) && tool_iec_log(meter->session, query, sink, failure);
}

const struct tool_language tool_language_iec = {
    .open = open_session,
    .close = close_session,
    .read_default = read_default,
    .read = read_target,
    .write = write_item,
    .set_clock = set_clock,
    .log = read_log,
    .command = command,
};
