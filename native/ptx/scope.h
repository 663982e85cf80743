// Names declared in nested blocks of a function body. A name of an inner block may repeat one that
// was declared elsewhere (nvcc's param0 does), so it gets a name of its own: "param0{2}".
#pragma once

#include <map>
#include <string>
#include <vector>

namespace softcuda {

class Scopes {
 public:
  void open() { scopes_.push_back({++opened_, {}}); }
  void close() { scopes_.pop_back(); }
  size_t depth() const { return scopes_.size(); }

  std::string declare(const std::string& name) {
    std::string unique = name;
    if (depth() > 1) unique += "{" + std::to_string(scopes_.back().number) + "}";
    scopes_.back().names[name] = unique;
    return unique;
  }
  // A name not declared in the body (a parameter, a global, a label) is its own.
  std::string find(const std::string& name) const {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
      auto found = scope->names.find(name);
      if (found != scope->names.end()) return found->second;
    }
    return name;
  }

 private:
  struct Scope {
    int number;
    std::map<std::string, std::string> names;
  };
  std::vector<Scope> scopes_;
  int opened_ = 0;
};

}  // namespace softcuda
