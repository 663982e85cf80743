package gpuvae.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.cuda.CCompiler.Result;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * NVIDIA's headers agree with the tables: a C file that assigns each function to a pointer of the
 * declared type, and asserts each type's width, each struct's members and each constant's value,
 * compiles.
 */
class HeaderTest {
  private static final Map<String, Integer> NONE = Map.of();

  @TempDir Path folder;

  /** The constants of a table, which are named as in the header. */
  static Map<String, Integer> constants(Class<?> table) {
    Map<String, Integer> constants = new TreeMap<>();
    for (Field field : table.getDeclaredFields()) {
      if (field.getType() == int.class) {
        try {
          constants.put(field.getName(), field.getInt(null));
        } catch (IllegalAccessException e) {
          throw new AssertionError(e);
        }
      }
    }
    return constants;
  }

  /** The suffix of a name pins its ABI only where the header does not map names to newer ones. */
  private static String source(String header, FunctionTable table, Map<String, Integer> constants) {
    List<String> lines = new ArrayList<>();
    lines.add("#define __CUDA_API_VERSION_INTERNAL");
    lines.add("#include <stddef.h>");
    lines.add("#include <" + header + ">");
    constants.forEach((name, value) -> lines.add(claim(name + " == " + value)));
    table.functions().stream()
        .flatMap(function -> Stream.concat(Stream.of(function.result()), parameters(function)))
        .distinct()
        .forEach(
            type ->
                lines.add(
                    claim("sizeof(%s) == %d".formatted(type.name(), type.layout().byteSize()))));
    table.structs().forEach((name, layout) -> lines.addAll(claims(name, layout)));
    for (CFunction function : table.functions()) {
      String parameters = parameters(function).map(CType::name).collect(Collectors.joining(", "));
      lines.add(
          "%s (*declared_%s)(%s) = %s;"
              .formatted(
                  function.result().name(),
                  function.name(),
                  parameters.isEmpty() ? "void" : parameters,
                  function.name()));
    }
    return String.join("\n", lines) + "\n";
  }

  private static List<String> claims(String struct, StructLayout layout) {
    List<String> claims = new ArrayList<>();
    claims.add(claim("sizeof(%s) == %d".formatted(struct, layout.byteSize())));
    for (MemoryLayout member : layout.memberLayouts()) {
      member
          .name()
          .ifPresent(
              name -> {
                long offset = layout.byteOffset(PathElement.groupElement(name));
                claims.add(claim("offsetof(%s, %s) == %d".formatted(struct, name, offset)));
                claims.add(
                    claim("sizeof((*(%s*)0).%s) == %d".formatted(struct, name, member.byteSize())));
              });
    }
    return claims;
  }

  private static Stream<CType> parameters(CFunction function) {
    return function.parameters().stream();
  }

  private static String claim(String truth) {
    return "_Static_assert(%s, \"%s\");".formatted(truth, truth);
  }

  private Result compile(String header, FunctionTable table, Map<String, Integer> constants) {
    List<String> options = new ArrayList<>(List.of("-fsyntax-only"));
    // NVIDIA's own warnings are not ours.
    NvidiaWheels.headers(header)
        .forEach(include -> options.addAll(List.of("-isystem", include.toString())));
    return CCompiler.compile(folder, source(header, table, constants), options);
  }

  private void agree(String header, FunctionTable table, Class<?> constants, String success) {
    Map<String, Integer> values = constants(constants);
    values.put(success, CheckedCalls.SUCCESS);
    Result result = compile(header, table, values);
    assertTrue(result.accepted(), result.words());
  }

  @Test
  void driver() {
    assertEquals(29, constants(DriverTable.class).size(), "constants seen");
    agree("cuda.h", DriverTable.table(), DriverTable.class, "CUDA_SUCCESS");
  }

  @Test
  void cublas() {
    agree("cublas_v2.h", CublasTable.table(), CublasTable.class, "CUBLAS_STATUS_SUCCESS");
  }

  @Test
  void cudnn() {
    agree("cudnn.h", CudnnTable.table(), CudnnTable.class, "CUDNN_STATUS_SUCCESS");
    agree("cudnn.h", CudnnQueries.getters(), CudnnQueries.class, "CUDNN_STATUS_SUCCESS");
    agree("cudnn.h", CudnnQueries.poolings(), CudnnQueries.class, "CUDNN_STATUS_SUCCESS");
  }

  private void refused(String words, CFunction wrong) {
    Result result = compile("cuda.h", tableOf(wrong), NONE);
    assertFalse(result.accepted(), wrong + " was accepted");
    assertTrue(result.words().contains(words), result.words());
  }

  @Test
  void wrongTablesAreRefused() {
    CFunction right = DriverTable.MEM_ALLOC;
    CType status = right.result();
    CType address = right.parameters().getFirst();
    assertTrue(compile("cuda.h", tableOf(right), NONE).accepted());
    refused("incompatible", CFunction.of(right.name(), status, List.of(address, CType.INT), 0));
    CType narrow = new CType("size_t", ValueLayout.JAVA_INT);
    refused("sizeof(size_t) == 4", CFunction.of(right.name(), status, List.of(address, narrow), 0));
    refused("cuMemAlloc_v9", CFunction.of("cuMemAlloc_v9", status, right.parameters(), 0));
    refused("incompatible", CFunction.of("cuMemAlloc", status, right.parameters(), 0));
    Result value = compile("cuda.h", tableOf(right), Map.of("CUDA_ERROR_NO_DEVICE", 38));
    assertFalse(value.accepted());
    assertTrue(value.words().contains("CUDA_ERROR_NO_DEVICE == 38"), value.words());
  }

  @Test
  void wrongStructsAreRefused() {
    FunctionTable table = new FunctionTable();
    table.addStruct(
        "cudnnConvolutionFwdAlgoPerf_t",
        MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("algo"),
            ValueLayout.JAVA_INT.withName("memory"),
            MemoryLayout.paddingLayout(36)));
    Result result = compile("cudnn.h", table, NONE);
    assertFalse(result.accepted());
    assertTrue(result.words().contains(", memory) == 8"), result.words());
    assertTrue(result.words().contains("algo) == 8"), result.words());
  }

  private static FunctionTable tableOf(CFunction function) {
    FunctionTable table = new FunctionTable();
    table.add(function.name(), function.result(), function.parameters().toArray(CType[]::new));
    return table;
  }
}
