# Each public header compiles alone: for every header of the folders a one-line source that includes nothing else.
set(sources)
foreach(folder features models training classify)
  file(GLOB headers CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/${folder}/*.h)
  if(NOT SECTAG_WITH_DOCX AND NOT SECTAG_WITH_HTML) # without libxml2, its types are not there
    list(FILTER headers EXCLUDE REGEX "features/(xml|package|docx_style)\\.h$")
  endif()
  foreach(header ${headers})
    string(REPLACE ".h" ".c" source ${CMAKE_CURRENT_BINARY_DIR}/headers/${header})
    string(REGEX REPLACE "[/.]" "_" name ${header})
    # the declaration: a source without any is not ISO C
    file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${header}\"\nextern int sectag_${name}_is_alone;\n")
    list(APPEND sources ${source})
  endforeach()
endforeach()
add_library(headers_alone OBJECT ${sources})
target_link_libraries(headers_alone PRIVATE features PkgConfig::jansson)
