/* VIFs and VIFEs by tables of ranges. */
#include "decode/mbus_vif.h"

struct vif_row {
    uint8_t first, last;
    const char *name;
    const char *unit;
    int exponent; /* of first; grows by one with each VIF */
    enum decode_mbus_form form;
};

/* Ranges whose VIFs are the units of a duration: the unit's texts follow one another. */
static const char *const durations[] = {"s", "min", "h", "d"};

static const struct vif_row primary[] = {
    {0x00, 0x07, "energy", "kWh", -6, DECODE_MBUS_NUMBER},
    {0x08, 0x0F, "energy", "J", 0, DECODE_MBUS_NUMBER},
    {0x10, 0x17, "volume", "m³", -6, DECODE_MBUS_NUMBER},
    {0x18, 0x1F, "mass", "kg", -3, DECODE_MBUS_NUMBER},
    {0x20, 0x23, "on time", NULL, 0, DECODE_MBUS_NUMBER},
    {0x24, 0x27, "operating time", NULL, 0, DECODE_MBUS_NUMBER},
    {0x28, 0x2F, "power", "W", -3, DECODE_MBUS_NUMBER},
    {0x30, 0x37, "power", "J/h", 0, DECODE_MBUS_NUMBER},
    {0x38, 0x3F, "volume flow", "m³/h", -6, DECODE_MBUS_NUMBER},
    {0x40, 0x47, "volume flow", "m³/min", -7, DECODE_MBUS_NUMBER},
    {0x48, 0x4F, "volume flow", "m³/s", -9, DECODE_MBUS_NUMBER},
    {0x50, 0x57, "mass flow", "kg/h", -3, DECODE_MBUS_NUMBER},
    {0x58, 0x5B, "flow temperature", "°C", -3, DECODE_MBUS_NUMBER},
    {0x5C, 0x5F, "return temperature", "°C", -3, DECODE_MBUS_NUMBER},
    {0x60, 0x63, "temperature difference", "K", -3, DECODE_MBUS_NUMBER},
    {0x64, 0x67, "external temperature", "°C", -3, DECODE_MBUS_NUMBER},
    {0x68, 0x6B, "pressure", "bar", -3, DECODE_MBUS_NUMBER},
    {0x6C, 0x6C, "date", "", 0, DECODE_MBUS_DATE},
    {0x6D, 0x6D, "date and time", "", 0, DECODE_MBUS_TIME},
    {0x6E, 0x6E, "heat cost allocation", "", 0, DECODE_MBUS_NUMBER},
    {0x70, 0x73, "averaging duration", NULL, 0, DECODE_MBUS_NUMBER},
    {0x74, 0x77, "actuality duration", NULL, 0, DECODE_MBUS_NUMBER},
    {0x78, 0x78, "fabrication number", "", 0, DECODE_MBUS_PLAIN},
    {0x79, 0x79, "identification", "", 0, DECODE_MBUS_PLAIN},
    {0x7A, 0x7A, "bus address", "", 0, DECODE_MBUS_NUMBER},
    {0x7E, 0x7E, "any", "", 0, DECODE_MBUS_NUMBER},
    {0x7F, 0x7F, "maker's", "", 0, DECODE_MBUS_NUMBER},
};

static const struct vif_row behind_fb[] = {
    {0x00, 0x01, "energy", "MWh", -1, DECODE_MBUS_NUMBER},
    {0x02, 0x03, "reactive energy", "kvarh", 0, DECODE_MBUS_NUMBER},
    {0x04, 0x05, "apparent energy", "kVAh", 0, DECODE_MBUS_NUMBER},
    {0x08, 0x09, "energy", "GJ", -1, DECODE_MBUS_NUMBER},
    {0x14, 0x17, "reactive power", "kvar", -3, DECODE_MBUS_NUMBER},
    {0x28, 0x29, "power", "MW", -1, DECODE_MBUS_NUMBER},
    {0x2A, 0x2A, "phase angle U-U", "°", -1, DECODE_MBUS_NUMBER},
    {0x2B, 0x2B, "phase angle U-I", "°", -1, DECODE_MBUS_NUMBER},
    {0x2C, 0x2F, "frequency", "Hz", -3, DECODE_MBUS_NUMBER},
    {0x34, 0x37, "apparent power", "kVA", -3, DECODE_MBUS_NUMBER},
};

static const struct vif_row behind_fd[] = {
    {0x08, 0x08, "access number", "", 0, DECODE_MBUS_NUMBER},
    {0x09, 0x09, "medium", "", 0, DECODE_MBUS_NUMBER},
    {0x0A, 0x0A, "manufacturer", "", 0, DECODE_MBUS_NUMBER},
    {0x0B, 0x0B, "parameter set", "", 0, DECODE_MBUS_PLAIN},
    {0x0C, 0x0C, "model and version", "", 0, DECODE_MBUS_PLAIN},
    {0x0D, 0x0D, "hardware version", "", 0, DECODE_MBUS_PLAIN},
    {0x0E, 0x0E, "firmware version", "", 0, DECODE_MBUS_PLAIN},
    {0x0F, 0x0F, "software version", "", 0, DECODE_MBUS_PLAIN},
    {0x10, 0x10, "customer location", "", 0, DECODE_MBUS_PLAIN},
    {0x11, 0x11, "customer", "", 0, DECODE_MBUS_PLAIN},
    {0x17, 0x17, "error flags", "", 0, DECODE_MBUS_BITS},
    {0x1A, 0x1A, "digital output", "", 0, DECODE_MBUS_BITS},
    {0x1B, 0x1B, "digital input", "", 0, DECODE_MBUS_BITS},
    {0x1C, 0x1C, "baud rate", "Bd", 0, DECODE_MBUS_NUMBER},
    {0x20, 0x20, "first storage number", "", 0, DECODE_MBUS_NUMBER},
    {0x21, 0x21, "last storage number", "", 0, DECODE_MBUS_NUMBER},
    {0x22, 0x22, "size of the storage block", "", 0, DECODE_MBUS_NUMBER},
    {0x24, 0x27, "storage interval", NULL, 0, DECODE_MBUS_NUMBER},
    {0x28, 0x28, "storage interval", "months", 0, DECODE_MBUS_NUMBER},
    {0x29, 0x29, "storage interval", "years", 0, DECODE_MBUS_NUMBER},
    {0x3A, 0x3A, "dimensionless", "", 0, DECODE_MBUS_NUMBER},
    {0x40, 0x4F, "voltage", "V", -9, DECODE_MBUS_NUMBER},
    {0x50, 0x5F, "current", "A", -12, DECODE_MBUS_NUMBER},
    {0x60, 0x60, "reset counter", "", 0, DECODE_MBUS_NUMBER},
    {0x61, 0x61, "cumulation counter", "", 0, DECODE_MBUS_NUMBER},
};

static const struct vif_row *find(const struct vif_row *rows, size_t count, uint8_t vif)
{
    for (size_t i = 0; i < count; i++) {
        if (vif >= rows[i].first && vif <= rows[i].last) {
            return &rows[i];
        }
    }
    return NULL;
}

struct decode_mbus_quantity decode_mbus_vif(uint8_t table, uint8_t vif)
{
    const struct vif_row *row;
    switch (table) {
    case 0xFB:
        row = find(behind_fb, sizeof behind_fb / sizeof behind_fb[0], vif);
        break;
    case 0xFD:
        row = find(behind_fd, sizeof behind_fd / sizeof behind_fd[0], vif);
        break;
    default:
        row = find(primary, sizeof primary / sizeof primary[0], vif);
    }
    if (row == NULL) {
        return (struct decode_mbus_quantity){.name = "reserved", .unit = ""};
    }
    struct decode_mbus_quantity quantity = {
        .name = row->name, .unit = row->unit, .form = row->form};
    if (row->unit == NULL) {
        quantity.unit = durations[vif - row->first];
    } else if (row->last > row->first) {
        quantity.exponent = row->exponent + (vif - row->first);
    } else {
        quantity.exponent = row->exponent;
    }
    return quantity;
}

struct vife_row {
    uint8_t vife;
    const char *text;
};

static const struct vife_row ordinary[] = {
    {0x12, "average"},           {0x39, "start of"}, {0x3B, "forward only"},
    {0x3C, "backward (export)"}, {0x7E, "future"},
};

static const struct vife_row behind_fc[] = {
    {0x01, "L1"},           {0x02, "L2"},         {0x03, "L3"},         {0x04, "N"},
    {0x05, "L1-L2"},        {0x06, "L2-L3"},      {0x07, "L3-L1"},      {0x08, "quadrant 1"},
    {0x09, "quadrant 2"},   {0x0A, "quadrant 3"}, {0x0B, "quadrant 4"}, {0x0C, "import - export"},
    {0x10, "absolute sum"},
};

const char *decode_mbus_vife(uint8_t table, uint8_t vife, int *exponent)
{
    const bool is_fc = table == 0xFC;
    const struct vife_row *rows = is_fc ? behind_fc : ordinary;
    const size_t count =
        is_fc ? sizeof behind_fc / sizeof behind_fc[0] : sizeof ordinary / sizeof ordinary[0];
    *exponent = 0;
    if (!is_fc && vife >= 0x70 && vife <= 0x77) {
        *exponent = vife - 0x76;
        return "";
    }
    if (!is_fc && vife == 0x7D) {
        *exponent = 3;
        return "";
    }
    for (size_t i = 0; i < count; i++) {
        if (rows[i].vife == vife) {
            return rows[i].text;
        }
    }
    return "qualifier not known";
}
