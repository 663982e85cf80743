// Handles. A handle is a number that is never given twice, so that using an object after it was
// destroyed is always seen.
#pragma once

#include <cstdint>
#include <map>
#include <memory>

namespace softcuda {

inline uintptr_t nextHandle() {
  static uintptr_t last = 0x1000;
  return last += 16;
}

template <class Handle, class Object>
class Registry {
 public:
  Handle add(std::unique_ptr<Object> object) {
    uintptr_t number = nextHandle();
    objects_[number] = std::move(object);
    return reinterpret_cast<Handle>(number);
  }
  Object* find(Handle handle) const {
    auto found = objects_.find(reinterpret_cast<uintptr_t>(handle));
    return found == objects_.end() ? nullptr : found->second.get();
  }
  bool remove(Handle handle) { return objects_.erase(reinterpret_cast<uintptr_t>(handle)) > 0; }

  template <class Visit>
  void forEach(Visit visit) {
    for (auto& [number, object] : objects_) visit(*object);
  }

 private:
  std::map<uintptr_t, std::unique_ptr<Object>> objects_;
};

}  // namespace softcuda
