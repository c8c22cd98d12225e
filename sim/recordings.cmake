# The player of COMTRADE recordings and its resampler.
wh_host_library(wh_recording SOURCES
  comtrade_cff.c
  comtrade_cfg.c
  comtrade_dat.c
  comtrade_file.c
  comtrade_phase.c
  comtrade_text.c
  comtrade_timeline.c
  recording.c
  resample.c
  DEPENDS m)

# The dot products of the resampler are worth vectorising in every build but a debugging one.
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  set_source_files_properties(resample.c PROPERTIES COMPILE_OPTIONS -O3)
endif()
