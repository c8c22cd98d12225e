# Toolchain of the emulated board: Debian's gcc-arm-none-eabi with newlib.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR cortex-m4)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_ASM_COMPILER arm-none-eabi-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
# Soft float on purpose: nothing legally relevant may touch a float, so nothing may need the unit.
set(CMAKE_C_FLAGS_INIT "-mcpu=cortex-m4 -mthumb -mfloat-abi=soft -ffunction-sections -fdata-sections")
# Not ..._INIT: CMake would append -O3 -DNDEBUG.
set(CMAKE_C_FLAGS_RELEASE "-O2 -g" CACHE STRING "")
