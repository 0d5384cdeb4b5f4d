#include "features/reader.h"
static int sniff(const char *head, size_t len) { return sectag_begins(head, len, "%pdf-"); }
const sectag_reader_type sectag_reader_pdf = {.name = "pdf", .endings = " .pdf ", .sniff = sniff, .option = "SECTAG_WITH_PDF"};
