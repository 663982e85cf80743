// A graph's nodes one by one, and the update of an instantiated graph.
#include "driver/state.h"

using namespace softcuda;

namespace {

Graph::Node* find(std::vector<Graph::Node>& nodes, CUgraphNode handle) {
  for (Graph::Node& node : nodes)
    if (node.handle == handle) return &node;
  return nullptr;
}

Graph::Node* find(Context& context, CUgraphNode handle) {
  Graph::Node* found = nullptr;
  context.graphs.forEach([&](Graph& graph) {
    if (!found) found = find(graph.nodes, handle);
  });
  return found;
}

// Replaces a launch by another.
CUresult replace(Context& context, Graph::Node* node, const CUDA_KERNEL_NODE_PARAMS* params) {
  if (!node || !params || !node->step.function) return CUDA_ERROR_INVALID_VALUE;
  Step made;
  if (CUresult result = makeLaunch(context, *params, made)) return result;
  node->step = std::move(made);
  return CUDA_SUCCESS;
}

// The first node in which the graphs differ in more than parameters, or their size if in none.
size_t firstChanged(const std::vector<Graph::Node>& old, const std::vector<Graph::Node>& now,
                    CUgraphExecUpdateResult& why) {
  why = CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED;
  size_t both = std::min(old.size(), now.size());
  for (size_t i = 0; i < both; i++) {
    if (old[i].after != now[i].after) return i;
    if (old[i].step.type != now[i].step.type || !old[i].step.function != !now[i].step.function) {
      why = CU_GRAPH_EXEC_UPDATE_ERROR_NODE_TYPE_CHANGED;
      return i;
    }
  }
  if (old.size() == now.size()) why = CU_GRAPH_EXEC_UPDATE_SUCCESS;
  return both;
}

}  // namespace

SOFTCUDA_EXPORT CUresult cuGraphNodeGetType(CUgraphNode handle, CUgraphNodeType* type) {
  return withContext([&](Context& context) -> CUresult {
    Graph::Node* node = find(context, handle);
    if (!node || !type) return CUDA_ERROR_INVALID_VALUE;
    *type = node->step.type;
    return CUDA_SUCCESS;
  });
}

// The arguments stay the node's and live as long as it.
SOFTCUDA_EXPORT CUresult cuGraphKernelNodeGetParams_v2(CUgraphNode handle,
                                                       CUDA_KERNEL_NODE_PARAMS* params) {
  return withContext([&](Context& context) -> CUresult {
    Graph::Node* node = find(context, handle);
    if (!node || !params || !node->step.function) return CUDA_ERROR_INVALID_VALUE;
    Step& step = node->step;
    LoadedFunction* function = context.functions.find(step.function);
    if (!function) return CUDA_ERROR_INVALID_HANDLE;
    step.arguments.clear();
    for (uint32_t offset : function->program->paramOffsets)
      step.arguments.push_back(step.launch.params.data() + offset);
    const uint32_t *grid = step.launch.grid, *block = step.launch.block;
    *params = {step.function,
               grid[0],
               grid[1],
               grid[2],
               block[0],
               block[1],
               block[2],
               static_cast<unsigned>(step.launch.dynamicShared),
               step.arguments.data(),
               nullptr,
               nullptr,
               nullptr};
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuGraphKernelNodeSetParams_v2(CUgraphNode handle,
                                                       const CUDA_KERNEL_NODE_PARAMS* params) {
  return withContext(
      [&](Context& context) { return replace(context, find(context, handle), params); });
}

SOFTCUDA_EXPORT CUresult cuGraphExecKernelNodeSetParams_v2(CUgraphExec handle, CUgraphNode node,
                                                           const CUDA_KERNEL_NODE_PARAMS* params) {
  return withContext([&](Context& context) -> CUresult {
    GraphExec* exec = context.graphExecs.find(handle);
    return exec ? replace(context, find(exec->nodes, node), params) : CUDA_ERROR_INVALID_VALUE;
  });
}

SOFTCUDA_EXPORT CUresult cuGraphExecUpdate_v2(CUgraphExec handle, CUgraph graphHandle,
                                              CUgraphExecUpdateResultInfo* info) {
  return withContext([&](Context& context) -> CUresult {
    GraphExec* exec = context.graphExecs.find(handle);
    Graph* graph = context.graphs.find(graphHandle);
    if (!exec || !graph || !info) return CUDA_ERROR_INVALID_VALUE;
    *info = {};
    size_t changed = firstChanged(exec->nodes, graph->nodes, info->result);
    if (info->result != CU_GRAPH_EXEC_UPDATE_SUCCESS) {
      if (changed < graph->nodes.size()) info->errorNode = graph->nodes[changed].handle;
      return CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE;
    }
    for (size_t i = 0; i < exec->nodes.size(); i++) exec->nodes[i].step = graph->nodes[i].step;
    return CUDA_SUCCESS;
  });
}
