// Graphs made by capture: instantiated once, replayed.
#include "driver/state.h"

using namespace softcuda;

namespace {

// Any order that keeps the dependencies.
std::vector<size_t> anyOrder(const std::vector<Graph::Node>& nodes) {
  std::vector<size_t> done;
  std::vector<bool> isDone(nodes.size());
  while (done.size() < nodes.size()) {
    std::vector<size_t> ready;
    for (size_t node = 0; node < nodes.size(); node++) {
      bool open = !isDone[node];
      for (size_t before : nodes[node].after) open = open && isDone[before];
      if (open) ready.push_back(node);
    }
    done.push_back(ready[choose(ready.size())]);
    isDone[done.back()] = true;
  }
  return done;
}

CUresult runAll(const std::vector<Graph::Node>& nodes) {
  for (const Graph::Node& node : nodes)
    if (CUresult result = node.step.task()) return result;
  return CUDA_SUCCESS;
}

}  // namespace

SOFTCUDA_EXPORT CUresult cuGraphInstantiateWithFlags(CUgraphExec* exec, CUgraph handle,
                                                     unsigned long long flags) {
  return withContext([&](Context& context) -> CUresult {
    Graph* graph = context.graphs.find(handle);
    if (!exec || !graph) return CUDA_ERROR_INVALID_VALUE;
    if (flags & ~1ull) return CUDA_ERROR_NOT_SUPPORTED;
    auto made = std::make_unique<GraphExec>();
    made->nodes = graph->nodes;
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
    if (stream->capture)
      return submit(context, *stream, {[nodes = exec->nodes] { return runAll(nodes); }});
    if (!streamsDeferred())
      return submit(context, *stream, {[exec] { return runAll(exec->nodes); }});
    for (size_t node : anyOrder(exec->nodes)) give(context, *stream, exec->nodes[node].step.task);
    return CUDA_SUCCESS;
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
    size_t room = nodes ? *count : 0;
    for (size_t i = 0; i < room; i++)
      nodes[i] = i < graph->nodes.size() ? graph->nodes[i].handle : nullptr;
    *count = nodes ? std::min(room, graph->nodes.size()) : graph->nodes.size();
    return CUDA_SUCCESS;
  });
}
