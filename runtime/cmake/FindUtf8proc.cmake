# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# utf8proc as the target Utf8proc::utf8proc: the static library where there is one, so that libweft carries its tables
# and needs no further library.
find_path(UTF8PROC_INCLUDE_DIR utf8proc.h)
find_library(UTF8PROC_LIBRARY NAMES libutf8proc.a utf8proc)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Utf8proc REQUIRED_VARS UTF8PROC_LIBRARY UTF8PROC_INCLUDE_DIR)
mark_as_advanced(UTF8PROC_INCLUDE_DIR UTF8PROC_LIBRARY)
if(Utf8proc_FOUND AND NOT TARGET Utf8proc::utf8proc)
  # Global: targets of other folders link to libweft too.
  add_library(Utf8proc::utf8proc UNKNOWN IMPORTED GLOBAL)
  set_target_properties(Utf8proc::utf8proc PROPERTIES IMPORTED_LOCATION "${UTF8PROC_LIBRARY}"
                        INTERFACE_INCLUDE_DIRECTORIES "${UTF8PROC_INCLUDE_DIR}")
endif()
