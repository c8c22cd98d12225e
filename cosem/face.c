/* Devices and associations of the face. Objects and their attributes are in objects.c. */
#include "cosem/face.h"
#include "cosem/objects.h"
#include <string.h>

/* Conformance as recorded from a real meter (001010 and 00101C), and multiple references. */
static const uint32_t public_conformance =
    DLMS_CONFORMANCE_BLOCK_GET | DLMS_CONFORMANCE_GET | DLMS_CONFORMANCE_MULTIPLE_REFERENCES;
static const uint32_t password_conformance =
    DLMS_CONFORMANCE_BLOCK_GET | DLMS_CONFORMANCE_GET | DLMS_CONFORMANCE_MULTIPLE_REFERENCES |
    DLMS_CONFORMANCE_SET | DLMS_CONFORMANCE_SELECTIVE_ACCESS;

static size_t length_up_to(const char *text, size_t limit)
{
    size_t length = 0;
    while (length < limit && text[length] != '\0') {
        length++;
    }
    return length;
}

/* "WTH", model, meter number, and a letter that makes the names of the devices differ (6-2: unique
 * in the world, begins with the manufacturer's letters, 16 characters). */
static void write_name(char name[WH_COSEM_NAME_SIZE], const struct wh_identity *identity,
                       char device)
{
    memset(name, 0, WH_COSEM_NAME_SIZE);
    memcpy(name, "WTH", 3);
    const size_t model_length = length_up_to(identity->model, 4);
    memcpy(name + 3, identity->model, model_length);
    char *end = name + 3 + model_length;
    uint32_t rest = identity->meter_number;
    for (int d = 8; d-- > 0;) {
        end[d] = (char)('0' + rest % 10);
        rest /= 10;
    }
    end[8] = device;
}

void wh_cosem_name_devices(struct wh_cosem_face *face)
{
    const struct wh_identity identity = wh_legal_identity(face->legal);
    write_name(face->names[0], &identity, 'M');
    write_name(face->names[1], &identity, 'E');
}

static void make_devices(struct wh_cosem_face *face)
{
    wh_cosem_name_devices(face);
    face->devices[0] =
        (struct dlms_logical_device){.sap = WH_COSEM_DEVICE_MANAGEMENT, .name = face->names[0]};
    face->devices[1] =
        (struct dlms_logical_device){.sap = WH_COSEM_DEVICE_METER, .name = face->names[1]};
}

static struct dlms_association password_client(uint16_t client_sap, uint8_t port,
                                               const char *password)
{
    const struct dlms_association association = {
        .client_sap = client_sap,
        .server_sap = WH_COSEM_DEVICE_METER,
        .mechanism = DLMS_MECHANISM_PASSWORD,
        .password = {(const uint8_t *)password, strlen(password)},
        .conformance = password_conformance,
        .groups = (uint8_t)(WH_COSEM_GROUP_PUBLIC | WH_COSEM_GROUP_METER | port),
        .builtins = DLMS_BUILTIN_SAP_ASSIGNMENT | DLMS_BUILTIN_DEVICE_NAME,
    };
    return association;
}

static void make_associations(struct wh_cosem_face *face, const char *password)
{
    face->associations[0] = (struct dlms_association){
        .client_sap = WH_COSEM_CLIENT_PUBLIC,
        .server_sap = WH_COSEM_DEVICE_MANAGEMENT,
        .mechanism = DLMS_MECHANISM_NONE,
        .conformance = public_conformance,
        .groups = WH_COSEM_GROUP_PUBLIC,
        .builtins = DLMS_BUILTIN_SAP_ASSIGNMENT | DLMS_BUILTIN_DEVICE_NAME,
    };
    face->associations[1] =
        password_client(WH_COSEM_CLIENT_MODULE, WH_COSEM_GROUP_MODULE, password);
    face->associations[2] = password_client(WH_COSEM_CLIENT_OPTICAL, 0, password);
    face->associations[3] = password_client(WH_COSEM_CLIENT_CONSUMER, 0, password);
}

/* The public client proves nothing: that it was let in says nothing about a password. */
void wh_cosem_notify(void *context, const struct dlms_association *association,
                     enum dlms_event event)
{
    const struct wh_cosem_face *face = context;
    const bool is_right = event == DLMS_EVENT_OPENED;
    const bool is_wrong = event == DLMS_EVENT_PASSWORD_WRONG || event == DLMS_EVENT_PROOF_WRONG;
    if (association->mechanism != DLMS_MECHANISM_NONE && (is_right || is_wrong)) {
        wh_application_judged(face->application, WH_SECRET_PASSWORD, is_right,
                              wh_cosem_origin(association));
    }
}

bool wh_cosem_admit(void *context, const struct dlms_association *association)
{
    const struct wh_cosem_face *face = context;
    (void)association; /* asked only where something is to be proven */
    return wh_application_judges(face->application, WH_SECRET_PASSWORD);
}

enum wh_err wh_cosem_face_init(struct wh_cosem_face *face, struct wh_application *application,
                               struct wh_legal *legal, const char *password)
{
    if (password[0] == '\0') {
        return WH_ERR_ARGUMENT;
    }
    *face = (struct wh_cosem_face){
        .application = application,
        .legal = legal,
        .source = wh_application_readings(application, legal),
    };
    make_devices(face);
    make_associations(face, password);
    face->server = (struct dlms_server){
        .devices = face->devices,
        .device_count = WH_COSEM_DEVICES,
        .associations = face->associations,
        .association_count = WH_COSEM_ASSOCIATIONS,
        .object_count = wh_cosem_object_count(),
        .enumerate = wh_cosem_enumerate,
        .locate = wh_cosem_locate,
        .read = wh_cosem_read,
        .write = wh_cosem_write,
        .notify = wh_cosem_notify,
        .admit = wh_cosem_admit,
        .context = face,
        .max_receive_pdu = WH_COSEM_MAX_PDU,
    };
    return WH_OK;
}
