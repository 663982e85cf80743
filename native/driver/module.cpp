// Modules from PTX text, their functions and variables.
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

#include "driver/limits.h"
#include "driver/state.h"
#include "ptx/decode.h"
#include "ptx/error.h"

using namespace softcuda;

namespace {

// The log buffers a caller may give.
struct Logs {
  char* text[2] = {};  // info, error
  size_t size[2] = {};
  void** used[2] = {};

  Logs(unsigned count, const CUjit_option* options, void** values) {
    for (unsigned i = 0; i < count; i++) {
      auto option = static_cast<unsigned>(options[i]);
      if (option == 3 || option == 5) text[(option - 3) / 2] = static_cast<char*>(values[i]);
      if (option == 4 || option == 6) {
        size[(option - 4) / 2] = reinterpret_cast<uintptr_t>(values[i]) & 0xffffffffu;
        used[(option - 4) / 2] = &values[i];
      }
    }
    write(0, "");
    write(1, "");
  }
  // The size option becomes the number of bytes written.
  void write(int log, const std::string& message) {
    size_t count = 0;
    if (text[log] && size[log] > 0) {
      count = std::min(message.size(), size[log] - 1);
      std::memcpy(text[log], message.data(), count);
      text[log][count] = '\0';
    }
    if (used[log]) *used[log] = reinterpret_cast<void*>(count);
  }
};

bool isPtx(const char* text) {
  while (*text == ' ' || *text == '\n' || *text == '\t' || *text == '\r') text++;
  return std::strncmp(text, "//", 2) == 0 || std::strncmp(text, ".version", 8) == 0 ||
         std::strncmp(text, "/*", 2) == 0;
}

// Targets newer than the device, and versions newer than CUDA 13's PTX, are not accepted.
CUresult checkTarget(const Module& module, std::string& why) {
  int major, minor, target = 0, version = 0, fraction = 0;
  deviceCapability(major, minor);
  std::sscanf(module.target.c_str(), "sm_%d", &target);
  std::sscanf(module.version.c_str(), "%d.%d", &version, &fraction);
  if (target == 0 || target > major * 10 + minor) {
    why = "target " + module.target + " is newer than the device's " + std::to_string(major) + "." +
          std::to_string(minor);
    return CUDA_ERROR_NO_BINARY_FOR_GPU;
  }
  if (version > 9 || (version == 9 && fraction > 0)) {
    why = "PTX version " + module.version + " is newer than 9.0";
    return CUDA_ERROR_UNSUPPORTED_PTX_VERSION;
  }
  return CUDA_SUCCESS;
}

bool isPlaced(const Variable& variable) {
  return (variable.space == Space::Global || variable.space == Space::Const) && variable.bytes > 0;
}

void unload(Context& context, LoadedModule& loaded) {
  for (auto& [name, address] : loaded.symbols) context.memory.release(address);
  for (auto& [name, handle] : loaded.functions) context.functions.remove(handle);
}

// Gives the module's variables addresses and their first values.
CUresult placeVariables(Context& context, LoadedModule& loaded) {
  for (const Variable& variable : loaded.image->module.variables) {
    if (!isPlaced(variable)) continue;
    uint64_t address = context.memory.allocate(variable.bytes, "variable " + variable.name);
    if (address == 0) return CUDA_ERROR_OUT_OF_MEMORY;
    loaded.symbols[variable.name] = address;
    loaded.sizes[variable.name] = variable.bytes;
  }
  for (const Variable& variable : loaded.image->module.variables) {
    if (!isPlaced(variable)) continue;
    uint64_t address = loaded.symbols[variable.name];
    auto* place = reinterpret_cast<uint8_t*>(address);
    std::memset(place, 0, variable.bytes);
    std::memcpy(place, variable.data.data(), variable.data.size());
    for (const auto& relocation : variable.relocations) {
      auto symbol = loaded.symbols.find(relocation.symbol);
      uint64_t target = symbol != loaded.symbols.end()
                            ? symbol->second
                            : loaded.image->module.functionAddress(relocation.symbol);
      if (target == 0)
        throw PtxError(variable.line, relocation.symbol + " is not defined in the module");
      uint64_t value = target + relocation.addend;
      std::memcpy(place + relocation.offset, &value, sizeof value);
    }
    context.memory.markWritten(address, variable.bytes);
  }
  return CUDA_SUCCESS;
}

std::shared_ptr<const Program> programOf(const LoadedModule& loaded, const Function& function) {
  auto& program = loaded.image->programs[function.name];
  if (!program || !loaded.symbols.empty())
    program =
        std::make_shared<const Program>(decode(loaded.image->module, function, loaded.symbols));
  return program;
}

CUresult load(Context& context, CUmodule* handle, const char* text, Logs& logs) {
  if (!isPtx(text)) {
    logs.write(1, "the image is no PTX text; this device has no other binaries");
    return std::memcmp(text,
                       "\x7f"
                       "ELF",
                       4) == 0
               ? CUDA_ERROR_NO_BINARY_FOR_GPU
               : CUDA_ERROR_INVALID_IMAGE;
  }
  auto loaded = std::make_unique<LoadedModule>();
  std::map<std::string, std::unique_ptr<LoadedFunction>> functions;
  CUresult result = CUDA_SUCCESS;
  std::string why = "out of memory";
  try {
    loaded->image = imageOf(text);
    result = checkTarget(loaded->image->module, why);
    if (result == CUDA_SUCCESS) result = placeVariables(context, *loaded);
    for (auto& [name, function] : loaded->image->module.functions) {
      if (result != CUDA_SUCCESS || !function.entry || !function.defined) continue;
      auto made = std::make_unique<LoadedFunction>();
      made->program = programOf(*loaded, function);
      made->maxDynamicShared = kSharedWithoutOptIn - made->program->sharedBytes;
      functions[name] = std::move(made);
    }
  } catch (const PtxError& error) {
    result = CUDA_ERROR_INVALID_PTX;
    why = error.what();
  }
  if (result != CUDA_SUCCESS) {
    unload(context, *loaded);
    logs.write(1, why);
    std::fprintf(stderr, "softcuda: module refused: %s\n", why.c_str());
    return result;
  }
  LoadedModule& module = *loaded;
  *handle = context.modules.add(std::move(loaded));
  for (auto& [name, function] : functions) {
    function->owner = *handle;
    module.functions[name] = context.functions.add(std::move(function));
  }
  return CUDA_SUCCESS;
}

CUresult loadText(CUmodule* handle, const char* text, unsigned count, CUjit_option* options,
                  void** values, const char* call = __builtin_FUNCTION()) {
  return withContext(
      [&](Context& context) -> CUresult {
        if (!handle || !text || (count > 0 && (!options || !values)))
          return CUDA_ERROR_INVALID_VALUE;
        if (CUresult result = refuseInCapture(context)) return result;
        Logs logs(count, options, values);
        return load(context, handle, text, logs);
      },
      call);
}

}  // namespace

SOFTCUDA_EXPORT CUresult cuModuleLoadData(CUmodule* handle, const void* image) {
  return loadText(handle, static_cast<const char*>(image), 0, nullptr, nullptr);
}

SOFTCUDA_EXPORT CUresult cuModuleLoadDataEx(CUmodule* handle, const void* image, unsigned count,
                                            CUjit_option* options, void** values) {
  return loadText(handle, static_cast<const char*>(image), count, options, values);
}

SOFTCUDA_EXPORT CUresult cuModuleLoad(CUmodule* handle, const char* path) {
  if (!path) return CUDA_ERROR_INVALID_VALUE;
  std::ifstream file(path, std::ios::binary);
  if (!file) return CUDA_ERROR_FILE_NOT_FOUND;
  std::string text{std::istreambuf_iterator<char>(file), {}};
  return loadText(handle, text.c_str(), 0, nullptr, nullptr);
}

SOFTCUDA_EXPORT CUresult cuModuleUnload(CUmodule handle) {
  return withContext([&](Context& context) -> CUresult {
    LoadedModule* loaded = context.modules.find(handle);
    if (!loaded) return CUDA_ERROR_INVALID_HANDLE;
    if (CUresult result = refuseInCapture(context)) return result;
    if (CUresult result = finishAll(context)) return result;
    unload(context, *loaded);
    context.modules.remove(handle);
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuModuleGetFunction(CUfunction* function, CUmodule handle,
                                             const char* name) {
  return withContext([&](Context& context) -> CUresult {
    LoadedModule* loaded = context.modules.find(handle);
    if (!loaded) return CUDA_ERROR_INVALID_HANDLE;
    if (!function || !name) return CUDA_ERROR_INVALID_VALUE;
    auto found = loaded->functions.find(name);
    if (found == loaded->functions.end()) return CUDA_ERROR_NOT_FOUND;
    *function = found->second;
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuModuleGetGlobal_v2(CUdeviceptr* address, size_t* bytes, CUmodule handle,
                                              const char* name) {
  return withContext([&](Context& context) -> CUresult {
    LoadedModule* loaded = context.modules.find(handle);
    if (!loaded) return CUDA_ERROR_INVALID_HANDLE;
    if (!name) return CUDA_ERROR_INVALID_VALUE;
    auto found = loaded->symbols.find(name);
    if (found == loaded->symbols.end()) return CUDA_ERROR_NOT_FOUND;
    if (address) *address = found->second;
    if (bytes) *bytes = loaded->sizes[name];
    return CUDA_SUCCESS;
  });
}
