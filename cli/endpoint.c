/* Endpoints from text. Invariant: what is not understood is refused by name, and a secret never
 * passes through here. */
#include "cli/endpoint.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fault {
    char *text;
    size_t size;
};

static const char *const schemes[ENDPOINT_LANGUAGES] = {"", "dlms", "hdlc", "kmp", "iec"};

/* Numbers of enum dlms_mechanism. */
static const struct {
    const char *name;
    uint32_t mechanism;
} mechanisms[] = {{"none", 0}, {"low", 1},    {"md5", 3},  {"sha1", 4},
                  {"gmac", 5}, {"sha256", 6}, {"ecdsa", 7}};

enum {
    OF_DETECT = 1 << ENDPOINT_DETECT,
    OF_DLMS = 1 << ENDPOINT_DLMS | OF_DETECT,
    OF_HDLC = 1 << ENDPOINT_HDLC | OF_DETECT,
    OF_KMP = 1 << ENDPOINT_KMP | OF_DETECT,
    OF_IEC = 1 << ENDPOINT_IEC | OF_DETECT,
    OF_ALL = OF_DLMS | OF_HDLC | OF_KMP | OF_IEC,
};

struct parameter {
    const char *name;
    int of; /* languages that have it */
    uint32_t least, greatest;
    size_t offset;
};

/* Addresses of devices and mechanisms are texts: they have rows of their own below. */
static const struct parameter parameters[] = {
    {"cipher", OF_DLMS | OF_HDLC, 0, 1, offsetof(struct endpoint, cipher)},
    {"client", OF_DLMS | OF_HDLC, 1, 127, offsetof(struct endpoint, client)},
    {"server", OF_DLMS | OF_HDLC, 1, 0x3FFF, offsetof(struct endpoint, server)},
    {"physical", OF_HDLC, 1, 0x3FFF, offsetof(struct endpoint, physical)},
    {"baud", OF_HDLC | OF_KMP | OF_IEC, 300, 921600, offsetof(struct endpoint, baud)},
    {"timeout", OF_ALL, 10, 600000, offsetof(struct endpoint, timeout_ms)},
    {"address", OF_KMP, 1, 255, offsetof(struct endpoint, kmp_address)},
};
enum { PARAMETERS = sizeof parameters / sizeof parameters[0] };

const char *endpoint_language_text(enum endpoint_language language)
{
    return language < ENDPOINT_LANGUAGES ? schemes[language] : "";
}

/* ---- Parameters ---- */

static bool parse_number(const char *text, uint32_t *number)
{
    char *end;
    errno = 0;
    const unsigned long value = strtoul(text, &end, 0);
    if (!isdigit((unsigned char)text[0]) || *end != '\0' || errno != 0 || value > UINT32_MAX) {
        return false;
    }
    *number = (uint32_t)value;
    return true;
}

static bool take_number(const struct parameter *parameter, const char *value,
                        struct endpoint *endpoint, struct fault fault)
{
    uint32_t number;
    if (!parse_number(value, &number) || number < parameter->least ||
        number > parameter->greatest) {
        snprintf(fault.text, fault.size, "%s=%s is not a number in %u … %u", parameter->name, value,
                 parameter->least, parameter->greatest);
        return false;
    }
    memcpy((char *)endpoint + parameter->offset, &number, sizeof number);
    return true;
}

static bool take_mechanism(const char *value, struct endpoint *endpoint, struct fault fault)
{
    for (size_t m = 0; m < sizeof mechanisms / sizeof mechanisms[0]; m++) {
        if (strcmp(mechanisms[m].name, value) == 0) {
            endpoint->auth = mechanisms[m].mechanism;
            return true;
        }
    }
    snprintf(fault.text, fault.size, "auth=%s: known are none, low, md5, sha1, gmac, sha256, ecdsa",
             value);
    return false;
}

static bool take_device_address(const char *value, struct endpoint *endpoint, struct fault fault)
{
    if (strlen(value) >= sizeof endpoint->iec_address) {
        snprintf(fault.text, fault.size, "address=%s is longer than 32 characters", value);
        return false;
    }
    memcpy(endpoint->iec_address, value, strlen(value) + 1);
    return true;
}

static bool take_mode(const char *value, struct endpoint *endpoint, struct fault fault)
{
    endpoint->is_listened_to = strcmp(value, "D") == 0 || strcmp(value, "d") == 0;
    if (!endpoint->is_listened_to) {
        snprintf(fault.text, fault.size,
                 "mode=%s: D is known, what the meter sends by itself; A and C are found", value);
    }
    return endpoint->is_listened_to;
}

static bool is_secret(const char *name)
{
    return strcmp(name, "password") == 0 || strcmp(name, "key") == 0 || strcmp(name, "secret") == 0;
}

static bool take_parameter(const char *name, const char *value, struct endpoint *endpoint,
                           struct fault fault)
{
    const int language = 1 << endpoint->language;
    if (is_secret(name)) {
        snprintf(fault.text, fault.size,
                 "secrets do not belong on a command line; see --password-file and --key-file");
        return false;
    }
    if (strcmp(name, "auth") == 0 && (language & (OF_DLMS | OF_HDLC)) != 0) {
        return take_mechanism(value, endpoint, fault);
    }
    if (strcmp(name, "address") == 0 && endpoint->language == ENDPOINT_IEC) {
        return take_device_address(value, endpoint, fault);
    }
    if (strcmp(name, "mode") == 0 && endpoint->language == ENDPOINT_IEC) {
        return take_mode(value, endpoint, fault);
    }
    for (int p = 0; p < PARAMETERS; p++) {
        if (strcmp(parameters[p].name, name) == 0 && (parameters[p].of & language) != 0) {
            return take_number(&parameters[p], value, endpoint, fault);
        }
    }
    snprintf(fault.text, fault.size, "%s://… has no parameter \"%s\"", schemes[endpoint->language],
             name);
    return false;
}

/* text is cut into its pieces. */
static bool take_parameters(char *text, struct endpoint *endpoint, struct fault fault)
{
    char *rest;
    for (char *pair = strtok_r(text, "&", &rest); pair != NULL; pair = strtok_r(NULL, "&", &rest)) {
        char *value = strchr(pair, '=');
        if (value == NULL) {
            snprintf(fault.text, fault.size, "\"%s\" is not name=value", pair);
            return false;
        }
        *value++ = '\0';
        if (!take_parameter(pair, value, endpoint, fault)) {
            return false;
        }
    }
    return true;
}

/* ---- Place ---- */

static bool find_language(const char *text, size_t length, enum endpoint_language *language)
{
    for (int s = ENDPOINT_DLMS; s < ENDPOINT_LANGUAGES; s++) {
        if (strlen(schemes[s]) == length && strncmp(schemes[s], text, length) == 0) {
            *language = (enum endpoint_language)s;
            return true;
        }
    }
    return false;
}

/* Cuts ":PORT" off; an address with several colons stands in brackets. */
static bool take_port(char *place, struct endpoint *endpoint, struct fault fault)
{
    char *colon = strrchr(place, ':');
    const bool has_brackets = place[0] == '[';
    if (has_brackets && strchr(place, ']') == NULL) {
        snprintf(fault.text, fault.size, "%s: the bracket is not closed", place);
        return false;
    }
    if (colon == NULL || (has_brackets && colon < strchr(place, ']'))) {
        return true;
    }
    uint32_t port;
    if (!parse_number(colon + 1, &port) || port == 0 || port > UINT16_MAX) {
        snprintf(fault.text, fault.size, "\"%s\" is not a port (1 … 65535)", colon + 1);
        return false;
    }
    endpoint->port = (uint16_t)port;
    *colon = '\0';
    return true;
}

static void take_brackets_off(char *place)
{
    const size_t length = strlen(place);
    if (length >= 2 && place[0] == '[' && place[length - 1] == ']') {
        memmove(place, place + 1, length - 2);
        place[length - 2] = '\0';
    }
}

static bool take_host(char *place, struct endpoint *endpoint, struct fault fault)
{
    if (strchr(place, '@') != NULL) {
        snprintf(fault.text, fault.size,
                 "secrets do not belong on a command line; see --password-file");
        return false;
    }
    const size_t length = strlen(place);
    if (length > 0 && place[length - 1] == '/') {
        place[length - 1] = '\0';
    }
    if (!take_port(place, endpoint, fault)) {
        return false;
    }
    take_brackets_off(place);
    if (place[0] == '\0' || strchr(place, '/') != NULL) {
        snprintf(fault.text, fault.size, "there is no host; a serial port is %s:///dev/…",
                 endpoint->language != ENDPOINT_DETECT ? schemes[endpoint->language] : "hdlc");
        return false;
    }
    return true;
}

static bool take_place(char *place, struct endpoint *endpoint, struct fault fault)
{
    if (place[0] != '/') {
        return take_host(place, endpoint, fault);
    }
    endpoint->is_serial = true;
    if (endpoint->language == ENDPOINT_DLMS) {
        snprintf(fault.text, fault.size, "dlms:// is for TCP; on a serial port DLMS is hdlc://%s",
                 place);
        return false;
    }
    return true;
}

/* Scheme and place; text is "[SCHEME://]PLACE". */
static bool take_head(char *text, struct endpoint *endpoint, struct fault fault)
{
    char *place = strstr(text, "://");
    if (place == NULL) {
        place = text;
    } else if (find_language(text, (size_t)(place - text), &endpoint->language)) {
        place += 3;
    } else {
        snprintf(fault.text, fault.size, "\"%.*s\" is no language; known are dlms, hdlc, kmp, iec",
                 (int)(place - text), text);
        return false;
    }
    if (!take_place(place, endpoint, fault)) {
        return false;
    }
    memcpy(endpoint->place, place, strlen(place) + 1);
    return true;
}

bool endpoint_parse(const char *text, struct endpoint *endpoint, char *error, size_t error_size)
{
    char whole[ENDPOINT_PLACE_SIZE];
    struct fault fault = {error, error_size};
    *endpoint = (struct endpoint){.auth = ENDPOINT_AUTH_BY_SECRET, .cipher = 1};
    if (strlen(text) >= sizeof whole || text[0] == '\0') {
        snprintf(error, error_size, "an endpoint is 1 … %zu characters long", sizeof whole - 1);
        return false;
    }
    memcpy(whole, text, strlen(text) + 1);
    char *query = strchr(whole, '?');
    if (query != NULL) {
        *query++ = '\0';
    }
    return take_head(whole, endpoint, fault) &&
           (query == NULL || take_parameters(query, endpoint, fault));
}

struct endpoint endpoint_in(const struct endpoint *endpoint, enum endpoint_language language)
{
    struct endpoint in = *endpoint;
    in.language = language;
    if (in.port == 0) {
        in.port = language == ENDPOINT_DLMS ? ENDPOINT_PORT_DLMS : ENDPOINT_PORT_LINE;
    }
    return in;
}

void endpoint_text(const struct endpoint *endpoint, char text[ENDPOINT_TEXT_SIZE])
{
    const char *scheme = schemes[endpoint->language];
    const char *slashes = scheme[0] != '\0' ? "://" : "";
    const bool has_colon = strchr(endpoint->place, ':') != NULL;
    int used = snprintf(text, ENDPOINT_TEXT_SIZE, "%s%s%s%s%s", scheme, slashes,
                        has_colon ? "[" : "", endpoint->place, has_colon ? "]" : "");
    if (!endpoint->is_serial && endpoint->port != 0) {
        snprintf(text + used, (size_t)(ENDPOINT_TEXT_SIZE - used), ":%u", endpoint->port);
    }
}
