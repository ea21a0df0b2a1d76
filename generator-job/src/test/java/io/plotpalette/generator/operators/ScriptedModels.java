package io.plotpalette.generator.operators;

import io.plotpalette.generator.call.ModelAnswer;
import io.plotpalette.generator.call.ModelClient;
import io.plotpalette.generator.call.ModelRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Models that answer as a test says, at once or when they are allowed to. */
final class ScriptedModels implements ModelClient {
  static final int TOKENS_IN = 10;
  static final int TOKENS_OUT = 5;

  private final Function<ModelRequest, String> script;
  private final List<ModelRequest> requests = new ArrayList<>();
  private final Deque<Held> held = new ArrayDeque<>();
  private int allowed;

  private record Held(ModelRequest request, CompletableFuture<ModelAnswer> answer) {}

  private ScriptedModels(Function<ModelRequest, String> script, int allowed) {
    this.script = script;
    this.allowed = allowed;
  }

  static ScriptedModels answering(Function<ModelRequest, String> script) {
    return new ScriptedModels(script, Integer.MAX_VALUE);
  }

  /** Answers so many calls and keeps the others waiting. */
  static ScriptedModels answeringOnly(int calls) {
    return new ScriptedModels(request -> "some text", calls);
  }

  /** Answers so many more calls, those that wait first. */
  void allow(int calls) {
    allowed = calls;
    while (allowed > 0 && !held.isEmpty()) {
      allowed--;
      answer(held.remove());
    }
  }

  /** Made so far. */
  List<ModelRequest> requests() {
    return requests;
  }

  /** Made and not answered. */
  int unanswered() {
    return held.size();
  }

  @Override
  public CompletableFuture<ModelAnswer> call(ModelRequest request) {
    requests.add(request);
    Held call = new Held(request, new CompletableFuture<>());
    if (allowed > 0) {
      allowed--;
      answer(call);
    } else {
      held.add(call);
    }
    return call.answer();
  }

  private void answer(Held call) {
    call.answer().complete(new ModelAnswer(script.apply(call.request()), TOKENS_IN, TOKENS_OUT));
  }

  @Override
  public void close() {
    // Calls on the wire when a process ends are never answered.
  }
}
