# The jobs behind the Makefile's words.  Each runs a script of the source tree that writes below the build folder only.
function(muoncert_job name)
  cmake_parse_arguments(PARSE_ARGV 1 job "" "" "COMMAND;DEPENDS")
  add_custom_target(${name} COMMAND ${job_COMMAND} DEPENDS ${job_DEPENDS} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}" USES_TERMINAL VERBATIM)
endfunction()

muoncert_job(verify COMMAND tools/verify "${PROJECT_BINARY_DIR}" DEPENDS muoncert)
muoncert_job(proofs COMMAND tools/proofs "${PROJECT_BINARY_DIR}")
muoncert_job(mutants COMMAND tools/mutants "${PROJECT_BINARY_DIR}")
muoncert_job(nightly COMMAND tools/nightly "${PROJECT_BINARY_DIR}" DEPENDS muoncert)
muoncert_job(fuzz COMMAND tests/fuzz/run "${PROJECT_BINARY_DIR}/fuzz")
