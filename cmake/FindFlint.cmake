# FLINT with Arb, in either layout:
#   FLINT >= 3.0           <flint/arb.h>, one library
#   FLINT 2.9 + Arb 2.23   <flint/flint.h> and <arb.h>, two libraries (Arb is called flint-arb in Debian)
# Defines the target Flint::Flint, with MUONCERT_FLINT3 set for the first layout (see src/ball/arb_headers.h).
find_path(Flint_INCLUDE_DIR flint/flint.h)
find_library(Flint_LIBRARY flint)
find_path(Flint_ARB3_INCLUDE_DIR flint/arb_mat.h)
find_path(Flint_ARB2_INCLUDE_DIR arb_mat.h)
find_library(Flint_ARB_LIBRARY NAMES flint-arb arb)
find_library(Flint_GMP_LIBRARY gmp)
find_library(Flint_MPFR_LIBRARY mpfr)

if(Flint_ARB3_INCLUDE_DIR)
  set(MUONCERT_FLINT_LAYOUT 3)
  set(Flint_needed Flint_INCLUDE_DIR Flint_LIBRARY)
else()
  set(MUONCERT_FLINT_LAYOUT 2)
  set(Flint_needed Flint_INCLUDE_DIR Flint_LIBRARY Flint_ARB2_INCLUDE_DIR Flint_ARB_LIBRARY)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Flint REQUIRED_VARS ${Flint_needed} Flint_GMP_LIBRARY Flint_MPFR_LIBRARY
                                  REASON_FAILURE_MESSAGE "FLINT >= 3.0, or FLINT 2.9 with Arb 2.23, is needed")

if(Flint_FOUND AND NOT TARGET Flint::Flint)
  add_library(Flint::Flint INTERFACE IMPORTED)
  if(MUONCERT_FLINT_LAYOUT EQUAL 3)
    target_compile_definitions(Flint::Flint INTERFACE MUONCERT_FLINT3=1)
    target_link_libraries(Flint::Flint INTERFACE "${Flint_LIBRARY}")
  else()
    target_link_libraries(Flint::Flint INTERFACE "${Flint_ARB_LIBRARY}" "${Flint_LIBRARY}")
  endif()
  target_include_directories(Flint::Flint SYSTEM INTERFACE "${Flint_INCLUDE_DIR}")
  target_link_libraries(Flint::Flint INTERFACE "${Flint_MPFR_LIBRARY}" "${Flint_GMP_LIBRARY}")
endif()
