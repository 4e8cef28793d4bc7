# What `make install` puts where: program, libraries, headers as muoncert/MODULE/MODULE.h, spec files, package files.
include(CMakePackageConfigHelpers)

install(TARGETS muoncert RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(TARGETS muoncert_kernel_helper RUNTIME DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}/muoncert")
install(TARGETS muoncert_static muoncert_shared EXPORT muoncertTargets
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(EXPORT muoncertTargets NAMESPACE muoncert:: DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/muoncert")

# One public header a module, and all of the reference, whose contracts are meant to be read.
file(GLOB modules RELATIVE "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}/src/*")
foreach(module ${modules})
  if(EXISTS "${PROJECT_SOURCE_DIR}/src/${module}/${module}.h" AND NOT module MATCHES "^(ref|cli)$")
    install(FILES "${PROJECT_SOURCE_DIR}/src/${module}/${module}.h" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/muoncert/${module}")
  endif()
endforeach()
# The ABI of kernels: for plug-ins as <muoncert_kernel.h>, and beside the header that includes it.
install(FILES "${PROJECT_SOURCE_DIR}/src/kernel/muoncert_kernel.h" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(FILES "${PROJECT_SOURCE_DIR}/src/kernel/muoncert_kernel.h" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/muoncert/kernel")
install(FILES "${PROJECT_SOURCE_DIR}/src/ball/arb_headers.h" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/muoncert/ball")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/src/ref" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/muoncert" FILES_MATCHING PATTERN "*.h")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/spec" DESTINATION "${CMAKE_INSTALL_DATADIR}/muoncert")
install(FILES "${PROJECT_SOURCE_DIR}/python/muoncert.py" DESTINATION "${CMAKE_INSTALL_DATADIR}/muoncert/python")
# The audits of spec/ name these files relative to themselves.
install(DIRECTORY "${PROJECT_SOURCE_DIR}/examples/real_gradients" "${PROJECT_SOURCE_DIR}/examples/real_steps" DESTINATION "${CMAKE_INSTALL_DATADIR}/muoncert/examples")

if(MUONCERT_FLINT_LAYOUT EQUAL 3)
  set(MUONCERT_FLINT_LINK "-lflint")
  set(MUONCERT_FLINT_CFLAGS "-DMUONCERT_FLINT3=1")
else()
  set(MUONCERT_FLINT_LINK "-lflint-arb -lflint")
  set(MUONCERT_FLINT_CFLAGS "")
endif()
file(RELATIVE_PATH MUONCERT_PC_TO_PREFIX "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
configure_file("${PROJECT_SOURCE_DIR}/cmake/muoncert.pc.in" "${PROJECT_BINARY_DIR}/muoncert.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/muoncert.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/muoncertConfig.cmake.in" "${PROJECT_BINARY_DIR}/muoncertConfig.cmake"
                              INSTALL_DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/muoncert")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/muoncertConfigVersion.cmake" COMPATIBILITY SameMajorVersion)
install(FILES "${PROJECT_BINARY_DIR}/muoncertConfig.cmake" "${PROJECT_BINARY_DIR}/muoncertConfigVersion.cmake"
        "${PROJECT_SOURCE_DIR}/cmake/FindFlint.cmake" DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/muoncert")
