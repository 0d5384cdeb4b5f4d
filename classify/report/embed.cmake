# Writes OUTPUT, a C file with the report's script and style from FOLDER: bytes and SHA-256. See classify/report_page.h.
set(text "/* made by classify/report/embed.cmake */\n#include \"classify/report_page.h\"\n")
foreach(part report.js report.css)
  file(READ ${FOLDER}/${part} bytes HEX)
  file(SHA256 ${FOLDER}/${part} hash)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hash "${hash}")
  string(REGEX REPLACE ".*\\." "" kind ${part})
  string(APPEND text "static const unsigned char ${kind}[] = {${bytes}};\n"
    "const sectag_report_part sectag_report_${kind} = {(const char *)${kind}, sizeof ${kind}, {${hash}}};\n")
endforeach()
file(WRITE ${OUTPUT} "${text}")
