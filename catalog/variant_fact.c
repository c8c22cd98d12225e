/* The hardware of the models, from their data sheets, in one table: a row that several models
 * share is there once. The English sheet wins for the 382M; what only its Finnish or Russian sheet
 * tells is taken from there. */
#include "catalog/variant_fact.h"

enum {
    M = 1 << WH_MODEL_382M,
    L = 1 << WH_MODEL_382L,
    C = 1 << WH_MODEL_351C,
    DIRECT = M | L,
    ALL = M | L | C,
};

static const struct wh_fact facts[] = {
    {ALL, WH_FACT_CONDITIONS, "Operating temperature", "−40…+70 °C"},
    {ALL, WH_FACT_CONDITIONS, "Storage temperature", "−40…+85 °C"},
    {M, WH_FACT_CONDITIONS, "Display readable", "0…+50 °C"},
    {ALL, WH_FACT_CONDITIONS, "Relative humidity, mean of a year", "< 75 % at 21 °C"},
    {ALL, WH_FACT_CONDITIONS, "Relative humidity, 30 days a year", "< 95 % at 25 °C"},
    {ALL, WH_FACT_CONDITIONS, "Place", "indoors, or outdoors in a meter cabinet"},
    {ALL, WH_FACT_CONDITIONS, "Phase displacement", "unlimited, except Aron"},

    {M | C, WH_FACT_CASE, "Protection", "IP54"},
    {L, WH_FACT_CASE, "Protection", "IP52"},
    {ALL, WH_FACT_CASE, "Protection class", "II"},
    {M, WH_FACT_CASE, "Weight", "0.90 kg without breaker, 1.10 kg with breaker"},
    {L, WH_FACT_CASE, "Weight", "0.68 kg without breaker, 1.20 kg with breaker"},
    {C, WH_FACT_CASE, "Weight", "0.90 kg"},
    {M | C, WH_FACT_CASE, "Material", "glass-reinforced polycarbonate"},
    {L, WH_FACT_CASE, "Material", "cover transparent, base glass-reinforced polycarbonate"},
    {M, WH_FACT_CASE, "Dimensions", "171.7 × 209.2 × 81.6 mm, 269.2 mm high with the long cover"},

    {DIRECT, WH_FACT_CIRCUITS, "Current measured by", "a shunt in each phase"},
    {C, WH_FACT_CIRCUITS, "Current measured by", "a current transformer in each phase"},
    {DIRECT, WH_FACT_CIRCUITS, "Voltage measured by", "a voltage divider in each phase"},
    {C, WH_FACT_CIRCUITS, "Voltage measured by", "a voltage transformer in each phase"},
    {M, WH_FACT_CIRCUITS, "Own consumption, current circuit",
     "0.01 VA without breaker, 0.02 VA with breaker"},
    {L, WH_FACT_CIRCUITS, "Own consumption, current circuit", "0.01 VA per phase"},
    {C, WH_FACT_CIRCUITS, "Own consumption, current circuit", "0.02 VA per phase"},
    {M, WH_FACT_CIRCUITS, "Own consumption, voltage circuit",
     "0.4 VA 0.1 W without breaker, 0.6 VA 0.1 W with breaker"},
    {L, WH_FACT_CIRCUITS, "Own consumption, voltage circuit",
     "0.5 VA 0.27 W without breaker, 0.7 VA 0.45 W with breaker; per phase"},
    {C, WH_FACT_CIRCUITS, "Own consumption, voltage circuit", "0.2 VA 0.1 W per phase"},
    {DIRECT, WH_FACT_CIRCUITS, "Short-circuit current", "4500 A"},
    {L, WH_FACT_CIRCUITS, "Impulse voltage", "6 kV (IEC 62052-11), 12 kV (SP 1618)"},
    {L, WH_FACT_CIRCUITS, "Fast transient burst", "4 kV (IEC 62053-21)"},
    {C, WH_FACT_CIRCUITS, "Current transformers", "5/5 A … 3000/5 A"},

    {DIRECT, WH_FACT_TERMINALS, "Mains", "elevator terminals, DIN 43857"},
    {C, WH_FACT_TERMINALS, "Mains", "DIN 43857, wires 2.5–10 mm²"},
    {M, WH_FACT_TERMINALS, "35 mm² terminals hold",
     "multi-core ≥ 6 mm², 7-core ≥ 6 mm², solid ≥ 2.5 mm²"},
    {L, WH_FACT_TERMINALS, "35 mm² brass terminals hold",
     "multi-core ≥ 10 mm², 7-core ≥ 10 mm², solid ≥ 4 mm²"},
    {L, WH_FACT_TERMINALS, "25 and 35 mm² steel terminals hold",
     "multi-core ≥ 6 mm², 7-core ≥ 6 mm², solid ≥ 1.5 mm²"},
    {DIRECT, WH_FACT_TERMINALS, "Screws", "Pz 2 or slot, 2.5–3 Nm"},
    {C, WH_FACT_TERMINALS, "Screws", "cross or slot, 2.5–3 Nm"},
    {DIRECT, WH_FACT_TERMINALS, "Voltage output", "0.25–1.5 mm² or 5 mm fork, Torx 10, 1 Nm"},
    {C, WH_FACT_TERMINALS, "Test terminals", "0.25–1.5 mm² or 5 mm fork, Torx 10, 1 Nm"},
    {DIRECT, WH_FACT_TERMINALS, "Mains, 4-wire and Aron", "1 … 12; diagram on the front"},
    {C, WH_FACT_TERMINALS, "Mains, 4-wire", "1 … 9 and 11; voltages fused ≤ 10 A"},
    {C, WH_FACT_TERMINALS, "Mains, Aron", "1, 2, 3, 5, 7, 8, 9; voltages fused ≤ 10 A"},
    {ALL, WH_FACT_TERMINALS, "S0",
     "20 (+), 21 (−): DIN 43864, 27 V DC at 1 kΩ, 27 mA, 30 ms ±10 %"},

    {ALL, WH_FACT_MEMORY, "Data", "permanent memory, > 10 years without supply"},
    {ALL, WH_FACT_MEMORY, "Clock", "typically 5 ppm at 23 °C"},
    {ALL, WH_FACT_MEMORY, "Battery of the clock", "lasts > 10 years in normal operation"},
    {ALL, WH_FACT_MEMORY, "Supercap of the clock", "lasts > 10 years in normal operation"},

    {ALL, WH_FACT_DISPLAY, "Digits of value and unit", "7 mm"},
    {ALL, WH_FACT_DISPLAY, "Digits of the identification", "5 mm"},
    {ALL, WH_FACT_DISPLAY, "Digits of voltage and tariff", "3 mm"},

    {DIRECT, WH_FACT_STANDARDS, "Active energy, MID", "EN 50470-1, EN 50470-3"},
    {DIRECT, WH_FACT_STANDARDS, "Active and reactive energy",
     "IEC 62052-11, IEC 62053-21, IEC 62053-23"},
    {C, WH_FACT_STANDARDS, "Active and reactive energy",
     "IEC 62052-11, IEC 62053-22, IEC 62053-23; GOST R 52320, 52323, 52425 (2005)"},
    {L | C, WH_FACT_STANDARDS, "Optical port", "EN 62056-21 mode A, DLMS/COSEM"},
    {ALL, WH_FACT_STANDARDS, "OBIS codes", "IEC 62056-61"},

    {DIRECT, WH_FACT_MODULES, "S0 supply", "68 50 001"},
    {L, WH_FACT_MODULES, "Data/pulse, relay output, RS-232", "68 50 003"},
    {L, WH_FACT_MODULES, "M-Bus, wired", "68 50 005"},
    {L, WH_FACT_MODULES, "2 tariffs, 230 V AC", "68 50 008"},
    {L, WH_FACT_MODULES, "4 tariffs, 230 V AC, current loop", "68 50 018"},
    {C, WH_FACT_MODULES, "Current loop", "60 50 018"},
    {L, WH_FACT_MODULES, "S0 pulse", "68 50 021"},
    {ALL, WH_FACT_MODULES, "IP101i, TCP/IP", "68 50 040"},
    {L, WH_FACT_MODULES, "Radio router, high power", "68 50 043"},
    {M, WH_FACT_MODULES, "GSM6i, GSM6i/RF, GSM7i, GSM8i", "68 50 053"},
    {L, WH_FACT_MODULES, "GSM6i/RF, GSM7i", "68 50 053"},
    {C, WH_FACT_MODULES, "GSM8i, GSM8i/RF, GSM8i/2×5 A", "68 50 053"},
    {L, WH_FACT_MODULES, "Pulse input, load control (radio)", "68 50 055"},
    {DIRECT, WH_FACT_MODULES, "LON, twisted pair", "68 50 057"},
    {M | C, WH_FACT_MODULES, "Load control 5 A", "68 50 058"},
    {L, WH_FACT_MODULES, "Load control 2×5 A", "68 50 058"},
    {L | C, WH_FACT_MODULES, "Z-Wave slave", "68 50 061"},
    {L | C, WH_FACT_MODULES, "Wireless M-Bus", "68 50 064"},
    {M | C, WH_FACT_MODULES, "M-Bus with secondary addressing", "68 50 068"},
    {ALL, WH_FACT_MODULES, "Load control 2×5 A", "68 50 069"},
    {M, WH_FACT_MODULES, "Radio router, high power", "68 50 070"},
    {C, WH_FACT_MODULES, "MUC", "68 50 071"},
    {M | C, WH_FACT_MODULES, "RS-485, multi-drop", "68 50 072"},
    {M, WH_FACT_MODULES, "Data/pulse, relay output", "68 50 075"},
    {M, WH_FACT_MODULES, "4 tariffs, 230 V, current loop", "68 50 076"},
    {M, WH_FACT_MODULES, "4 tariffs, 230 V", "68 50 078"},
    {M, WH_FACT_MODULES, "Relay 2×5 A on GSM7i", "68 45 001"},
    {M, WH_FACT_MODULES, "Relay 2×5 A on GSM8i 3G", "68 45 002"},

    {L, WH_FACT_MODULES_CCC, "Connection for a second module", "68 50 062"},
    {L, WH_FACT_MODULES_CCC, "Z-Wave slave", "68 40 001, with 68 50 062 or 68 50 053"},

    {M | C, WH_FACT_ACCESSORIES, "METERTOOL", "68 99 580"},
    {L, WH_FACT_ACCESSORIES, "METERTOOL", "68 99 570"},
    {M, WH_FACT_ACCESSORIES, "METERTOOL kit", "68 30 017"},
    {ALL, WH_FACT_ACCESSORIES, "Optical head, USB", "66 99 099"},
    {DIRECT, WH_FACT_ACCESSORIES, "Optical head, 9-pin serial", "66 99 102"},
    {M | C, WH_FACT_ACCESSORIES, "Terminal cover", "59 60 370"},
    {M | C, WH_FACT_ACCESSORIES, "Long terminal cover, 60 mm", "59 60 316"},
    {L, WH_FACT_ACCESSORIES, "Long cover 60 mm, without breaker", "30 26 226"},
    {L, WH_FACT_ACCESSORIES, "Long cover 100 mm, without breaker", "30 26 323"},
    {L, WH_FACT_ACCESSORIES, "Long cover 60 mm, with breaker", "30 26 362"},
    {L, WH_FACT_ACCESSORIES, "Cover", "59 60 138"},
    {L, WH_FACT_ACCESSORIES, "Cover, high", "59 60 137"},
    {L, WH_FACT_ACCESSORIES, "Cover, high, for a second module", "59 60 139"},
    {L, WH_FACT_ACCESSORIES, "DIN rail kit", "68 30 007"},
    {L, WH_FACT_ACCESSORIES, "Extension of the hanger", "68 30 010"},
    {L, WH_FACT_ACCESSORIES, "Supercap for the clock", "68 30 012"},
    {L, WH_FACT_ACCESSORIES, "Lithium battery for the clock", "68 30 013"},
    {L, WH_FACT_ACCESSORIES, "Top fitting, metal", "68 50 101"},
    {DIRECT, WH_FACT_ACCESSORIES, "Pins, 50", "68 50 102"},
    {DIRECT, WH_FACT_ACCESSORIES, "Cable sockets, 50", "68 50 103"},

    {DIRECT, WH_FACT_SAFETY, "Breaker", WH_BREAKER_IS_NO_SAFETY},
    {ALL, WH_FACT_SAFETY, "Use", "Only for measuring electrical energy, within the values stated."},
    {ALL, WH_FACT_SAFETY, "Work",
     "Only without voltage: touching connected parts can be lethal. Remove the fuse and keep it "
     "safe."},
    {ALL, WH_FACT_SAFETY, "Installation",
     "By authorised persons, as the diagram on the meter shows and local rules demand."},
    {DIRECT, WH_FACT_SAFETY, "Fuse", "For direct connection, by the highest current on the meter."},
    {ALL, WH_FACT_SAFETY, "Seals", "Broken by authorised persons only."},
};

const struct wh_fact *wh_fact_at(size_t index)
{
    return index < sizeof facts / sizeof facts[0] ? &facts[index] : NULL;
}

bool wh_fact_is_of(const struct wh_fact *fact, const struct wh_variant *variant)
{
    return (fact->models >> variant->id & 1) != 0;
}

const char *wh_fact_group_text(enum wh_fact_group group)
{
    static const char *const texts[WH_FACT_GROUPS] = {
        [WH_FACT_CONDITIONS] = "Conditions of use",
        [WH_FACT_CASE] = "Case",
        [WH_FACT_CIRCUITS] = "Circuits",
        [WH_FACT_TERMINALS] = "Terminals",
        [WH_FACT_MEMORY] = "Memory and clock",
        [WH_FACT_DISPLAY] = "Display",
        [WH_FACT_STANDARDS] = "Standards",
        [WH_FACT_MODULES] = "Modules",
        [WH_FACT_MODULES_CCC] = "Consumer's modules",
        [WH_FACT_ACCESSORIES] = "Accessories",
        [WH_FACT_SAFETY] = "Safety",
    };
    return group < WH_FACT_GROUPS ? texts[group] : "";
}
