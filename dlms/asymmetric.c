/* The table of what suites 1 and 2 add, and what it says of policies. Invariant: a signature is asked for
 * only where there is a key for it, or nobody could come in any more. */
#include "dlms/asymmetric.h"

/* Signed and ciphered: signed inside, for which a service's own ciphered tag leaves no room. */
static uint8_t add_signature(uint8_t envelope)
{
    switch (envelope) {
    case DLMS_ENVELOPE_NONE:
        return DLMS_SIGNED_AROUND;
    case DLMS_ENVELOPE_GLO:
        return DLMS_ENVELOPE_GENERAL_GLO | DLMS_SIGNED_INSIDE;
    case DLMS_ENVELOPE_DED:
        return DLMS_ENVELOPE_GENERAL_DED | DLMS_SIGNED_INSIDE;
    default:
        return envelope | DLMS_SIGNED_INSIDE;
    }
}

static uint8_t possible_policy(const struct dlms_security *security)
{
    uint8_t policy = 0;
    if (security->suite > 0 && security->public_key.length > 0) {
        policy |= DLMS_POLICY_REQUEST_SIGNED;
    }
    if (dlms_may_sign(security)) {
        policy |= DLMS_POLICY_RESPONSE_SIGNED;
    }
    return policy;
}

const struct dlms_asymmetric dlms_asymmetric = {
    .can_protect = dlms_sign_can_protect,
    .protect = dlms_sign_protect,
    .unprotect = dlms_sign_unprotect,
    .make_key = dlms_agreed_key_make,
    .read_key = dlms_agreed_key_read,
    .find_key = dlms_agreed_key_find,
    .add_signature = add_signature,
    .possible_policy = possible_policy,
    .agree_keys = dlms_agree_keys,
};
