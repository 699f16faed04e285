# How every hookc target is compiled: one place for warnings, launcher and linker.

find_program(HOOKC_CCACHE ccache)
if(HOOKC_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths relative to the checkout: every clone of a commit shares one cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${HOOKC_CCACHE})
endif()

find_program(HOOKC_MOLD mold)
if(HOOKC_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_library(hookc_options INTERFACE)
# -Werror=switch: a switch over a closed set has no default, so a new entry names every place it must touch.
target_compile_options(hookc_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror=switch -Werror=return-type)
target_include_directories(hookc_options INTERFACE ${PROJECT_SOURCE_DIR})

# hookc_library(NAME SOURCES a.cpp … [DEPS layer …] [PRIVATE_DEPS target …])
# A layer `hookc::NAME`. DEPS are the layers below that its headers may show; an arrow upwards does not link.
function(hookc_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  if(ARG_SOURCES)
    add_library(hookc_${name} STATIC ${ARG_SOURCES})
    target_link_libraries(hookc_${name} PUBLIC hookc_options fmt::fmt ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
  else()
    add_library(hookc_${name} INTERFACE)
    target_link_libraries(hookc_${name} INTERFACE hookc_options fmt::fmt ${ARG_DEPS})
  endif()
  add_library(hookc::${name} ALIAS hookc_${name})
endfunction()
