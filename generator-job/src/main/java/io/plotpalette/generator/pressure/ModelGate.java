package io.plotpalette.generator.pressure;

import io.plotpalette.generator.pressure.Admission.Admitted;
import io.plotpalette.generator.pressure.Admission.NotBefore;
import io.plotpalette.generator.pressure.Admission.Permit;
import io.plotpalette.generator.pressure.Admission.Queued;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * All calls of one subtask to one model pass here, whatever job they are of: the limits are the
 * account's. Nothing of it is kept over a restart. Not thread-safe.
 *
 * <p>Jobs that wait do so in a queue and get one call a turn. Who must be told that it is his turn
 * is said by {@link #turn}, to be asked after a call was admitted, a call has left, or a job was
 * withdrawn.
 */
public final class ModelGate {
  private final ConcurrencyLimit concurrency;
  private final MinuteQuota requests;
  private final MinuteQuota tokens;
  private final CircuitBreaker breaker = new CircuitBreaker();
  private final Set<String> queue = new LinkedHashSet<>();
  private int inFlight;

  public ModelGate(ModelQuota quota) {
    concurrency = new ConcurrencyLimit(quota.maxConcurrency());
    requests = new MinuteQuota(quota.requestsPerMinute());
    tokens = new MinuteQuota(quota.tokensPerMinute());
  }

  /** A call with more tokens than this is never admitted. */
  public long largestCall() {
    return tokens.quota();
  }

  /**
   * Asks for one call.
   *
   * @param callTokens upper bound of the input and {@code max_tokens}, at most {@link #largestCall}
   */
  public Admission enter(String jobId, long callTokens, long now) {
    if (!isTurnOf(jobId) || inFlight >= concurrency.limit()) {
      return queued(jobId);
    }
    if (breaker.isOpen(now)) {
      queue.add(jobId);
      return new NotBefore(breaker.probesAt());
    }
    if (breaker.isProbing()) {
      return queued(jobId);
    }
    long at = Math.max(requests.fitsAt(1, now), tokens.fitsAt(callTokens, now));
    if (at > now) {
      queue.add(jobId);
      return new NotBefore(at);
    }
    requests.take(1, now);
    tokens.take(callTokens, now);
    queue.remove(jobId);
    inFlight++;
    return new Admitted(new Permit(concurrency.started(), callTokens, now, breaker.started()));
  }

  private boolean isTurnOf(String jobId) {
    Iterator<String> waiting = queue.iterator();
    return !waiting.hasNext() || waiting.next().equals(jobId);
  }

  private Admission queued(String jobId) {
    queue.add(jobId);
    return new Queued();
  }

  /** A call has been answered with these tokens in and out. */
  public void answered(Permit permit, long usedTokens, long now) {
    inFlight--;
    tokens.giveBack(Math.max(0, permit.tokens() - usedTokens), permit.admittedAt(), now);
    concurrency.succeeded();
    breaker.succeeded();
  }

  /** A call has failed. */
  public void failed(Permit permit, FailureClass failure, long now) {
    inFlight--;
    switch (failure) {
      case THROTTLED -> {
        concurrency.throttled(permit.number());
        // With one call at once, a model that throttles throughout would still be asked without a
        // pause, and a minute of it would use up the tries of every record at hand.
        breaker.failed(permit.probe(), now);
      }
      case SERVER_ERROR, TIME_OUT, CONNECTION_CUT, MALFORMED_BODY, NOT_SENT ->
          breaker.failed(permit.probe(), now);
      case VALIDATION, ACCESS -> breaker.undecided(permit.probe());
    }
  }

  /** Nobody waits for the outcome of a call any more. */
  public void abandoned(Permit permit) {
    inFlight--;
    breaker.undecided(permit.probe());
  }

  /** The job wants no call of this model any more. */
  public void withdraw(String jobId) {
    queue.remove(jobId);
  }

  /** The job that should ask now; empty if nobody waits or no call could start. */
  public Optional<String> turn() {
    return inFlight < concurrency.limit() ? queue.stream().findFirst() : Optional.empty();
  }

  int concurrencyLimit() {
    return concurrency.limit();
  }
}
