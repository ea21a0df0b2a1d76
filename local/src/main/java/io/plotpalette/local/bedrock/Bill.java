package io.plotpalette.local.bedrock;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What the stand-in has served, to the nano-USD. Thread-safe. */
public final class Bill {
  private final Map<String, Account> byModel = new TreeMap<>();

  /** By what was sent, how often it was served; null while that is not asked for. */
  private Map<Long, Integer> timesServed;

  private long received;
  private long inProgress;
  private long mostInProgress;

  /** Sums of one model. */
  private static final class Account {
    private long calls;
    private long tokensIn;
    private long tokensOut;
    private long nanoUsd;
  }

  /**
   * Sums over all models.
   *
   * @param received requests, those that were refused or failed included
   * @param served calls that are billed, whether or not anybody read the answer
   * @param inProgress calls that are not billed yet
   * @param repeated calls that were served to a prompt that had been served before; 0 while prompts
   *     are not remembered
   */
  public record Totals(
      long received,
      long served,
      long inProgress,
      long mostInProgress,
      long tokensIn,
      long tokensOut,
      long nanoUsd,
      long repeated) {}

  synchronized void received() {
    received++;
    inProgress++;
    mostInProgress = Math.max(mostInProgress, inProgress);
  }

  synchronized void refused() {
    inProgress--;
  }

  synchronized void served(
      String model, long promptHash, int tokensIn, int tokensOut, long nanoUsd) {
    inProgress--;
    Account account = byModel.computeIfAbsent(model, id -> new Account());
    account.calls++;
    account.tokensIn += tokensIn;
    account.tokensOut += tokensOut;
    account.nanoUsd = Math.addExact(account.nanoUsd, nanoUsd);
    if (timesServed != null) {
      timesServed.merge(promptHash, 1, Integer::sum);
    }
  }

  /** From now on; takes some 60 bytes a prompt. */
  synchronized void rememberPrompts() {
    timesServed = new HashMap<>();
  }

  /** Forgets what was served so far; calls in progress are still billed. */
  public synchronized void clear() {
    byModel.clear();
    received = inProgress;
    mostInProgress = inProgress;
    if (timesServed != null) {
      timesServed.clear();
    }
  }

  /** Of one model, in nano-USD. */
  public synchronized long billedFor(String model) {
    Account account = byModel.get(model);
    return account == null ? 0 : account.nanoUsd;
  }

  /** As of now. */
  public synchronized Totals totals() {
    long calls = 0;
    long tokensIn = 0;
    long tokensOut = 0;
    long nanoUsd = 0;
    for (Account account : byModel.values()) {
      calls += account.calls;
      tokensIn += account.tokensIn;
      tokensOut += account.tokensOut;
      nanoUsd = Math.addExact(nanoUsd, account.nanoUsd);
    }
    long repeated =
        timesServed == null
            ? 0
            : timesServed.values().stream().mapToLong(times -> times - 1L).sum();
    return new Totals(
        received, calls, inProgress, mostInProgress, tokensIn, tokensOut, nanoUsd, repeated);
  }

  synchronized ObjectNode json() {
    Totals totals = totals();
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("calls_received", totals.received())
            .put("calls_served", totals.served())
            .put("calls_in_progress", totals.inProgress())
            .put("most_calls_in_progress", totals.mostInProgress())
            .put("tokens_in", totals.tokensIn())
            .put("tokens_out", totals.tokensOut())
            .put("billed_nano_usd", totals.nanoUsd())
            .put("calls_repeated", totals.repeated());
    ObjectNode models = json.putObject("by_model");
    byModel.forEach(
        (model, account) ->
            models
                .putObject(model)
                .put("calls", account.calls)
                .put("tokens_in", account.tokensIn)
                .put("tokens_out", account.tokensOut)
                .put("billed_nano_usd", account.nanoUsd));
    return json;
  }
}
