package gpuvae.backend.cuda;

import gpuvae.backend.ElementType;
import gpuvae.backend.Preprocessing;
import gpuvae.backend.ResidentRows;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.cuda.CudaFunction;

/** Batches, and plain copies and fills. */
final class DataKernels {
  private final Launcher launcher;
  private final Scratch scratch;
  private final CudaFunction gatherBytes;
  private final CudaFunction gatherFloats;
  private final CudaFunction selectSlot;
  private final CudaFunction fill;
  private final CudaFunction copy;

  DataKernels(Launcher launcher, KernelLibrary library, Scratch scratch) {
    this.launcher = launcher;
    this.scratch = scratch;
    gatherBytes = library.function("gather", "gather_u8");
    gatherFloats = library.function("gather", "gather_f32");
    selectSlot = library.function("select_slot");
    fill = library.function("fill");
    copy = library.function("copy");
  }

  void gather(StepState state, ResidentRows data, int rows, Tensor x) {
    gather(launcher, state, data, rows, x, 0);
  }

  /** Backend.fetch, also on another stream than everything else. */
  void fetch(Launcher on, StepState state, ResidentRows data, int rows, Tensor x) {
    gather(on, state, data, rows, x, scratch.fetchTicket());
  }

  private void gather(
      Launcher on, StepState state, ResidentRows data, int rows, Tensor x, long ticket) {
    Tensor source = data.source();
    Preprocessing preprocessing = data.preprocessing();
    boolean bytes = source.type() == ElementType.U8;
    on.arguments()
        .putAddress(CudaStorage.address(state.words()))
        .putAddress(bytes ? CudaStorage.address(source) : CudaStorage.floats(source))
        .putLong(data.order().size())
        .putAddress(CudaStorage.address(data.order(), ElementType.I32))
        .putFloat(preprocessing.scale())
        .putFloat(preprocessing.shift())
        .putInt(preprocessing.binarisation().ordinal())
        .putLong(preprocessing.seed())
        .putInt(rows)
        .putInt(x.columns())
        .putAddress(CudaStorage.floats(x))
        .putAddress(ticket);
    on.rows(bytes ? gatherBytes : gatherFloats, rows, x.columns());
  }

  void selectSlot(StepState state, Tensor slots, int rows, Tensor x) {
    long count = (long) rows * x.columns();
    launcher
        .arguments()
        .putAddress(CudaStorage.address(state.words()))
        .putAddress(CudaStorage.floats(slots))
        .putLong(slots.size() / 2)
        .putLong(count)
        .putAddress(CudaStorage.floats(x));
    launcher.flat(selectSlot, count);
  }

  void fill(Tensor tensor, float value) {
    launcher
        .arguments()
        .putLong(tensor.size())
        .putFloat(value)
        .putAddress(CudaStorage.floats(tensor));
    launcher.flat(fill, tensor.size());
  }

  void copy(int rows, Tensor source, Tensor destination) {
    long count = (long) rows * source.columns();
    launcher
        .arguments()
        .putLong(count)
        .putAddress(CudaStorage.floats(source))
        .putAddress(CudaStorage.floats(destination));
    launcher.flat(copy, count);
  }
}
