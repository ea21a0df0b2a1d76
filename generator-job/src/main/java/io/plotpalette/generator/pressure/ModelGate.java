package io.plotpalette.generator.pressure;

import io.plotpalette.generator.pressure.Admission.Admitted;
import io.plotpalette.generator.pressure.Admission.NotBefore;
import io.plotpalette.generator.pressure.Admission.Permit;
import io.plotpalette.generator.pressure.Admission.Queued;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * All calls of one subtask to one model pass here, whatever job they are of: the limits are the
 * account's. Nothing of it is kept over a restart. Not thread-safe.
 *
 * <p>Jobs that wait do so in a queue and get one call a turn. Whose turn it is says {@link #turns},
 * to be asked after a call was admitted, a call has left, or a job was withdrawn.
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
    if (breaker.isOpen()) {
      // One call a job, whatever the limit and whoever else waits: it may be down to one call, and
      // that one slow.
      if (breaker.isProbing(jobId)) {
        return queued(jobId);
      }
      long probesAt = breaker.probesAt(jobId);
      if (probesAt > now) {
        queue.add(jobId);
        return new NotBefore(probesAt);
      }
    } else if (!isTurnOf(jobId) || inFlight >= concurrency.limit()) {
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
    Permit permit = new Permit(jobId, concurrency.started(), callTokens, now);
    breaker.started(permit);
    return new Admitted(permit);
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
        breaker.failed(permit, now);
      }
      case SERVER_ERROR, TIME_OUT, CONNECTION_CUT, MALFORMED_BODY, NOT_SENT ->
          breaker.failed(permit, now);
      case VALIDATION, ACCESS -> breaker.undecided(permit);
    }
  }

  /** Nobody waits for the outcome of a call any more. */
  public void abandoned(Permit permit) {
    inFlight--;
    breaker.undecided(permit);
  }

  /** The job wants no call of this model any more. */
  public void withdraw(String jobId) {
    queue.remove(jobId);
  }

  /**
   * The jobs that should ask now: the first in the queue if another call could start, and every one
   * if each may ask for itself whether the model is back.
   */
  public List<String> turns() {
    if (breaker.isOpen()) {
      return List.copyOf(queue);
    }
    return inFlight < concurrency.limit() ? queue.stream().limit(1).toList() : List.of();
  }

  int concurrencyLimit() {
    return concurrency.limit();
  }
}
