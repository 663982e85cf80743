// Nodes of a graph, and its update after instantiation.
#include "tests/device.h"

extern "C" {
CUresult cuGraphGetNodes(CUgraph, CUgraphNode*, size_t*);
CUresult cuGraphNodeGetType(CUgraphNode, CUgraphNodeType*);
CUresult cuGraphKernelNodeGetParams_v2(CUgraphNode, CUDA_KERNEL_NODE_PARAMS*);
CUresult cuGraphKernelNodeSetParams_v2(CUgraphNode, const CUDA_KERNEL_NODE_PARAMS*);
CUresult cuGraphExecKernelNodeSetParams_v2(CUgraphExec, CUgraphNode,
                                           const CUDA_KERNEL_NODE_PARAMS*);
CUresult cuGraphExecUpdate_v2(CUgraphExec, CUgraph, CUgraphExecUpdateResultInfo*);
}

using namespace test;

namespace {

// y = 0, then y += a x with x = 1, captured.
struct Captured {
  Kernels kernels = Kernels::file("saxpy");
  CUfunction saxpy = nullptr;
  Array<float> x{std::vector<float>(8, 1)}, y{std::vector<float>(8, 0)};
  CUstream stream = nullptr;

  Captured() {
    OK(cuModuleGetFunction(&saxpy, kernels.module(), "saxpy"));
    OK(cuStreamCreate(&stream, 1));
  }

  CUgraph graph(float a, int launches = 1) {
    CUgraph made;
    int n = 8;
    CUdeviceptr px = x, py = y;
    void* params[] = {&n, &a, &px, &py};
    OK(cuStreamBeginCapture_v2(stream, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
    OK(cuMemsetD32Async(y, 0, 8, stream));
    for (int i = 0; i < launches; i++)
      OK(cuLaunchKernel(saxpy, 1, 1, 1, 32, 1, 1, 0, stream, params, nullptr));
    OK(cuStreamEndCapture(stream, &made));
    return made;
  }

  float run(CUgraphExec exec) {
    OK(cuGraphLaunch(exec, stream));
    OK(cuStreamSynchronize(stream));
    return y.get()[7];
  }
};

}  // namespace

TEST(graph_update_replaces_parameters_and_refuses_another_shape) {
  Device device;
  Captured captured;
  CUgraphExec exec;
  OK(cuGraphInstantiateWithFlags(&exec, captured.graph(2), 0));
  EQUAL(captured.run(exec), 2.0f);
  CUgraphExecUpdateResultInfo info;
  OK(cuGraphExecUpdate_v2(exec, captured.graph(3), &info));
  EQUAL(unsigned(info.result), 0u);
  EQUAL(captured.run(exec), 3.0f);
  FAILS(cuGraphExecUpdate_v2(exec, captured.graph(4, 2), &info),
        CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE);
  EQUAL(unsigned(info.result), 2u);
  EQUAL(captured.run(exec), 3.0f);
}

TEST(kernel_nodes_tell_and_take_parameters) {
  Device device;
  Captured captured;
  CUgraph graph = captured.graph(2);
  CUgraphNode nodes[3];
  size_t count = 3;
  OK(cuGraphGetNodes(graph, nodes, &count));
  EQUAL(count, 2u);
  CHECK(nodes[2] == nullptr);
  CUgraphNodeType type;
  OK(cuGraphNodeGetType(nodes[0], &type));
  EQUAL(unsigned(type), 2u);
  OK(cuGraphNodeGetType(nodes[1], &type));
  EQUAL(unsigned(type), 0u);
  CUDA_KERNEL_NODE_PARAMS params;
  FAILS(cuGraphKernelNodeGetParams_v2(nodes[0], &params), CUDA_ERROR_INVALID_VALUE);
  OK(cuGraphKernelNodeGetParams_v2(nodes[1], &params));
  EQUAL(params.blockDimX, 32u);
  EQUAL(*static_cast<float*>(params.kernelParams[1]), 2.0f);
  CUgraphExec exec;
  OK(cuGraphInstantiateWithFlags(&exec, graph, 0));
  float a = 5;
  void* arguments[] = {params.kernelParams[0], &a, params.kernelParams[2], params.kernelParams[3]};
  params.kernelParams = arguments;
  OK(cuGraphExecKernelNodeSetParams_v2(exec, nodes[1], &params));
  EQUAL(captured.run(exec), 5.0f);
  OK(cuGraphInstantiateWithFlags(&exec, graph, 0));
  EQUAL(captured.run(exec), 2.0f);
  OK(cuGraphKernelNodeSetParams_v2(nodes[1], &params));
  OK(cuGraphInstantiateWithFlags(&exec, graph, 0));
  EQUAL(captured.run(exec), 5.0f);
  params.blockDimX = 4096;
  FAILS(cuGraphKernelNodeSetParams_v2(nodes[1], &params), CUDA_ERROR_INVALID_VALUE);
}
