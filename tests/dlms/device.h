/* A small device for the tests and fuzz targets: the objects and associations of the recorded
 * dialogues, registers that move together, and attributes that misbehave. */
#ifndef TEST_DLMS_DEVICE_H
#define TEST_DLMS_DEVICE_H

#include "dlms/server.h"

enum {
    DEVICE_PUBLIC = 16,    /* client: no security, GET and block transfer, logical device 1 */
    DEVICE_PASSWORD = 18,  /* client: "12345", logical device 16 */
    DEVICE_EVERYTHING = 1, /* client: no security, all the server can agree on, logical device 1 */
    DEVICE_WRITER = 2,     /* client: no security, every service, logical device 1; sees the scratch
                            * objects only */
    DEVICE_WATCHER = 3,    /* client: the same, sees the scratch objects and may not change them */
    DEVICE_MANAGEMENT = 1, /* server SAP */
    DEVICE_METER = 16,     /* server SAP */
    DEVICE_END = 1000,     /* epoch from which 0.0.96.1.7.255 can no longer be read */
    DEVICE_REGISTERS = 40, /* 1.1.1.8.n.255, class 3, n = 0 … 39 */
    DEVICE_SCRATCHES = 3,  /* 0.0.96.50.n.255, class 1, n = 0 … 2: written and read */
    DEVICE_SCRATCH_SIZE = 1024,
};

/* Methods of the object 0.0.10.0.0.255, class 9. */
enum device_method {
    DEVICE_ECHO = 1,  /* returns its parameters */
    DEVICE_COUNT = 2, /* returns nothing */
    DEVICE_FAIL = 3,  /* temporary-failure, after writing something */
    DEVICE_LONG = 4,  /* an array of as many u16 as the parameter, a u16, says */
    DEVICE_LOCKED = 5 /* nobody may */
};

/* What time does to the device. */
struct device {
    uint32_t epoch;  /* register n reads epoch * 1000 + n */
    uint32_t period; /* epoch grows after so many reads of attributes; 0: never */
    uint32_t reads;
    uint32_t writes;                                        /* that succeeded */
    uint32_t invokes;                                       /* of any method */
    const struct dlms_association *writer;                  /* who wrote or invoked last */
    uint8_t scratch[DEVICE_SCRATCHES][DEVICE_SCRATCH_SIZE]; /* one Data each; empty at first */
    size_t scratch_length[DEVICE_SCRATCHES];
};

/* A server on the device. The tables are static; the struct may be changed by the caller. */
struct dlms_server device_server(struct device *device);

#endif
