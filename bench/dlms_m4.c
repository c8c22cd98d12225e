/* Instructions of the DLMS server on the Cortex-M4, -Os: a plain GET of a register, from the APDU to the
 * answer. Budget: 1500. Returns 1 over budget, or when the answer is not the register. */
#include "dlms_meter.h"
#include "figure.h"
#include "ports/mps2/instructions.h"
#include <stdio.h>
#include <string.h>

enum { BUDGET = 1500 };

struct run {
    struct dlms_meter meter;
    uint8_t reply[DLMS_METER_PDU];
    size_t length;
};

static void get(void *context)
{
    struct run *run = context;
    run->length = dlms_meter_handle(&run->meter, DLMS_METER_PLAIN, dlms_meter_get,
                                    sizeof dlms_meter_get, run->reply);
}

int main(void)
{
    static const uint8_t expected[] = {0xC4, 0x01, 0xC1, 0x00, 0x06, 0x00, 0x00, 0x04, 0x15};
    static struct run run;
    dlms_meter_init(&run.meter, NULL, NULL);
    if (!dlms_meter_open(&run.meter)) {
        printf("not associated\n");
        return 1;
    }
    const uint32_t located = wh_mps2_instructions(get, &run);
    if (run.length != sizeof expected || memcmp(run.reply, expected, sizeof expected) != 0) {
        printf("a wrong answer\n");
        return 1;
    }
    dlms_meter_locates(&run.meter, false);
    const uint32_t compared = wh_mps2_instructions(get, &run);
    printf("DLMS server, instructions of a GET of a register, Cortex-M4 -Os (budget %d):\n"
           "  found by the owner %lu\n  found by comparing 45 names %lu\n"
           "octets: link %u, with security %u more; server %u\n",
           BUDGET, (unsigned long)located, (unsigned long)compared,
           (unsigned)sizeof(struct dlms_link), (unsigned)sizeof(struct dlms_link_security),
           (unsigned)sizeof(struct dlms_server));
    figure("GET of a register, Cortex-M4 -Os, plain, instructions", "3105", "<= 1500", located);
    return located <= BUDGET ? 0 : 1;
}
