#include "ptx/body.h"

#include "ptx/number.h"
#include "ptx/operand.h"
#include "ptx/scope.h"
#include "ptx/variable.h"

namespace softcuda {
namespace {

class BodyParser {
 public:
  BodyParser(Cursor& cursor, Function& function) : cursor_(cursor), function_(function) {}

  void run() {
    scopes_.open();
    while (scopes_.depth() > 0) statement();
  }

 private:
  void statement() {
    if (cursor_.atEnd()) cursor_.fail("the body of " + function_.name + " has no end, found");
    if (cursor_.accept("{")) {
      scopes_.open();
    } else if (cursor_.accept("}")) {
      scopes_.close();
    } else if (cursor_.accept(";")) {
    } else if (cursor_.peek(1).text == ":") {
      label();
    } else if (cursor_.peek().text[0] == '.') {
      directive();
    } else {
      instruction();
    }
  }

  void label() {
    std::string name = cursor_.word();
    cursor_.expect(":");
    if (cursor_.accept(".branchtargets")) {
      function_.branchTargets[name] = names();
      return;
    }
    if (cursor_.accept(".calltargets")) {
      function_.callTargets[name].functions = names();
      return;
    }
    if (cursor_.accept(".callprototype")) {
      CallTargets& targets = function_.callTargets[name];
      targets.results = parseParameters(cursor_);
      cursor_.expect("_");
      targets.params = parseParameters(cursor_);
      cursor_.accept(".noreturn");
      cursor_.expect(";");
      return;
    }
    if (!function_.labels.emplace(name, function_.body.size()).second)
      cursor_.fail("label " + name + " stands twice, before");
  }

  std::vector<std::string> names() {
    std::vector<std::string> list;
    do list.push_back(cursor_.word());
    while (cursor_.accept(","));
    cursor_.expect(";");
    return list;
  }

  void directive() {
    std::string word = cursor_.word();
    Space space;
    if (word == ".reg") {
      registers();
    } else if (word == ".loc" || word == ".pragma") {
      int line = cursor_.line();
      while (word == ".loc" ? cursor_.line() == line && !cursor_.atEnd() : !cursor_.at(";"))
        cursor_.take();
    } else if (parseSpace(word, space)) {
      do {
        Variable variable = parseVariable(cursor_, space);
        variable.name = scopes_.declare(variable.name);
        function_.variables.push_back(variable);
      } while (cursor_.accept(","));
      cursor_.expect(";");
    } else {
      throw PtxError(cursor_.line(), "unknown directive " + word);
    }
  }

  void registers() {
    Type type;
    std::string word = cursor_.word();
    if (!parseType(word, type)) throw PtxError(cursor_.line(), "unknown register type " + word);
    do {
      std::string name = cursor_.word();
      if (cursor_.accept("<")) {
        uint64_t count = parseNumber(cursor_).bits;
        cursor_.expect(">");
        for (uint64_t i = 0; i < count; i++)
          function_.registers[scopes_.declare(name + std::to_string(i))] = type;
      } else {
        function_.registers[scopes_.declare(name)] = type;
      }
    } while (cursor_.accept(","));
    cursor_.expect(";");
  }

  void instruction() {
    Instruction instruction;
    instruction.line = cursor_.line();
    if (cursor_.accept("@")) {
      instruction.guardNegated = cursor_.accept("!");
      instruction.guard = scopes_.find(cursor_.word());
    }
    instruction.opcode = cursor_.word();
    while (!cursor_.accept(";")) {
      instruction.operands.push_back(parseOperand(cursor_, scopes_));
      if (!cursor_.at(";")) cursor_.expect(",");
    }
    function_.body.push_back(std::move(instruction));
  }

  Cursor& cursor_;
  Function& function_;
  Scopes scopes_;
};

}  // namespace

void parseBody(Cursor& cursor, Function& function) { BodyParser(cursor, function).run(); }

}  // namespace softcuda
