// Graphs made by capture: instantiated once, replayed in the order of capture.
#include "driver/state.h"

using namespace softcuda;

SOFTCUDA_EXPORT CUresult cuGraphInstantiateWithFlags(CUgraphExec* exec, CUgraph handle,
                                                     unsigned long long flags) {
  return withContext([&](Context& context) -> CUresult {
    Graph* graph = context.graphs.find(handle);
    if (!exec || !graph) return CUDA_ERROR_INVALID_VALUE;
    if (flags & ~1ull) return CUDA_ERROR_NOT_SUPPORTED;
    auto made = std::make_unique<GraphExec>();
    for (const Graph::Node& node : graph->nodes) made->tasks.push_back(node.task);
    *exec = context.graphExecs.add(std::move(made));
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuGraphLaunch(CUgraphExec handle, CUstream streamHandle) {
  return withContext([&](Context& context) -> CUresult {
    GraphExec* exec = context.graphExecs.find(handle);
    Stream* stream = streamOf(context, streamHandle);
    if (!exec) return CUDA_ERROR_INVALID_VALUE;
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    return submit(context, *stream, [tasks = exec->tasks] {
      for (const Task& task : tasks)
        if (CUresult result = task()) return result;
      return CUDA_SUCCESS;
    });
  });
}

SOFTCUDA_EXPORT CUresult cuGraphUpload(CUgraphExec handle, CUstream stream) {
  return withContext([&](Context& context) {
    bool known = context.graphExecs.find(handle) && streamOf(context, stream);
    return known ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
  });
}

SOFTCUDA_EXPORT CUresult cuGraphExecDestroy(CUgraphExec handle) {
  return withContext([&](Context& context) {
    return context.graphExecs.remove(handle) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
  });
}

SOFTCUDA_EXPORT CUresult cuGraphDestroy(CUgraph handle) {
  return withContext([&](Context& context) {
    return context.graphs.remove(handle) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
  });
}

SOFTCUDA_EXPORT CUresult cuGraphGetNodes(CUgraph handle, CUgraphNode* nodes, size_t* count) {
  return withContext([&](Context& context) -> CUresult {
    Graph* graph = context.graphs.find(handle);
    if (!graph || !count) return CUDA_ERROR_INVALID_VALUE;
    if (nodes) return CUDA_ERROR_NOT_SUPPORTED;
    *count = graph->nodes.size();
    return CUDA_SUCCESS;
  });
}
