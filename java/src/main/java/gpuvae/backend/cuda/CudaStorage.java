package gpuvae.backend.cuda;

import gpuvae.backend.ElementType;
import gpuvae.backend.Storage;
import gpuvae.backend.Tensor;
import gpuvae.cuda.DeviceMemory;

/**
 * Memory on a device.
 *
 * @param type of its elements
 * @param size in elements
 * @param memory where
 */
record CudaStorage(ElementType type, long size, DeviceMemory memory) implements Storage {
  /** The storage of a tensor. */
  static CudaStorage of(Tensor tensor) {
    if (tensor.storage() instanceof CudaStorage storage) {
      return storage;
    }
    throw new IllegalArgumentException(tensor + " is not in a CUDA device's memory");
  }

  /** Where a tensor's first element is. */
  static long address(Tensor tensor) {
    return of(tensor).memory.address() + tensor.offset() * tensor.type().bytes();
  }

  /** Where an F32 tensor's first element is. */
  static long floats(Tensor tensor) {
    return address(tensor, ElementType.F32);
  }

  /** The same; 0 for null. */
  static long floatsOrNull(Tensor tensor) {
    return tensor == null ? 0 : floats(tensor);
  }

  /** Where a tensor of that type has its first element. */
  static long address(Tensor tensor, ElementType type) {
    if (tensor.type() != type) {
      throw new IllegalArgumentException(tensor + " where the type must be " + type);
    }
    return address(tensor);
  }
}
