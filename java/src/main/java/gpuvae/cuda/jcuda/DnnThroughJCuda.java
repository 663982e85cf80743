package gpuvae.cuda.jcuda;

import static jcuda.jcudnn.JCudnn.*;

import gpuvae.cuda.Dnn;
import gpuvae.cuda.FfmDnn;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnDeterminism;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.libraryPropertyType;
import jcuda.runtime.cudaStream_t;

/** cuDNN through JCuda. */
final class DnnThroughJCuda implements Dnn {
  /** More than cuDNN has in any direction. */
  private static final int MOST_ALGORITHMS = 32;

  private final FfmDnn words;

  /**
   * After its natives are loaded.
   *
   * @param words tells what a status means
   */
  DnnThroughJCuda(FfmDnn words) {
    this.words = words;
    JCudnn.setExceptionsEnabled(false);
  }

  private void check(String call, int status) {
    if (status != 0) {
      throw words.failure(call, status, "");
    }
  }

  private static cudnnHandle library(long handle) {
    return Handles.with(new cudnnHandle(), handle);
  }

  private static cudnnTensorDescriptor tensor(long tensor) {
    return Handles.with(new cudnnTensorDescriptor(), tensor);
  }

  private static cudnnFilterDescriptor filter(long filter) {
    return Handles.with(new cudnnFilterDescriptor(), filter);
  }

  private static cudnnConvolutionDescriptor convolution(long convolution) {
    return Handles.with(new cudnnConvolutionDescriptor(), convolution);
  }

  private static Pointer pointer(long address) {
    return Handles.with(new Pointer(), address);
  }

  @Override
  public String version() {
    return IntStream.of(
            libraryPropertyType.MAJOR_VERSION,
            libraryPropertyType.MINOR_VERSION,
            libraryPropertyType.PATCH_LEVEL)
        .mapToObj(this::property)
        .collect(Collectors.joining("."));
  }

  private String property(int part) {
    int[] value = {0};
    check("cudnnGetProperty", cudnnGetProperty(part, value));
    return String.valueOf(value[0]);
  }

  @Override
  public long create() {
    cudnnHandle made = new cudnnHandle();
    check("cudnnCreate", cudnnCreate(made));
    return Handles.of(made);
  }

  @Override
  public void destroy(long handle) {
    check("cudnnDestroy", cudnnDestroy(library(handle)));
  }

  @Override
  public void setStream(long handle, long stream) {
    cudaStream_t target = Handles.with(new cudaStream_t(), stream);
    check("cudnnSetStream", cudnnSetStream(library(handle), target));
  }

  @Override
  public long createTensor() {
    cudnnTensorDescriptor made = new cudnnTensorDescriptor();
    check("cudnnCreateTensorDescriptor", cudnnCreateTensorDescriptor(made));
    return Handles.of(made);
  }

  @Override
  public void setTensor(long tensor, int format, int type, int n, int c, int h, int w) {
    check(
        "cudnnSetTensor4dDescriptor",
        cudnnSetTensor4dDescriptor(tensor(tensor), format, type, n, c, h, w));
  }

  @Override
  public void destroyTensor(long tensor) {
    check("cudnnDestroyTensorDescriptor", cudnnDestroyTensorDescriptor(tensor(tensor)));
  }

  @Override
  public long createFilter() {
    cudnnFilterDescriptor made = new cudnnFilterDescriptor();
    check("cudnnCreateFilterDescriptor", cudnnCreateFilterDescriptor(made));
    return Handles.of(made);
  }

  @Override
  public void setFilter(long filter, int type, int format, int k, int c, int h, int w) {
    check(
        "cudnnSetFilter4dDescriptor",
        cudnnSetFilter4dDescriptor(filter(filter), type, format, k, c, h, w));
  }

  @Override
  public void destroyFilter(long filter) {
    check("cudnnDestroyFilterDescriptor", cudnnDestroyFilterDescriptor(filter(filter)));
  }

  @Override
  public long createConvolution() {
    cudnnConvolutionDescriptor made = new cudnnConvolutionDescriptor();
    check("cudnnCreateConvolutionDescriptor", cudnnCreateConvolutionDescriptor(made));
    return Handles.of(made);
  }

  @Override
  public void setConvolution(
      long convolution,
      int padH,
      int padW,
      int strideH,
      int strideW,
      int dilationH,
      int dilationW,
      int mode,
      int type) {
    check(
        "cudnnSetConvolution2dDescriptor",
        cudnnSetConvolution2dDescriptor(
            convolution(convolution),
            padH,
            padW,
            strideH,
            strideW,
            dilationH,
            dilationW,
            mode,
            type));
  }

  @Override
  public void setConvolutionMath(long convolution, int mathType) {
    check(
        "cudnnSetConvolutionMathType",
        cudnnSetConvolutionMathType(convolution(convolution), mathType));
  }

  @Override
  public void destroyConvolution(long convolution) {
    check(
        "cudnnDestroyConvolutionDescriptor",
        cudnnDestroyConvolutionDescriptor(convolution(convolution)));
  }

  @Override
  public int[] convolutionOutput(long convolution, long input, long filter) {
    int[] n = {0};
    int[] c = {0};
    int[] h = {0};
    int[] w = {0};
    check(
        "cudnnGetConvolution2dForwardOutputDim",
        cudnnGetConvolution2dForwardOutputDim(
            convolution(convolution), tensor(input), filter(filter), n, c, h, w));
    return new int[] {n[0], c[0], h[0], w[0]};
  }

  private static Algorithm algorithm(int number, int determinism) {
    return new Algorithm(number, determinism == cudnnDeterminism.CUDNN_DETERMINISTIC);
  }

  @Override
  public List<Algorithm> forwardAlgorithms(
      long handle, long xTensor, long filter, long convolution, long yTensor) {
    cudnnConvolutionFwdAlgoPerf[] found =
        Stream.generate(cudnnConvolutionFwdAlgoPerf::new)
            .limit(MOST_ALGORITHMS)
            .toArray(cudnnConvolutionFwdAlgoPerf[]::new);
    int[] count = {0};
    check(
        "cudnnGetConvolutionForwardAlgorithm_v7",
        cudnnGetConvolutionForwardAlgorithm_v7(
            library(handle),
            tensor(xTensor),
            filter(filter),
            convolution(convolution),
            tensor(yTensor),
            MOST_ALGORITHMS,
            count,
            found));
    return Arrays.stream(found, 0, count[0])
        .filter(one -> one.status == 0)
        .map(one -> algorithm(one.algo, one.determinism))
        .toList();
  }

  @Override
  public List<Algorithm> backwardDataAlgorithms(
      long handle, long filter, long yTensor, long convolution, long xTensor) {
    cudnnConvolutionBwdDataAlgoPerf[] found =
        Stream.generate(cudnnConvolutionBwdDataAlgoPerf::new)
            .limit(MOST_ALGORITHMS)
            .toArray(cudnnConvolutionBwdDataAlgoPerf[]::new);
    int[] count = {0};
    check(
        "cudnnGetConvolutionBackwardDataAlgorithm_v7",
        cudnnGetConvolutionBackwardDataAlgorithm_v7(
            library(handle),
            filter(filter),
            tensor(yTensor),
            convolution(convolution),
            tensor(xTensor),
            MOST_ALGORITHMS,
            count,
            found));
    return Arrays.stream(found, 0, count[0])
        .filter(one -> one.status == 0)
        .map(one -> algorithm(one.algo, one.determinism))
        .toList();
  }

  @Override
  public List<Algorithm> backwardFilterAlgorithms(
      long handle, long xTensor, long yTensor, long convolution, long filter) {
    cudnnConvolutionBwdFilterAlgoPerf[] found =
        Stream.generate(cudnnConvolutionBwdFilterAlgoPerf::new)
            .limit(MOST_ALGORITHMS)
            .toArray(cudnnConvolutionBwdFilterAlgoPerf[]::new);
    int[] count = {0};
    check(
        "cudnnGetConvolutionBackwardFilterAlgorithm_v7",
        cudnnGetConvolutionBackwardFilterAlgorithm_v7(
            library(handle),
            tensor(xTensor),
            tensor(yTensor),
            convolution(convolution),
            filter(filter),
            MOST_ALGORITHMS,
            count,
            found));
    return Arrays.stream(found, 0, count[0])
        .filter(one -> one.status == 0)
        .map(one -> algorithm(one.algo, one.determinism))
        .toList();
  }

  @Override
  public long forwardWorkspace(
      long handle, long xTensor, long filter, long convolution, long yTensor, int algorithm) {
    long[] bytes = {0};
    check(
        "cudnnGetConvolutionForwardWorkspaceSize",
        cudnnGetConvolutionForwardWorkspaceSize(
            library(handle),
            tensor(xTensor),
            filter(filter),
            convolution(convolution),
            tensor(yTensor),
            algorithm,
            bytes));
    return bytes[0];
  }

  @Override
  public long backwardDataWorkspace(
      long handle, long filter, long yTensor, long convolution, long xTensor, int algorithm) {
    long[] bytes = {0};
    check(
        "cudnnGetConvolutionBackwardDataWorkspaceSize",
        cudnnGetConvolutionBackwardDataWorkspaceSize(
            library(handle),
            filter(filter),
            tensor(yTensor),
            convolution(convolution),
            tensor(xTensor),
            algorithm,
            bytes));
    return bytes[0];
  }

  @Override
  public long backwardFilterWorkspace(
      long handle, long xTensor, long yTensor, long convolution, long filter, int algorithm) {
    long[] bytes = {0};
    check(
        "cudnnGetConvolutionBackwardFilterWorkspaceSize",
        cudnnGetConvolutionBackwardFilterWorkspaceSize(
            library(handle),
            tensor(xTensor),
            tensor(yTensor),
            convolution(convolution),
            filter(filter),
            algorithm,
            bytes));
    return bytes[0];
  }

  @Override
  public void convolutionForward(
      long handle,
      MemorySegment alpha,
      long xTensor,
      long x,
      long filter,
      long w,
      long convolution,
      int algorithm,
      long workspace,
      long workspaceBytes,
      MemorySegment beta,
      long yTensor,
      long y) {
    int status =
        cudnnConvolutionForward(
            library(handle),
            pointer(alpha.address()),
            tensor(xTensor),
            pointer(x),
            filter(filter),
            pointer(w),
            convolution(convolution),
            algorithm,
            pointer(workspace),
            workspaceBytes,
            pointer(beta.address()),
            tensor(yTensor),
            pointer(y));
    Reference.reachabilityFence(alpha);
    Reference.reachabilityFence(beta);
    check("cudnnConvolutionForward", status);
  }

  @Override
  public void convolutionBackwardData(
      long handle,
      MemorySegment alpha,
      long filter,
      long w,
      long yTensor,
      long dy,
      long convolution,
      int algorithm,
      long workspace,
      long workspaceBytes,
      MemorySegment beta,
      long xTensor,
      long dx) {
    int status =
        cudnnConvolutionBackwardData(
            library(handle),
            pointer(alpha.address()),
            filter(filter),
            pointer(w),
            tensor(yTensor),
            pointer(dy),
            convolution(convolution),
            algorithm,
            pointer(workspace),
            workspaceBytes,
            pointer(beta.address()),
            tensor(xTensor),
            pointer(dx));
    Reference.reachabilityFence(alpha);
    Reference.reachabilityFence(beta);
    check("cudnnConvolutionBackwardData", status);
  }

  @Override
  public void convolutionBackwardFilter(
      long handle,
      MemorySegment alpha,
      long xTensor,
      long x,
      long yTensor,
      long dy,
      long convolution,
      int algorithm,
      long workspace,
      long workspaceBytes,
      MemorySegment beta,
      long filter,
      long dw) {
    int status =
        cudnnConvolutionBackwardFilter(
            library(handle),
            pointer(alpha.address()),
            tensor(xTensor),
            pointer(x),
            tensor(yTensor),
            pointer(dy),
            convolution(convolution),
            algorithm,
            pointer(workspace),
            workspaceBytes,
            pointer(beta.address()),
            filter(filter),
            pointer(dw));
    Reference.reachabilityFence(alpha);
    Reference.reachabilityFence(beta);
    check("cudnnConvolutionBackwardFilter", status);
  }
}
