// Findings, kept for softcuda.h and written to stderr.
#pragma once

#include <string>

#include "exec/fault.h"
#include "exec/program.h"

namespace softcuda {

// "kernel k, line 12: ld.global.f32 ...; CTA (0,0,0), thread (3,0,0) reads 4 bytes at ..."
std::string describe(const Program& program, const Fault& fault);

void addReport(const std::string& text);
int reportCount();
// Null beyond the last. Valid until clearReports.
const char* reportText(int index);
void clearReports();

}  // namespace softcuda
