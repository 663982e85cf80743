#include "ptx/parser.h"

#include "ptx/body.h"
#include "ptx/number.h"
#include "ptx/variable.h"

namespace softcuda {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view source) : cursor_(tokenise(source)) {
    for (size_t start = 0; start <= source.size();) {
      size_t end = std::min(source.find('\n', start), source.size());
      module_.lines.emplace_back(source.substr(start, end - start));
      start = end + 1;
    }
  }

  Module run() {
    if (!cursor_.at(".version")) cursor_.fail("a PTX module begins with .version, this one with");
    while (!cursor_.atEnd()) directive();
    return std::move(module_);
  }

 private:
  void directive() {
    std::string word = cursor_.word();
    Space space;
    if (word == ".version") {
      module_.version = cursor_.take().text;
    } else if (word == ".target") {
      module_.target = cursor_.word();
      while (cursor_.accept(",")) cursor_.word();
    } else if (word == ".address_size") {
      if (!cursor_.accept("64")) cursor_.fail("only .address_size 64 is supported, not");
    } else if (word == ".visible" || word == ".weak" || word == ".common") {
    } else if (word == ".extern") {
      external_ = true;
    } else if (word == ".entry" || word == ".func") {
      function(word == ".entry");
      external_ = false;
    } else if (word == ".file") {
      int line = cursor_.line();
      while (!cursor_.atEnd() && cursor_.line() == line) cursor_.take();
    } else if (word == ".section") {
      while (!cursor_.accept("}")) cursor_.take();
    } else if (parseSpace(word, space)) {
      do {
        module_.variables.push_back(parseVariable(cursor_, space));
        module_.variables.back().external = external_;
      } while (cursor_.accept(","));
      cursor_.expect(";");
      external_ = false;
    } else {
      throw PtxError(cursor_.line(), "unknown directive " + word);
    }
  }

  void function(bool entry) {
    Function function;
    function.entry = entry;
    function.line = cursor_.line();
    function.results = parseParameters(cursor_);
    function.name = cursor_.word();
    function.params = parseParameters(cursor_);
    while (!cursor_.at("{") && !cursor_.at(";")) attribute(function);
    if (cursor_.accept("{")) {
      function.defined = true;
      parseBody(cursor_, function);
    } else {
      cursor_.expect(";");
    }
    Function& known = module_.functions[function.name];
    if (known.defined && function.defined)
      throw PtxError(function.line, function.name + " is defined twice");
    if (!known.defined) known = std::move(function);
  }

  void attribute(Function& function) {
    std::string word = cursor_.word();
    if (word == ".noreturn") return;
    if (word != ".maxntid" && word != ".reqntid" && word != ".minnctapersm" && word != ".maxnreg")
      throw PtxError(cursor_.line(), "unknown attribute " + word + " of " + function.name);
    std::vector<uint64_t> values;
    do values.push_back(parseNumber(cursor_).bits);
    while (cursor_.accept(","));
    LaunchBounds& bounds = function.bounds;
    if (word == ".maxnreg") bounds.registers = values[0];
    if (word != ".maxntid" && word != ".reqntid") return;
    if (bounds.maxThreads != 0 || values.size() > 3)
      throw PtxError(cursor_.line(), "a second or too long " + word + " of " + function.name);
    values.resize(3, 1);
    bounds.maxThreads = values[0] * values[1] * values[2];
    if (word == ".reqntid") std::copy(values.begin(), values.end(), bounds.block);
  }

  Cursor cursor_;
  Module module_;
  bool external_ = false;
};

}  // namespace

Module parse(std::string_view source) { return Parser(source).run(); }

}  // namespace softcuda
