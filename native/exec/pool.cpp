#include "exec/pool.h"

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

namespace softcuda {
namespace {

class Pool {
 public:
  Pool() {
    const char* asked = std::getenv("SOFTCUDA_THREADS");
    int count = asked ? std::atoi(asked) : static_cast<int>(std::thread::hardware_concurrency());
    size_ = std::max(1, std::min(count, 256));
    for (int worker = 1; worker < size_; worker++)
      std::thread([this, worker] { serve(worker); }).detach();
  }

  int size() const { return size_; }

  void run(int workers, const std::function<void(int)>& body) {
    std::lock_guard one(callers_);
    workers = std::min(workers, size_);
    {
      std::lock_guard lock(mutex_);
      body_ = &body;
      workers_ = workers;
      running_ = workers - 1;
      generation_++;
    }
    if (workers > 1) start_.notify_all();
    body(0);
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return running_ == 0; });
  }

 private:
  void serve(int worker) {
    uint64_t seen = 0;
    while (true) {
      const std::function<void(int)>* body;
      {
        std::unique_lock lock(mutex_);
        start_.wait(lock, [&] { return generation_ != seen; });
        seen = generation_;
        if (worker >= workers_) continue;
        body = body_;
      }
      (*body)(worker);
      std::lock_guard lock(mutex_);
      if (--running_ == 0) done_.notify_one();
    }
  }

  int size_;
  std::mutex callers_, mutex_;
  std::condition_variable start_, done_;
  const std::function<void(int)>* body_ = nullptr;
  int workers_ = 0, running_ = 0;
  uint64_t generation_ = 0;
};

// Never destroyed: its threads outlive the destructors of the process.
Pool& pool() {
  static Pool* instance = new Pool;
  return *instance;
}

}  // namespace

int poolSize() { return pool().size(); }

void runParallel(int workers, const std::function<void(int)>& body) { pool().run(workers, body); }

}  // namespace softcuda
