package gpuvae.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcudnn.JCudnn;
import org.junit.jupiter.api.Test;

/** The tables' functions take what JCuda's methods of the same names take. */
class JCudaSignaturesTest {
  /** What Java passes for a C type that is neither a handle nor an enum. */
  private static final Map<String, Set<String>> JAVA =
      Map.of(
          "size_t", Set.of("long"),
          "unsigned long long", Set.of("long"),
          "int*", Set.of("int[]"),
          "size_t*", Set.of("long[]"),
          "float*", Set.of("float[]", "Pointer"),
          "char*", Set.of("byte[]", "String"),
          "char**", Set.of("String[]"),
          "void*", Set.of("Pointer"),
          "void**", Set.of("Pointer"));

  private static Set<String> java(CType type) {
    String name = type.name().replace("const ", "");
    if (JAVA.containsKey(name)) {
      return JAVA.get(name);
    }
    boolean pointer = name.endsWith("*");
    String base = name.replace("*", "").replaceFirst("(?<!cudaStream)_t$", "");
    if (pointer) {
      // Enums and structs are arrays of one; a handle's object is filled.
      return Set.of("int[]", base, base + "[]");
    }
    return type.layout() == ValueLayout.JAVA_INT ? Set.copyOf(List.of("int", base)) : Set.of(base);
  }

  private static boolean agrees(CFunction function, Method method) {
    Class<?>[] theirs = method.getParameterTypes();
    List<CType> ours = function.parameters();
    if (theirs.length != ours.size()
        || !java(function.result()).contains(method.getReturnType().getSimpleName())) {
      return false;
    }
    for (int i = 0; i < theirs.length; i++) {
      if (!java(ours.get(i)).contains(theirs[i].getSimpleName())) {
        return false;
      }
    }
    return true;
  }

  /** The suffixes pin ABIs, which JCuda's natives do themselves. */
  private static String plain(CFunction function) {
    return function.name().replaceFirst("(?<!Algorithm)_v\\d$", "").replaceFirst("WithFlags$", "");
  }

  private static void agree(FunctionTable table, Class<?> theirs, String... without) {
    Set<String> missing = new TreeSet<>();
    List<String> different = new ArrayList<>();
    for (CFunction function : table.functions()) {
      List<Method> methods =
          Arrays.stream(theirs.getMethods())
              .filter(method -> method.getName().equals(plain(function)))
              .toList();
      if (methods.isEmpty()) {
        missing.add(function.name());
      } else if (methods.stream().noneMatch(method -> agrees(function, method))) {
        different.add(function + " against " + methods);
      }
    }
    assertEquals(Set.of(without), missing);
    assertEquals(List.of(), different);
  }

  @Test
  void driver() {
    agree(DriverTable.table(), JCudaDriver.class);
  }

  @Test
  void cublas() {
    agree(CublasTable.table(), JCublas2.class);
  }

  @Test
  void cudnn() {
    agree(CudnnTable.table(), JCudnn.class);
  }
}
