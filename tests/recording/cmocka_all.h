/* cmocka wants these four before it. */
#ifndef TESTS_RECORDING_CMOCKA_ALL_H
#define TESTS_RECORDING_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
