package io.plotpalette.generator.call;

import io.plotpalette.generator.call.Turn.Speaker;
import io.plotpalette.generator.pressure.FailureClass;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClientBuilder;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.TokenUsage;

/** Amazon Bedrock's Converse API. Every call is made once: the SDK's own retries are off. */
public final class BedrockModelClient implements ModelClient {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /**
   * A connection the other side has closed as idle may still be given a request, whose answer then
   * never comes: it would count as billed. This side lets go first.
   */
  private static final Duration MAX_IDLE = Duration.ofSeconds(20);

  private final BedrockRuntimeAsyncClient bedrock;
  private final Set<Call> underWay = ConcurrentHashMap.newKeySet();

  /**
   * How to reach the service.
   *
   * @param endpoint null for the region's own
   * @param callTimeout from the call to its whole answer
   * @param maxInFlight calls at once, over all jobs of the client; further ones wait for a
   *     connection
   */
  public record Settings(String region, URI endpoint, Duration callTimeout, int maxInFlight) {
    public Settings {
      Objects.requireNonNull(region, "region");
      if (callTimeout.isNegative() || callTimeout.isZero() || maxInFlight < 1) {
        throw new IllegalArgumentException(
            "a client needs a time-out and a call in flight, not %s and %d"
                .formatted(callTimeout, maxInFlight));
      }
    }
  }

  /** With the credentials of the process. */
  public BedrockModelClient(Settings settings) {
    BedrockRuntimeAsyncClientBuilder builder =
        BedrockRuntimeAsyncClient.builder()
            .region(Region.of(settings.region()))
            .credentialsProvider(credentials())
            .httpClientBuilder(
                NettyNioAsyncHttpClient.builder()
                    // A connection a call: one that breaks would take all calls that share it
                    // along.
                    .protocol(Protocol.HTTP1_1)
                    .maxConcurrency(settings.maxInFlight())
                    // Admission is the gate's: what it lets through must never be refused here.
                    .maxPendingConnectionAcquires(Integer.MAX_VALUE)
                    .connectionAcquisitionTimeout(settings.callTimeout().plusSeconds(1))
                    .connectionTimeout(CONNECT_TIMEOUT)
                    .connectionMaxIdleTime(MAX_IDLE)
                    // The call's own time-out is to come first and says what it is.
                    .readTimeout(settings.callTimeout().plusSeconds(1))
                    .writeTimeout(settings.callTimeout().plusSeconds(1)))
            .overrideConfiguration(
                config ->
                    config
                        .retryStrategy(AwsRetryStrategy.doNotRetry())
                        .apiCallTimeout(settings.callTimeout()))
            // Whoever waits is told on the thread that read the answer, without another hand-over.
            .asyncConfiguration(
                config ->
                    config.advancedOption(
                        SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, Runnable::run));
    if (settings.endpoint() != null) {
      builder.endpointOverride(settings.endpoint());
    }
    bedrock = builder.build();
  }

  private static AwsCredentialsProvider credentials() {
    DefaultCredentialsProvider provider = DefaultCredentialsProvider.builder().build();
    return () -> {
      try {
        return provider.resolveCredentials();
      } catch (RuntimeException e) {
        throw new NoCredentialsException(e);
      }
    };
  }

  /** Nothing was sent, because nobody can be asked who sends it. */
  private static final class NoCredentialsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private NoCredentialsException(RuntimeException cause) {
      super(cause.getMessage(), cause);
    }
  }

  @Override
  public CompletableFuture<ModelAnswer> call(ModelRequest request) {
    CompletableFuture<ConverseResponse> response;
    try {
      response = bedrock.converse(converse(request));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(failure(e));
    }
    Call call = new Call(response);
    underWay.add(call);
    // What fails in there is told to whoever has the call.
    var unused =
        response.whenComplete(
            (converse, failure) -> {
              underWay.remove(call);
              call.take(converse, failure);
            });
    return call;
  }

  /** Ends with the response it waits for, or ends that. */
  private static final class Call extends CompletableFuture<ModelAnswer> {
    private final CompletableFuture<ConverseResponse> response;

    private Call(CompletableFuture<ConverseResponse> response) {
      this.response = response;
    }

    private void take(ConverseResponse converse, Throwable failure) {
      try {
        if (failure != null) {
          throw failure(failure);
        }
        complete(answer(converse));
      } catch (ModelCallException e) {
        completeExceptionally(e);
      } catch (RuntimeException e) {
        completeExceptionally(failure(e));
      }
    }

    private void giveUp() {
      completeExceptionally(
          new ModelCallException(FailureClass.CONNECTION_CUT, "the client was closed"));
      response.cancel(true);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean cancelled = super.cancel(mayInterruptIfRunning);
      response.cancel(mayInterruptIfRunning);
      return cancelled;
    }
  }

  private static ConverseRequest converse(ModelRequest request) {
    List<Message> messages =
        request.turns().stream()
            .map(
                turn ->
                    Message.builder()
                        .role(
                            turn.speaker() == Speaker.USER
                                ? ConversationRole.USER
                                : ConversationRole.ASSISTANT)
                        .content(ContentBlock.fromText(turn.text()))
                        .build())
            .toList();
    return ConverseRequest.builder()
        .modelId(request.model())
        .messages(messages)
        .inferenceConfig(
            config ->
                config.maxTokens(request.maxTokens()).temperature((float) request.temperature()))
        .build();
  }

  private static ModelAnswer answer(ConverseResponse response) throws ModelCallException {
    TokenUsage usage = response.usage();
    if (usage == null || !isCount(usage.inputTokens()) || !isCount(usage.outputTokens())) {
      throw new ModelCallException(
          FailureClass.MALFORMED_BODY, "the answer does not say how many tokens it is billed for");
    }
    StringBuilder text = new StringBuilder();
    if (response.output() != null && response.output().message() != null) {
      for (ContentBlock block : response.output().message().content()) {
        if (block.text() != null) {
          text.append(block.text());
        }
      }
    }
    return new ModelAnswer(text.toString(), usage.inputTokens(), usage.outputTokens());
  }

  private static boolean isCount(Integer tokens) {
    return tokens != null && tokens >= 0;
  }

  /** What cannot be told apart from a call that was served gets a class that may be billed. */
  private static ModelCallException failure(Throwable thrown) {
    Throwable failure = thrown;
    while (failure instanceof CompletionException && failure.getCause() != null) {
      failure = failure.getCause();
    }
    if (failure instanceof AwsServiceException service) {
      AwsErrorDetails details = service.awsErrorDetails();
      return new ModelCallException(
          FailureClass.ofAnswer(service.statusCode(), details == null ? null : details.errorCode()),
          service.getMessage(),
          service);
    }
    if (failure instanceof ApiCallTimeoutException
        || failure instanceof ApiCallAttemptTimeoutException) {
      return new ModelCallException(FailureClass.TIME_OUT, failure.getMessage(), failure);
    }
    if (hasCause(failure, NoCredentialsException.class)
        || hasCause(failure, ConnectException.class)
        || hasCause(failure, NoRouteToHostException.class)
        || hasCause(failure, UnknownHostException.class)) {
      return new ModelCallException(FailureClass.NOT_SENT, failure.getMessage(), failure);
    }
    // The SDK's decoder complains of a body with an IOException in an unchecked one.
    if (hasCause(failure, IOException.class) && !hasCause(failure, UncheckedIOException.class)) {
      return new ModelCallException(FailureClass.CONNECTION_CUT, failure.getMessage(), failure);
    }
    return new ModelCallException(
        FailureClass.MALFORMED_BODY, "the answer cannot be read: " + failure.getMessage(), failure);
  }

  private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    // The SDK leaves them open as long as any other client of the process lives.
    underWay.forEach(Call::giveUp);
    bedrock.close();
  }
}
