/* Image transfer as a client with keys drives it: each step is an octet that says what – a method, the
 * schedule, the script, time, a power cut –, one with a length, and that many octets of parameters. The
 * maker's signature is simulated: good is what begins with 1; the digest is the body's first octets.
 * Properties: everything can be read at any time; what is handed over decodes, fits and is above what
 * runs; the state after a power cut is one that was told, or one step before. */
#include "cosem/modern_objects.h"
#include "legal/interface.h"
#include "ports/linux/flash_memory.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    SECTORS = 12,
    SIZE_MAX_OF_IMAGE = 4 * WH_IMAGE_SECTOR,
    HARDWARE = 1,
    ROOM = 256,
    BLOCK_HEAD = 11, /* of the parameters of a whole block */
    WHOLE_BLOCK = BLOCK_HEAD + WH_IMAGE_BLOCK,
};

static struct flash_memory flash;
static struct wh_application app;
static struct wh_image_board board;
static uint8_t digest[WH_SOFTWARE_DIGEST];
static size_t digested;

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static bool begin(void *context)
{
    (void)context;
    memset(digest, 0, sizeof digest);
    digested = 0;
    return true;
}

static bool add(void *context, const uint8_t *octets, size_t length)
{
    (void)context;
    for (size_t i = 0; i < length && digested < sizeof digest; i++) {
        digest[digested++] = octets[i];
    }
    return true;
}

static bool end(void *context, uint8_t result[WH_SOFTWARE_DIGEST])
{
    (void)context;
    memcpy(result, digest, sizeof digest);
    return true;
}

static bool verify(void *context, const uint8_t *key, const uint8_t *message, size_t length,
                   const uint8_t *signature)
{
    (void)context;
    require(key != NULL && message != NULL && length == WH_IMAGE_SIGNED);
    return signature[0] == 1;
}

static bool activate(void *context, const struct wh_software *next)
{
    uint8_t octets[WH_IMAGE_HEADER];
    struct wh_image_header header;
    (void)context;
    require(wh_image_slot_read(&app.image.slot, 0, octets, sizeof octets) == WH_OK);
    require(wh_image_header_decode(&header, octets) == WH_OK && header.signature[0] == 1);
    require(next->number == board.running.number && next->revision > board.running.revision);
    require(header.software.revision == next->revision && header.hardware == HARDWARE);
    if (next->revision % 2 != 0) {
        return false;
    }
    board.running = *next;
    return true;
}

static void power_up(void)
{
    enum wh_image_event event;
    require(wh_image_mount(&app.image, &board, "382M", &event) == WH_OK);
}

static void make_board(void)
{
    static const uint8_t key[WH_IMAGE_PUBLIC_KEY];
    static const struct wh_image_crypto crypto = {NULL, begin, add, end, verify};
    if (flash.inverted == NULL) {
        require(flash_memory_open(&flash, SECTORS * WH_IMAGE_SECTOR) == WH_OK);
    }
    memset(flash.inverted, 0, (size_t)SECTORS * WH_IMAGE_SECTOR);
    board = (struct wh_image_board){
        .flash = &flash.flash,
        .size_max = SIZE_MAX_OF_IMAGE,
        .crypto = &crypto,
        .public_key = key,
        .hardware = HARDWARE,
        .running = {.number = WH_SOFTWARE_NUMBER, .revision = 1},
        .activate = activate,
    };
    app = (struct wh_application){.clock = {.utc_s = 800000000, .valid = true}};
    power_up();
}

static void read_all(struct wh_cosem_face *face)
{
    uint8_t octets[ROOM];
    struct dlms_writer out = dlms_writer(octets, sizeof octets);
    for (int8_t a = 2; a <= 7; a++) {
        const struct wh_cosem_read read = {.attribute = a};
        require(wh_modern_image_read(face, &read, &out) == DLMS_RESULT_SUCCESS);
    }
    const struct wh_cosem_read times = {.attribute = 4};
    require(wh_modern_image_schedule_read(face, &times, &out) == DLMS_RESULT_SUCCESS);
}

static void cut(void)
{
    const enum wh_image_status told = app.image.record.status;
    power_up();
    require(app.image.status == told ||
            (told == WH_IMAGE_ACTIVATING && (app.image.status == WH_IMAGE_ACTIVATED ||
                                             app.image.status == WH_IMAGE_NOT_ACTIVATED)));
}

static void step(struct wh_cosem_face *face, uint8_t what, struct dlms_span parameters)
{
    enum { METHODS = 4, SCHEDULE = METHODS, SCRIPT, TIME, CUT, STEPS };
    const struct wh_cosem_invoke invoke = {.method = (int8_t)(what % STEPS + 1),
                                           .parameters = parameters};
    const struct wh_cosem_write write = {.attribute = 4, .data = parameters};
    switch (what % STEPS) {
    case SCHEDULE:
        (void)wh_modern_image_schedule_write(face, &write);
        break;
    case SCRIPT:
        (void)wh_modern_image_scripts_invoke(face, &invoke);
        break;
    case TIME:
        app.clock.utc_s += 1 + what;
        (void)wh_image_clock(&app.image, app.clock.utc_s);
        (void)wh_image_run(&app.image);
        break;
    case CUT:
        cut();
        break;
    default:
        (void)wh_modern_image_invoke(face, &invoke);
    }
}

/* Version and checksum of the legally relevant part into a head: so inputs outlive its changes. */
static void put_legal(uint8_t *parameters, size_t length)
{
    enum { VERSION_AT = BLOCK_HEAD + 32, CHECKSUM_AT = BLOCK_HEAD + 48 };
    static const char digits[] = "0123456789abcdef";
    const struct wh_software_id legal = wh_legal_software_id();
    if (length != WHOLE_BLOCK || memcmp(parameters + BLOCK_HEAD, "WHIMAGE", 8) != 0) {
        return;
    }
    memset(parameters + VERSION_AT, 0, WH_IMAGE_LEGAL_VERSION);
    memcpy(parameters + VERSION_AT, legal.version, strlen(legal.version));
    for (size_t i = 0; i < WH_SOFTWARE_DIGEST; i++) {
        const size_t high = (size_t)(strchr(digits, legal.checksum_hex[2 * i]) - digits);
        const size_t low = (size_t)(strchr(digits, legal.checksum_hex[2 * i + 1]) - digits);
        parameters[CHECKSUM_AT + i] = (uint8_t)(high << 4 | low);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wh_cosem_face face = {.application = &app};
    uint8_t parameters[WHOLE_BLOCK];
    make_board();
    while (size >= 2) {
        size_t length = data[1] == 255 ? WHOLE_BLOCK : data[1];
        length = length < size - 2 ? length : size - 2;
        memcpy(parameters, data + 2, length);
        put_legal(parameters, length);
        step(&face, data[0], (struct dlms_span){parameters, length});
        read_all(&face);
        data += 2 + length;
        size -= 2 + length;
    }
    return 0;
}
