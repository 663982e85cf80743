package gpuvae.cuda;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The functions that are called of one library. */
final class FunctionTable {
  private final List<CFunction> functions = new ArrayList<>();

  CFunction add(String name, CType result, CType... parameters) {
    CFunction function = CFunction.of(name, result, List.of(parameters), functions.size());
    functions.add(function);
    return function;
  }

  /** All of them, each at its index. */
  List<CFunction> functions() {
    return Collections.unmodifiableList(functions);
  }
}
