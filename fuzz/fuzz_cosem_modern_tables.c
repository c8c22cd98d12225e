/* Feeds any octets to the tables of the activity calendar: the first tells which attribute, the
 * next how many octets are its value, and so on. Property: tables that give a plan that passes its
 * check are what tables of that plan give again. */
#include "cosem/modern_calendar.h"
#include "cosem/modern_objects.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_plan(const struct wh_modern_calendar *tables)
{
    struct wh_tariff_plan flat;
    struct wh_tariff_plan plan;
    struct wh_tariff_plan again;
    struct wh_modern_calendar made;
    wh_tariff_plan_flat(&flat);
    if (wh_modern_calendar_plan(tables, &flat, &plan) != WH_OK ||
        wh_tariff_plan_check(&plan, NULL) != WH_OK) {
        return;
    }
    wh_modern_calendar_of_plan(&plan, &made);
    const enum wh_err err = wh_modern_calendar_plan(&made, &plan, &again);
    /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): both were made by one function from zeros */
    const bool same = memcmp(again.days, plan.days, sizeof plan.days) == 0;
    if (err != WH_OK || !same) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { FIRST = 6, ATTRIBUTES = 4 };
    struct wh_modern modern = {0};
    static struct wh_application application; /* in which no plan waits */
    struct wh_cosem_face face = {.modern = &modern, .application = &application};
    while (size >= 2) {
        const size_t length = data[1] < size - 2 ? data[1] : size - 2;
        const struct wh_cosem_write write = {.attribute = (int8_t)(FIRST + data[0] % ATTRIBUTES),
                                             .data = {data + 2, length}};
        (void)wh_modern_calendar_write(&face, &write);
        data += 2 + length;
        size -= 2 + length;
    }
    check_plan(&modern.passive);
    return 0;
}
