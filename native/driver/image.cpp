#include "driver/image.h"

#include <algorithm>
#include <list>

#include "ptx/parser.h"

namespace softcuda {

std::shared_ptr<Image> imageOf(const std::string& text) {
  constexpr size_t kKept = 64;
  static std::list<std::pair<std::string, std::shared_ptr<Image>>> kept;  // last used first
  auto found = std::find_if(kept.begin(), kept.end(), [&](auto& one) { return one.first == text; });
  if (found != kept.end()) {
    kept.splice(kept.begin(), kept, found);
  } else {
    kept.emplace_front(text, std::make_shared<Image>(Image{parse(text), {}}));
    if (kept.size() > kKept) kept.pop_back();
  }
  return kept.front().second;
}

}  // namespace softcuda
