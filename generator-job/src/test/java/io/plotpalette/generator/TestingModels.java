package io.plotpalette.generator;

import io.plotpalette.generator.call.ModelAnswer;
import io.plotpalette.generator.call.ModelClient;
import io.plotpalette.generator.call.ModelRequest;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Models in this process that answer every prompt with a text of its own and count the calls. */
final class TestingModels {
  static final int TOKENS_IN = 100;
  static final int TOKENS_OUT = 20;

  private static final Map<String, TestingModels> BY_NAME = new ConcurrentHashMap<>();

  private final long latencyMillis;
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger mostInFlight = new AtomicInteger();
  private final AtomicLong answered = new AtomicLong();

  /** By prompt, how often it was sent. */
  private final Map<String, Integer> prompts = new ConcurrentHashMap<>();

  private TestingModels(long latencyMillis) {
    this.latencyMillis = latencyMillis;
  }

  /** Models that serialized connections find by a name. */
  static TestingModels named(String name, long latencyMillis) {
    TestingModels models = new TestingModels(latencyMillis);
    BY_NAME.put(name, models);
    return models;
  }

  static ModelClient client(String name) {
    return BY_NAME.get(name).client();
  }

  int calls() {
    return calls.get();
  }

  long answered() {
    return answered.get();
  }

  int mostInFlight() {
    return mostInFlight.get();
  }

  /** Prompts that were sent more than once. */
  long repeatedPrompts() {
    return prompts.values().stream().filter(count -> count > 1).count();
  }

  private ModelClient client() {
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "testing-models");
              thread.setDaemon(true);
              return thread;
            });
    return new ModelClient() {
      @Override
      public CompletableFuture<ModelAnswer> call(ModelRequest request) {
        calls.incrementAndGet();
        prompts.merge(request.sha256(), 1, Integer::sum);
        mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
        CompletableFuture<ModelAnswer> answer = new CompletableFuture<>();
        var unused =
            timer.schedule(() -> answer(request, answer), latencyMillis, TimeUnit.MILLISECONDS);
        return answer;
      }

      private void answer(ModelRequest request, CompletableFuture<ModelAnswer> answer) {
        inFlight.decrementAndGet();
        answered.incrementAndGet();
        answer.complete(new ModelAnswer("answer to " + request.sha256(), TOKENS_IN, TOKENS_OUT));
      }

      @Override
      public void close() {
        timer.shutdownNow();
        inFlight.set(0);
      }
    };
  }
}
