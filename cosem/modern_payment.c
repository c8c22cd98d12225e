/* Payment (classes 111, 112, 113, 115) over the meter's prepayment: an account in Wh with the credit
 * of payments and, if the meter gives any, emergency credit, one charge for consumption, and a
 * gateway by which payments come in. Invariant: nothing is kept here but how the last token went;
 * all amounts are those of app/prepayment.h. */
#include "cosem/change.h"
#include "cosem/modern_objects.h"
#include "cosem/moment.h"

enum {
    WH_PER_KWH = 1000,
    ENUM_INACTIVE = 1,
    ENUM_ACTIVE = 2,
    MODE_PREPAYMENT = 2,
    CURRENCY_CONSUMPTION = 1,
    ALL_OF_A_TOKEN = 100,
    TOKEN_SIZE = 9,
    TOKEN_CREDIT = 1, /* first octet */
};

/* The two credits, numbered as their rows. */
enum credit { BY_TOKEN, EMERGENCY };

enum credit_status { ENABLED = 0, IN_USE = 3, CONSUMED = 4 };

enum token_status { EXECUTED = 3, BAD_FORMAT = 4, NOT_VALID = 6, NOT_EXECUTED = 7 };

static const uint8_t credits[2][6] = {{0, 0, 19, 10, 0, 255}, {0, 0, 19, 10, 1, 255}};
static const uint8_t charge[6] = {0, 0, 19, 20, 0, 255};

/* ---- Amounts, Wh ---- */

static int32_t clamp(int64_t wh)
{
    return wh > INT32_MAX ? INT32_MAX : wh < INT32_MIN ? INT32_MIN : (int32_t)wh;
}

/* What is left, negative for credit used. Out of use the balance stands still. */
static int64_t left_wh(const struct wh_cosem_face *face)
{
    int64_t left_mdwh = face->application->prepayment.paid_mdwh;
    (void)wh_application_prepaid(face->application, face->legal, &left_mdwh);
    const int64_t wh = left_mdwh / WH_MDWH_PER_WH;
    return left_mdwh % WH_MDWH_PER_WH < 0 ? wh - 1 : wh; /* begun ones are used */
}

static int32_t emergency_wh(const struct wh_cosem_face *face)
{
    return face->application->config.prepayment_emergency_kwh * WH_PER_KWH;
}

static int32_t alarm_wh(const struct wh_cosem_face *face)
{
    return face->application->config.prepayment_alarm_kwh * WH_PER_KWH;
}

/* Below nothing the emergency credit is drawn on, if there is any. */
static int32_t amount_wh(const struct wh_cosem_face *face, enum credit credit)
{
    const int64_t left = left_wh(face);
    const bool has_emergency = emergency_wh(face) > 0;
    if (credit == BY_TOKEN) {
        return clamp(has_emergency && left < 0 ? 0 : left);
    }
    return clamp(left < 0 ? emergency_wh(face) + left : emergency_wh(face));
}

static enum credit_status status_of(const struct wh_cosem_face *face, enum credit credit)
{
    if (credit == EMERGENCY && left_wh(face) > 0) {
        return ENABLED;
    }
    return amount_wh(face, credit) > 0 ? IN_USE : CONSUMED;
}

static bool is_in_use(const struct wh_cosem_face *face, enum credit credit)
{
    return status_of(face, credit) == IN_USE;
}

static void put_never(struct dlms_writer *out, const struct wh_cosem_face *face)
{
    wh_cosem_put_past(out, &face->application->clock, 0, true);
}

/* ---- Account ---- */

/* Bits of the status, the first the most significant. */
static uint8_t credit_bits(const struct wh_cosem_face *face)
{
    enum { IN_CREDIT = 0x80, LOW = 0x40, NEXT_ENABLED = 0x20, OUT_OF_CREDIT = 0x02 };
    const bool is_paid = is_in_use(face, BY_TOKEN);
    const bool has_any = is_paid || is_in_use(face, EMERGENCY);
    const bool is_low = left_wh(face) < alarm_wh(face);
    return (uint8_t)((has_any ? IN_CREDIT : OUT_OF_CREDIT) | (is_low ? LOW : 0) |
                     (is_paid && emergency_wh(face) > 0 ? NEXT_ENABLED : 0));
}

static uint8_t credit_count(const struct wh_cosem_face *face)
{
    return emergency_wh(face) > 0 ? 2 : 1;
}

/* Counted from 1; none 0. */
static uint8_t credit_in_use(const struct wh_cosem_face *face)
{
    return is_in_use(face, BY_TOKEN) ? 1 : is_in_use(face, EMERGENCY) ? 2 : 0;
}

/* What payments and emergency credit can still give. */
static int32_t available_wh(const struct wh_cosem_face *face)
{
    const int64_t wh = left_wh(face) + emergency_wh(face);
    return wh > 0 ? clamp(wh) : 0;
}

static void put_mode(struct dlms_writer *out, const struct wh_cosem_face *face)
{
    dlms_put_structure(out, 2);
    dlms_put_enum(out, MODE_PREPAYMENT);
    dlms_put_enum(out, face->application->prepayment.is_counting ? ENUM_ACTIVE : ENUM_INACTIVE);
}

static void put_in_use(struct dlms_writer *out, const struct wh_cosem_face *face)
{
    dlms_put_u8(out, credit_in_use(face));
}

static void put_credit_status(struct dlms_writer *out, const struct wh_cosem_face *face)
{
    const uint8_t bits = credit_bits(face);
    dlms_put_bit_string(out, &bits, 8);
}

static void put_available(struct dlms_writer *out, const struct wh_cosem_face *face)
{
    dlms_put_i32(out, available_wh(face));
}

/* What the next payment pays first. */
static void put_to_clear(struct dlms_writer *out, const struct wh_cosem_face *face)
{
    const int64_t left = left_wh(face);
    dlms_put_i32(out, left < 0 ? clamp(left) : 0);
}

static void put_no_amount(struct dlms_writer *out, const struct wh_cosem_face *face)
{
    (void)face;
    dlms_put_i32(out, 0);
}

static void put_credits(struct dlms_writer *out, const struct wh_cosem_face *face)
{
    dlms_put_array(out, credit_count(face));
    for (uint8_t c = 0; c < credit_count(face); c++) {
        dlms_put_octet_string(out, credits[c], sizeof credits[c]);
    }
}

static void put_charges(struct dlms_writer *out, const struct wh_cosem_face *face)
{
    (void)face;
    dlms_put_array(out, 1);
    dlms_put_octet_string(out, charge, sizeof charge);
}

/* The charge is taken from either credit, also with low load and where prepayment does not open. */
static void put_configuration(struct dlms_writer *out, const struct wh_cosem_face *face)
{
    static const uint8_t when = 0x60;
    dlms_put_array(out, credit_count(face));
    for (uint8_t c = 0; c < credit_count(face); c++) {
        dlms_put_structure(out, 3);
        dlms_put_octet_string(out, credits[c], sizeof credits[c]);
        dlms_put_octet_string(out, charge, sizeof charge);
        dlms_put_bit_string(out, &when, 3);
    }
}

static void put_gateways(struct dlms_writer *out, const struct wh_cosem_face *face)
{
    (void)face;
    dlms_put_array(out, 1);
    dlms_put_structure(out, 2);
    dlms_put_octet_string(out, credits[BY_TOKEN], sizeof credits[BY_TOKEN]);
    dlms_put_u8(out, ALL_OF_A_TOKEN);
}

static void put_currency(struct dlms_writer *out, const struct wh_cosem_face *face)
{
    static const char unit[] = {'W', 'h'};
    (void)face;
    dlms_put_structure(out, 3);
    dlms_raw_u8(out, DLMS_TAG_UTF8_STRING);
    dlms_raw_length(out, sizeof unit);
    dlms_raw_bytes(out, unit, sizeof unit);
    dlms_put_i8(out, 0);
    dlms_put_enum(out, CURRENCY_CONSUMPTION);
}

static void put_low_threshold(struct dlms_writer *out, const struct wh_cosem_face *face)
{
    dlms_put_i32(out, alarm_wh(face));
}

static void put_no_provision(struct dlms_writer *out, const struct wh_cosem_face *face)
{
    (void)face;
    dlms_put_u16(out, 0);
}

enum dlms_result wh_modern_account_read(struct wh_cosem_face *face,
                                        const struct wh_cosem_read *read, struct dlms_writer *out)
{
    static void (*const puts[])(struct dlms_writer *, const struct wh_cosem_face *) = {
        [2] = put_mode,           [3] = put_in_use,
        [4] = put_credit_status,  [5] = put_available,
        [6] = put_to_clear,       [7] = put_no_amount, /* clearance threshold */
        [8] = put_no_amount,                           /* debt beside credit */
        [9] = put_credits,        [10] = put_charges,
        [11] = put_configuration, [12] = put_gateways,
        [13] = put_never,         [14] = put_never,
        [15] = put_currency,      [16] = put_low_threshold,
        [17] = put_no_amount, /* the next credit is used from nothing on */
        [18] = put_no_provision,  [19] = put_no_amount,
    };
    puts[read->attribute](out, face);
    return DLMS_RESULT_SUCCESS;
}

/* ---- Credit ---- */

/* Emergency credit is there if the meter gives any. */
bool wh_modern_credit_exists(const struct wh_cosem_face *face, uint8_t index)
{
    return index == BY_TOKEN || emergency_wh(face) > 0;
}

static void put_credit_configuration(struct dlms_writer *out, enum credit credit)
{
    enum { SHOWN = 0x80, PAID_BACK = 0x20, BY_TOKENS = 0x08, BITS = 5 };
    const uint8_t bits = credit == BY_TOKEN ? SHOWN | BY_TOKENS : SHOWN | PAID_BACK;
    dlms_put_bit_string(out, &bits, BITS);
}

enum dlms_result wh_modern_credit_read(struct wh_cosem_face *face, const struct wh_cosem_read *read,
                                       struct dlms_writer *out)
{
    enum { AMOUNT = 2, TYPE, PRIORITY, WARNING, LIMIT, CONFIGURATION, STATUS, PRESET, AVAILABLE };
    enum { TYPE_TOKEN = 0, TYPE_EMERGENCY = 2 };
    const enum credit credit = (enum credit)read->index;
    const bool is_token = credit == BY_TOKEN;
    switch (read->attribute) {
    case AMOUNT:
        dlms_put_i32(out, amount_wh(face, credit));
        break;
    case TYPE:
        dlms_put_enum(out, is_token ? TYPE_TOKEN : TYPE_EMERGENCY);
        break;
    case PRIORITY:
        dlms_put_u8(out, is_token ? 1 : 2);
        break;
    case WARNING:
        dlms_put_i32(out, is_token ? alarm_wh(face) : 0);
        break;
    case CONFIGURATION:
        put_credit_configuration(out, credit);
        break;
    case STATUS:
        dlms_put_enum(out, (uint8_t)status_of(face, credit));
        break;
    case PRESET:
        dlms_put_i32(out, is_token ? 0 : emergency_wh(face));
        break;
    case LIMIT:
    case AVAILABLE:
        dlms_put_i32(out, 0);
        break;
    default:
        put_never(out, face); /* no period: it does not come again by itself */
    }
    return DLMS_RESULT_SUCCESS;
}

/* ---- Charge ---- */

/* A price for 1 Wh of each tariff, by the names that register activation has for them. */
static void put_unit_charge(struct dlms_writer *out, const struct wh_cosem_face *face)
{
    enum { THOUSANDTHS = -3 };
    dlms_put_structure(out, 3);
    dlms_put_structure(out, 2);
    dlms_put_i8(out, 0);
    dlms_put_i8(out, THOUSANDTHS);
    dlms_put_structure(out, 3);
    dlms_put_u16(out, WH_COSEM_REGISTER);
    dlms_put_octet_string(out, wh_catalog_get(WH_QUANTITY_A_PLUS)->obis, 6);
    dlms_put_i8(out, WH_COSEM_VALUE);
    dlms_put_array(out, WH_CONFIG_TARIFFS);
    for (uint8_t t = 0; t < (uint8_t)WH_CONFIG_TARIFFS; t++) {
        dlms_put_structure(out, 2);
        wh_modern_put_tariff(out, (uint8_t)(t + 1));
        dlms_put_i16(out, (int16_t)face->application->config.prepayment_factor_milli[t]);
    }
}

enum dlms_result wh_modern_charge_read(struct wh_cosem_face *face, const struct wh_cosem_read *read,
                                       struct dlms_writer *out)
{
    enum { TYPE = 3, PRIORITY, ACTIVE, PASSIVE, ACTIVATION, PERIOD, CONFIGURATION, LAST, AMOUNT };
    enum { REMAINING = 12, OF_CONSUMPTION = 0, BITS = 2 };
    static const uint8_t continuous = 0x40;
    switch (read->attribute) {
    case TYPE:
        dlms_put_enum(out, OF_CONSUMPTION);
        break;
    case PRIORITY:
        dlms_put_u8(out, 1);
        break;
    case ACTIVE:
    case PASSIVE:
        put_unit_charge(out, face);
        break;
    case PERIOD:
        dlms_put_u32(out, 0);
        break;
    case CONFIGURATION:
        dlms_put_bit_string(out, &continuous, BITS);
        break;
    case ACTIVATION:
    case LAST: /* it is taken all the time */
        put_never(out, face);
        break;
    case AMOUNT:
    case REMAINING:
        dlms_put_i32(out, 0);
        break;
    default:
        dlms_put_u16(out, 0); /* no part of a payment */
    }
    return DLMS_RESULT_SUCCESS;
}

/* ---- Token gateway ---- */

/* Octets of a token: 1 for credit, amount in Wh and number, four each, the most significant first.
 * The proof of it is that of the association it comes by. */
static void put_token(struct dlms_writer *out, const struct wh_prepayment *prepayment)
{
    uint8_t token[TOKEN_SIZE];
    struct dlms_writer octets = dlms_writer(token, sizeof token);
    dlms_raw_u8(&octets, TOKEN_CREDIT);
    dlms_raw_u32(&octets, prepayment->last_wh);
    dlms_raw_u32(&octets, prepayment->last_token);
    dlms_put_octet_string(out, token, prepayment->payments > 0 ? sizeof token : 0);
}

static void put_status(struct dlms_writer *out, const struct wh_cosem_face *face)
{
    static const uint8_t none;
    dlms_put_structure(out, 2);
    dlms_put_enum(out, face->modern->token_status);
    dlms_put_bit_string(out, &none, 0);
}

enum dlms_result wh_modern_gateway_read(struct wh_cosem_face *face,
                                        const struct wh_cosem_read *read, struct dlms_writer *out)
{
    enum { TOKEN = 2, TIME, DESCRIPTION, DELIVERY, REMOTE = 0 };
    static const char description[] = "credit, Wh";
    const struct wh_prepayment *prepayment = &face->application->prepayment;
    switch (read->attribute) {
    case TOKEN:
        put_token(out, prepayment);
        break;
    case TIME:
        wh_cosem_put_past(out, &face->application->clock, prepayment->last_s,
                          prepayment->last_clock_valid);
        break;
    case DESCRIPTION:
        dlms_put_array(out, 1);
        dlms_put_octet_string(out, description, sizeof description - 1);
        break;
    case DELIVERY:
        dlms_put_enum(out, REMOTE);
        break;
    default:
        put_status(out, face);
    }
    return DLMS_RESULT_SUCCESS;
}

static uint8_t status_after(enum wh_err err)
{
    switch (err) {
    case WH_OK:
        return EXECUTED;
    case WH_ERR_ARGUMENT:
    case WH_ERR_STATE:
        return NOT_VALID;
    default:
        return NOT_EXECUTED;
    }
}

/* A payment. It is taken once; what is not taken has changed nothing but the status. */
enum dlms_result wh_modern_gateway_invoke(struct wh_cosem_face *face,
                                          const struct wh_cosem_invoke *invoke)
{
    struct dlms_reader reader = dlms_reader(invoke->parameters.data, invoke->parameters.length);
    const struct dlms_value value = dlms_read_value(&reader);
    if (value.tag != DLMS_TAG_OCTET_STRING) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    struct dlms_reader octets = dlms_reader(value.bytes.data, value.bytes.length);
    const uint8_t kind = dlms_read_u8(&octets);
    const uint32_t amount_wh = dlms_read_u32(&octets);
    const uint32_t number = dlms_read_u32(&octets);
    if (!dlms_reader_done(&octets) || kind != TOKEN_CREDIT) {
        face->modern->token_status = BAD_FORMAT;
        return DLMS_RESULT_OTHER_REASON;
    }
    const enum wh_err err =
        wh_application_top_up(face->application, face->legal, amount_wh, number, invoke->origin);
    face->modern->token_status = status_after(err);
    if (err == WH_OK) {
        put_status(invoke->returned, face);
    }
    return wh_cosem_result(err);
}
