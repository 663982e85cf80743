package gpuvae.cuda;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * A function of a library. The handle takes the function's address first: so it is a constant to
 * the compiler, whichever library was loaded. (A record, because only a record's fields are.)
 *
 * @param name the exported symbol, with the suffix that pins its ABI
 * @param result its type
 * @param parameters their types
 * @param index place in its table
 * @param handle calls it
 */
record CFunction(
    String name, CType result, List<CType> parameters, int index, MethodHandle handle) {
  @SuppressWarnings("restricted")
  static CFunction of(String name, CType result, List<CType> parameters, int index) {
    FunctionDescriptor type =
        FunctionDescriptor.of(
            result.layout(), parameters.stream().map(CType::layout).toArray(MemoryLayout[]::new));
    return new CFunction(
        name, result, parameters, index, Linker.nativeLinker().downcallHandle(type));
  }
}
