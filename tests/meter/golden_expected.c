/* Made by golden_print, tests/meter/golden.c. A change here is a change of what meters register. */
#include "tests/meter/golden.h"

/* clang-format off */
const struct golden_outcome golden_expected = {
    .energy = {
        {471, 175848679},
        {0, 0},
        {108, 111209071},
        {0, 0},
        {0, 0},
        {0, 0},
        {555, 5830266},
        {13, 0},
        {5, 30338700},
        {0, 0},
        {101, 220320287},
        {0, 0},
    },
    .instant = {230169, 231857, 233543, 2206457, 671, 11923, 465290, 0, 2703, -1, 0, 3, 507858, 156, 2785, 9162, 0, 9706, 0, 240000, 120000, 467993, 2, 510799, 9162, 50101044},
    .pulses = 47,
    .reports_crc = 0x723eb7f7,
    .memory_crc = 0x20382fcf,
    .flash_crc = 0xd62f724e,
};
/* clang-format on */
