// The loops of a quiet month in C++20 coroutines on a std::priority_queue, for comparison: a health check every 10 s and a
// sync every 30 s, interrupted now and then. No orchestrator, no log, no recovery.
#include <algorithm>
#include <chrono>
#include <coroutine>
#include <ctime>
#include <cstdint>
#include <cstdio>
#include <queue>
#include <random>
#include <vector>

using Time = std::int64_t;  // nanoseconds
constexpr Time second = 1'000'000'000;

struct Simulation {
  struct Timer {
    Time at;
    std::uint64_t number;
    std::coroutine_handle<> task;
    bool operator<(const Timer& other) const { return at != other.at ? at > other.at : number > other.number; }
  };
  std::priority_queue<Timer> timers;
  Time now = 0;
  std::uint64_t number = 0;

  struct Sleep {
    Simulation& simulation;
    Time until;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> task) {
      simulation.timers.push({std::max(until, simulation.now), simulation.number++, task});
    }
    void await_resume() const {}
  };
  Sleep sleep(Time until) { return {*this, until}; }

  void run(Time end) {
    while (!timers.empty() && timers.top().at <= end) {
      Timer timer = timers.top();
      timers.pop();
      now = timer.at;
      timer.task.resume();
    }
  }
};

struct Task {
  struct promise_type {
    Task get_return_object() { return {}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};

struct Counts { long checks = 0, syncs = 0, losses = 0; };

Task checks(Simulation& simulation, std::mt19937_64& rng, Counts& counts) {
  std::uniform_real_distribution<double> answer(0.1, 0.4);
  for (Time due = 10 * second;; due += 10 * second) {
    co_await simulation.sleep(due);
    co_await simulation.sleep(simulation.now + static_cast<Time>(answer(rng) * second));
    ++counts.checks;
  }
}

Task syncs(Simulation& simulation, Counts& counts) {
  for (Time due = 0;; due += 30 * second) {
    co_await simulation.sleep(due);
    co_await simulation.sleep(simulation.now + 3'066'666'667);
    ++counts.syncs;
  }
}

Task losses(Simulation& simulation, std::mt19937_64& rng, Counts& counts) {
  std::weibull_distribution<double> life(0.63, 86'400);
  for (;;) {
    co_await simulation.sleep(simulation.now + static_cast<Time>(life(rng) * second));
    ++counts.losses;
    co_await simulation.sleep(simulation.now + 720 * second);
  }
}

int main() {
  std::vector<double> times;
  Counts counts;
  for (int seed = 0; seed < 21; ++seed) {
    auto start = std::clock();
    Simulation simulation;
    std::mt19937_64 rng(seed);
    counts = {};
    checks(simulation, rng, counts);
    syncs(simulation, counts);
    losses(simulation, rng, counts);
    simulation.run(30LL * 86'400 * second);
    times.push_back(1000.0 * (std::clock() - start) / CLOCKS_PER_SEC);
  }
  std::sort(times.begin(), times.end());
  std::printf("  C++20 coroutines, the loops alone: median %.1f ms of CPU (%ld checks, %ld syncs, %ld losses)\n",
              times[times.size() / 2], counts.checks, counts.syncs, counts.losses);
}
