/* The device of tables. */
#include "device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum wh_err copy(char *out, size_t size, const char *text)
{
    if (strlen(text) >= size) {
        return WH_ERR_SPACE;
    }
    memcpy(out, text, strlen(text) + 1);
    return WH_OK;
}

static enum wh_err type(void *context, char *text, size_t size)
{
    return copy(text, size, ((struct device *)context)->type);
}

static enum wh_err address(void *context, char *text, size_t size)
{
    return copy(text, size, ((struct device *)context)->address);
}

static enum wh_err data_set(void *context, size_t index, struct iec21_data_set *set)
{
    const struct device *device = context;
    if (index >= device->set_count) {
        return WH_ERR_NOT_FOUND;
    }
    *set = device->sets[index];
    return set->address[0] == '?' ? WH_ERR_STATE : WH_OK;
}

static enum wh_err login(void *context, const char *password, struct iec21_access *access)
{
    struct device *device = context;
    device->logins++;
    if (strcmp(password, device->password) != 0) {
        return WH_ERR_SEALED;
    }
    access->level = 3;
    return WH_OK;
}

static enum wh_err read(void *context, const struct iec21_access *access,
                        const struct iec21_command *command, char *value, size_t size)
{
    struct device *device = context;
    device->reads++;
    device->access = *access;
    if (strcmp(command->address, "131.0.3") == 0 && command->type == '1') {
        return copy(value, size, device->user_data_list);
    }
    if (strcmp(command->address, "1.0.0") == 0 && command->type == '5') {
        return copy(value, size, "01050201075012");
    }
    for (size_t i = 0; i < device->set_count; i++) {
        if (strcmp(command->address, device->sets[i].address) == 0) {
            char text[64];
            snprintf(text, sizeof text, "%s%s%s", device->sets[i].value,
                     device->sets[i].unit[0] != '\0' ? "*" : "", device->sets[i].unit);
            return copy(value, size, text);
        }
    }
    return WH_ERR_NOT_FOUND;
}

static enum wh_err write(void *context, const struct iec21_access *access,
                         const struct iec21_command *command)
{
    struct device *device = context;
    device->access = *access;
    if (strcmp(command->address, "131.0.3") == 0) {
        if (strcmp(command->argument, "0") != 0 && strcmp(command->argument, "1") != 0) {
            return WH_ERR_ARGUMENT;
        }
        device->writes++;
        return copy(device->user_data_list, sizeof device->user_data_list, command->argument);
    }
    if (strcmp(command->address, "1.0.0") == 0 && command->type == '5') {
        device->writes++;
        return copy(device->clock, sizeof device->clock, command->argument);
    }
    if (strcmp(command->address, "131.0.17") == 0 && access->option == '6') {
        device->writes++;
        return copy(device->list, sizeof device->list, command->argument);
    }
    return strcmp(command->address, "1.8.0") == 0 ? WH_ERR_SEALED : WH_ERR_NOT_FOUND;
}

static enum wh_err execute(void *context, const struct iec21_access *access,
                           const struct iec21_command *command)
{
    struct device *device = context;
    (void)command;
    device->access = *access;
    device->executes++;
    return WH_OK;
}

static enum wh_err log_header(void *context, const struct iec21_access *access,
                              const struct iec21_log_query *query, char *text, size_t size)
{
    (void)context;
    (void)access;
    return strcmp(query->address, "99.1.0") == 0
               ? copy(text, size, "(4)(1.0.0)()(96.56.2)()(96.56.3)()(1.8.0)(kWh)")
               : WH_ERR_NOT_FOUND;
}

static enum wh_err log_record(void *context, const struct iec21_access *access,
                              const struct iec21_log_query *query, size_t index, char *text,
                              size_t size)
{
    static const char *const values[DEVICE_RECORDS] = {"0000586.12", "0000587.23", "0000588.34",
                                                       "0000589.11", "0000589.11", "0000590.25",
                                                       "0000590.78", "0000592.89", "0000592.95"};
    const struct device *device = context;
    char line[64];
    (void)access;
    (void)query;
    if (index >= device->record_count) {
        return WH_ERR_NOT_FOUND;
    }
    snprintf(line, sizeof line, "(010501010%u0000)(0)(0)(%s)", (unsigned)index,
             values[index % DEVICE_RECORDS]);
    return copy(text, size, line);
}

const struct iec21_meter device_functions = {
    .type = type,
    .address = address,
    .data_set = data_set,
    .login = login,
    .read = read,
    .write = write,
    .execute = execute,
    .log_header = log_header,
    .log_record = log_record,
};

void device_add(struct device *device, const char *address_text, const char *value,
                const char *unit, const char *second)
{
    struct iec21_data_set *set = &device->sets[device->set_count++];
    if (device->set_count > DEVICE_SETS) {
        abort();
    }
    snprintf(set->address, sizeof set->address, "%s", address_text);
    snprintf(set->value, sizeof set->value, "%s", value);
    snprintf(set->unit, sizeof set->unit, "%s", unit);
    snprintf(set->second, sizeof set->second, "%s", second);
}

void device_init(struct device *device)
{
    *device = (struct device){.times = IEC21_TIMES_DEFAULT,
                              .type = " 6841138BN143002",
                              .address = "0012345678",
                              .password = "12345",
                              .user_data_list = "1",
                              .record_count = DEVICE_RECORDS};
    device_add(device, "0.0.1", "12345678", "", "");
    device_add(device, "97.97.0", "210", "", "");
    device_add(device, "1.8.0", "0000010", "kWh", "");
    device_add(device, "1.8.1", "0000010", "kWh", "");
    device_add(device, "1.8.2", "0000000", "kWh", "");
    device_add(device, "96.8.0", "49", "", "");
    device_add(device, "1.0.0", "01131212114656", "", "");
}

void line_init(struct line *line, enum iec21_mode mode, enum iec21_coding coding)
{
    memset(line, 0, sizeof *line);
    device_init(&line->device);
    const struct iec21_server_setup setup = {.meter = &device_functions,
                                             .context = &line->device,
                                             .times = &line->device.times,
                                             .flag = "KAM",
                                             .mode = mode,
                                             .fastest_baud = 9600,
                                             .start_baud = 300,
                                             .coding = coding,
                                             .input = line->input,
                                             .input_size = sizeof line->input,
                                             .output = line->output,
                                             .output_size = sizeof line->output};
    line->now_ms = UINT32_MAX - 1000; /* the count of time wraps during the test */
    if (iec21_server_init(&line->server, &setup) != WH_OK) {
        abort();
    }
}

static void pull(struct line *line, uint32_t wait_ms)
{
    enum { STEP_MS = 10 };
    line->length = 0;
    for (uint32_t passed = 0;; passed += STEP_MS) {
        size_t got;
        do {
            const size_t room = sizeof line->sent - line->length;
            got = iec21_server_output(&line->server, line->now_ms, line->sent + line->length,
                                      room < 7 ? room : 7);
            line->length += got;
        } while (got > 0);
        if (passed >= wait_ms) {
            break;
        }
        line->now_ms += STEP_MS;
    }
    for (size_t i = 0; i < line->length; i++) {
        snprintf(line->hex + 2 * i, 3, "%02X", line->sent[i]);
        line->text[i] = (char)(line->sent[i] & 0x7F);
    }
    line->hex[2 * line->length] = '\0';
    line->text[line->length] = '\0';
}

const char *line_ask(struct line *line, const char *hex, uint32_t wait_ms)
{
    uint8_t data[1024];
    size_t digits = 0;
    for (; *hex != '\0'; hex++) {
        if (*hex != ' ') {
            const unsigned low = (unsigned)(*hex <= '9' ? *hex - '0' : *hex - 'A' + 10);
            const unsigned high = digits % 2 == 0 ? 0 : data[digits / 2];
            data[digits++ / 2] = (uint8_t)(high << 4 | low);
        }
    }
    iec21_server_input(&line->server, data, digits / 2, line->now_ms);
    pull(line, wait_ms);
    return line->hex;
}

const char *line_say(struct line *line, const char *text, uint32_t wait_ms)
{
    uint8_t data[1024];
    size_t length = strlen(text);
    memcpy(data, text, length);
    if (length > 0 && (text[length - 1] == IEC21_ETX || text[length - 1] == IEC21_EOT)) {
        data[length] = iec21_bcc(0, text + 1, length - 1);
        length++;
    }
    iec21_server_input(&line->server, data, length, line->now_ms);
    pull(line, wait_ms);
    return line->text;
}
