# The dependency check as part of every build: an #include that tools/dependencies.toml does not allow
# is an error like any other.
set(folders common store metrology legal catalog app meter dlms cosem kmp iec62056_21 face sim accuracy decode ports web cli tests fuzz bench)
list(TRANSFORM folders REPLACE "(.+)" "${PROJECT_SOURCE_DIR}/\\1/*.[ch]")
file(GLOB_RECURSE checked_sources CONFIGURE_DEPENDS ${folders})
list(FILTER checked_sources EXCLUDE REGEX "/node_modules/")

add_custom_command(
  OUTPUT ${PROJECT_BINARY_DIR}/dependencies.stamp
  COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/check_dependencies.py
          --stamp ${PROJECT_BINARY_DIR}/dependencies.stamp
  DEPENDS ${PROJECT_SOURCE_DIR}/tools/check_dependencies.py
          ${PROJECT_SOURCE_DIR}/tools/dependencies.toml ${checked_sources}
  COMMENT "Dependencies between the folders")
add_custom_target(dependencies ALL DEPENDS ${PROJECT_BINARY_DIR}/dependencies.stamp)
