wh_fuzz(fuzz_comtrade SOURCES fuzz_comtrade.c DEPENDS wh_recording)
