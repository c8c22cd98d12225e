/* SNRM and UA parameters: what is accepted is in range, and what is agreed on with anything is
 * written and read back the same. */
#include <stdlib.h>

#include "dlms/hdlc_frame.h"
#include "dlms/hdlc_parameters.h"

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void require_in_range(const struct dlms_hdlc_parameters *p)
{
    require(p->transmit_size >= DLMS_HDLC_MIN_INFORMATION);
    require(p->receive_size >= DLMS_HDLC_MIN_INFORMATION);
    require(p->transmit_size <= DLMS_HDLC_MAX_INFORMATION);
    require(p->receive_size <= DLMS_HDLC_MAX_INFORMATION);
    require(p->transmit_window >= 1 && p->transmit_window <= DLMS_HDLC_MAX_WINDOW);
    require(p->receive_window >= 1 && p->receive_window <= DLMS_HDLC_MAX_WINDOW);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct dlms_hdlc_parameters own = {512, 128, 3, 5, false};
    struct dlms_hdlc_parameters said;
    struct dlms_hdlc_parameters again;
    uint8_t information[DLMS_HDLC_PARAMETERS_SIZE];
    const enum dlms_err err = dlms_hdlc_parameters_parse((struct dlms_span){data, size}, &said);
    require(err == DLMS_OK || err == DLMS_ERR_FORMAT);
    require_in_range(&said);
    const struct dlms_hdlc_parameters agreed = dlms_hdlc_parameters_agree(&own, &said);
    require_in_range(&agreed);
    require(agreed.transmit_size <= said.receive_size && agreed.receive_size <= said.transmit_size);
    const struct dlms_span written = {information,
                                      dlms_hdlc_parameters_write(&agreed, information)};
    require(dlms_hdlc_parameters_parse(written, &again) == DLMS_OK);
    require(again.transmit_size == agreed.transmit_size);
    require(again.receive_size == agreed.receive_size);
    require(again.transmit_window == agreed.transmit_window);
    require(again.receive_window == agreed.receive_window);
    return 0;
}
