package io.plotpalette.local.gateway;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import io.plotpalette.local.gateway.InvocationException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Invokes handlers as Lambda does: event and response cross as JSON bytes, written and read by the
 * serializers of Lambda's own runtime, within its limits of size and a limit of time. Unlike there,
 * one handler serves several invocations at once.
 */
public final class LambdaRuntime implements AutoCloseable {
  /** Of the event's JSON. */
  public static final int MAX_EVENT_BYTES = 6_291_456;

  /** Of the response's JSON; it is Lambda that has the two differ by 100. */
  public static final int MAX_RESPONSE_BYTES = 6_291_556;

  private static final long IDLE_THREAD_SECONDS = 30;

  private final InstantSource clock;
  private final Supplier<String> requestIds;
  private final ThreadPoolExecutor threads;

  /**
   * @param maxConcurrency invocations at once; more are refused
   * @param requestIds a new one each time
   */
  public LambdaRuntime(int maxConcurrency, InstantSource clock, Supplier<String> requestIds) {
    this.clock = clock;
    this.requestIds = requestIds;
    threads =
        new ThreadPoolExecutor(
            0,
            maxConcurrency,
            IDLE_THREAD_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            LambdaRuntime::daemon);
  }

  private static Thread daemon(Runnable invocation) {
    Thread thread = new Thread(invocation, "lambda");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Makes {@code handler} a function.
   *
   * @param name as logs and the handler's context show it
   */
  public <I, O> LambdaFunction<I, O> function(
      String name, RequestHandler<I, O> handler, Class<I> eventType, Class<O> responseType) {
    PojoSerializer<I> events = serializerFor(eventType);
    PojoSerializer<O> responses = serializerFor(responseType);
    return (event, limit) -> {
      byte[] request = toJson(events, event);
      if (request.length > MAX_EVENT_BYTES) {
        throw new InvocationException(
            Reason.EVENT_TOO_LARGE, name + " was sent " + request.length + " bytes", null);
      }
      Instant deadline = clock.instant().plus(limit);
      byte[] response =
          within(
              limit,
              name,
              () ->
                  toJson(
                      responses,
                      handler.handleRequest(
                          events.fromJson(new ByteArrayInputStream(request)),
                          new InvocationContext(name, requestIds.get(), deadline, clock))));
      if (response.length > MAX_RESPONSE_BYTES) {
        throw new InvocationException(
            Reason.FUNCTION_ERROR, name + " returned " + response.length + " bytes", null);
      }
      return responses.fromJson(new ByteArrayInputStream(response));
    };
  }

  private byte[] within(Duration limit, String name, Supplier<byte[]> invocation) {
    Future<byte[]> running;
    try {
      running = threads.submit(invocation::get);
    } catch (RejectedExecutionException e) {
      throw new InvocationException(Reason.THROTTLED, name + " has no thread left", e);
    }
    try {
      return running.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      // Lambda would end the whole environment; a handler that heeds the interrupt ends alike.
      running.cancel(true);
      throw new InvocationException(Reason.TIMED_OUT, name + " took longer than " + limit, e);
    } catch (ExecutionException e) {
      throw new InvocationException(Reason.FUNCTION_ERROR, name + " failed", e.getCause());
    } catch (InterruptedException e) {
      running.cancel(true);
      Thread.currentThread().interrupt();
      throw new InvocationException(Reason.FUNCTION_ERROR, name + " was interrupted", e);
    }
  }

  private static <T> PojoSerializer<T> serializerFor(Class<T> type) {
    return LambdaEventSerializers.serializerFor(type, type.getClassLoader());
  }

  private static <T> byte[] toJson(PojoSerializer<T> serializer, T value) {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    serializer.toJson(value, json);
    return json.toByteArray();
  }

  /** Interrupts what still runs. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
