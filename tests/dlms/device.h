/* A small device for the tests and fuzz targets: the objects and associations of the recorded
 * dialogues, registers that move together, and attributes that misbehave. */
#ifndef TEST_DLMS_DEVICE_H
#define TEST_DLMS_DEVICE_H

#include "dlms/server.h"

enum {
    DEVICE_PUBLIC = 16,    /* client: no security, GET and block transfer, logical device 1 */
    DEVICE_PASSWORD = 18,  /* client: "12345", logical device 16 */
    DEVICE_EVERYTHING = 1, /* client: no security, all the server can agree on, logical device 1 */
    DEVICE_MANAGEMENT = 1, /* server SAP */
    DEVICE_METER = 16,     /* server SAP */
    DEVICE_END = 1000,     /* epoch from which 0.0.96.1.7.255 can no longer be read */
    DEVICE_REGISTERS = 40, /* 1.1.1.8.n.255, class 3, n = 0 … 39 */
};

/* What time does to the device. */
struct device {
    uint32_t epoch;  /* register n reads epoch * 1000 + n */
    uint32_t period; /* epoch grows after so many reads of attributes; 0: never */
    uint32_t reads;
};

/* A server on the device. The tables are static; the struct may be changed by the caller. */
struct dlms_server device_server(struct device *device);

#endif
