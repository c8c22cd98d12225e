/* Names of KMP registers, logs and meter types. The catalog comes first; the rest is the public
 * register list of the meter family. */
#include "decode/kmp_names.h"

#include "catalog/catalog.h"
#include "decode/text.h"

static const struct decode_name registers[] = {
    {50, "meter status"},
    {1002, "clock, time"},
    {1003, "clock, date"},
    {1005, "software number"},
    {1010, "total meter number"},
    {1027, "time of max P+"},
    {1028, "date of max P+"},
    {1032, "operation mode"},
    {1034, "time of max P+ T1"},
    {1035, "date of max P+ T1"},
    {1037, "time of max P+ T2"},
    {1038, "date of max P+ T2"},
    {1045, "RTC status"},
    {1046, "breaker communication status"},
    {1047, "RTC"},
    {1048, "RTC before the change"},
    {1058, "type number"},
    {1079, "temperature"},
    {1084, "voltage extremity"},
    {1085, "voltage event"},
    {1086, "logger status"},
    {1087, "breaker connection state"},
    {1088, "breaker feedback"},
    {1102, "module inputs and outputs"},
    {1108, "short-circuit current limit"},
    {1126, "complete type number"},
    {1180, "password"},
    {1190, "daily max of P+"},
    {1191, "daily min of P+"},
    {1210, "load profile registers"},
    {1211, "logger set-up"},
    {1222, "load profile event status"},
    {1224, "logger status 2"},
    {1233, "working days"},
    {1234, "pulse input level"},
    {1240, "daylight saving configuration"},
    {1241, "data quality mask"},
    {1243, "module identity"},
    {1470, "phase sequence"},
    {2011, "tariff mode"},
};

const char *decode_kmp_register_text(uint16_t id)
{
    for (unsigned q = 0; q < WH_QUANTITY_COUNT; q++) {
        const struct wh_quantity *quantity = wh_catalog_get((enum wh_quantity_id)q);
        const bool is_clock = quantity->source == WH_SOURCE_CLOCK; /* KMP has it in two */
        if (id != 0 && quantity->kmp.id == id && !is_clock) {
            return quantity->name;
        }
    }
    return decode_name_of(registers, sizeof registers / sizeof registers[0], id, "");
}

const char *decode_kmp_log_text(uint8_t log)
{
    static const struct decode_name names[] = {
        {1, "debiting"},
        {2, "status"},
        {3, "RTC"},
        {4, "voltage quality"},
        {5, "breaker"},
        {6, "load profile"},
        {7, "debiting of the 351"},
        {8, "debiting 2"},
        {9, "transformer ratio"},
        {10, "load profile events"},
        {11, "analysis"},
        {12, "neutral fault"},
        {13, "upload success"},
        {14, "upload fail"},
        {16, "voltage quality 1"},
        {17, "voltage quality 2"},
    };
    return DECODE_NAME(names, log);
}

const char *decode_kmp_type_text(uint16_t type)
{
    static const struct decode_name names[] = {
        {0x53, "382"},
        {0x55, "382 with breaker"},
        {0x56, "162"},
        {0x57, "162 with breaker"},
        {0x58, "282"},
        {0x59, "282"},
        {0x5A, "OMNIPOWER"},
        {0x60, "351B"},
        {0x61, "351B Aron"},
        {0x62, "382L"},
        {0x63, "382L with breaker"},
        {0x64, "162L"},
        {0x65, "162L"},
        {0x66, "282L"},
        {0x67, "282L"},
        {0x68, "382M"},
        {0x69, "382M with breaker"},
        {0x70, "162M"},
        {0x71, "162M"},
        {0x72, "282M"},
        {0x73, "282M"},
        {0x75, "351C"},
        {0x76, "251C"},
    };
    return DECODE_NAME(names, (uint32_t)(type >> 8));
}
