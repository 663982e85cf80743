#include "check/report.h"

#include <cstdio>
#include <deque>
#include <mutex>

namespace softcuda {
namespace {

std::mutex mutex;
std::deque<std::string> reports;

std::string triple(const uint32_t (&v)[3]) {
  return "(" + std::to_string(v[0]) + "," + std::to_string(v[1]) + "," + std::to_string(v[2]) + ")";
}

}  // namespace

std::string describe(const Program& program, const Fault& fault) {
  std::string text = "kernel " + program.kernel;
  if (fault.line > 0) {
    text += ", line " + std::to_string(fault.line) + ": " + program.text(fault.line);
  }
  return text + "  CTA " + triple(fault.cta) + ", thread " + triple(fault.thread) + ": " +
         fault.what;
}

void addReport(const std::string& text) {
  std::lock_guard lock(mutex);
  reports.push_back(text);
  std::fprintf(stderr, "softcuda: %s\n", text.c_str());
}

int reportCount() {
  std::lock_guard lock(mutex);
  return static_cast<int>(reports.size());
}

const char* reportText(int index) {
  std::lock_guard lock(mutex);
  return index >= 0 && index < static_cast<int>(reports.size()) ? reports[index].c_str() : nullptr;
}

void clearReports() {
  std::lock_guard lock(mutex);
  reports.clear();
}

}  // namespace softcuda
