package gpuvae.cuda;

import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The functions that are called of one library, and the structs that they take. */
final class FunctionTable {
  private final List<CFunction> functions = new ArrayList<>();
  private final Map<String, StructLayout> structs = new LinkedHashMap<>();

  CFunction add(String name, CType result, CType... parameters) {
    CFunction function = CFunction.of(name, result, List.of(parameters), functions.size());
    functions.add(function);
    return function;
  }

  /** Adds a struct, and answers the type of its address in the host's memory. */
  CType addStruct(String name, StructLayout layout) {
    structs.put(name, layout);
    return new CType(name + "*", ValueLayout.ADDRESS);
  }

  /** All of them, each at its index. */
  List<CFunction> functions() {
    return Collections.unmodifiableList(functions);
  }

  /** Their layouts, whose members have the names of C. */
  Map<String, StructLayout> structs() {
    return Collections.unmodifiableMap(structs);
  }
}
