package io.plotpalette.local.bench;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/** The SDK's client and nothing else: as many calls at once as it is told, until it is closed. */
final class BareClient implements AutoCloseable {
  private final BedrockRuntimeAsyncClient client;
  private final String model;
  private final int maxTokens;
  private final AtomicInteger running = new AtomicInteger();
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private volatile boolean stopped;

  BareClient(URI endpoint, String region, String model, int maxTokens, int inFlight) {
    this.model = model;
    this.maxTokens = maxTokens;
    client =
        BedrockRuntimeAsyncClient.builder()
            .endpointOverride(endpoint)
            .region(Region.of(region))
            .httpClientBuilder(
                NettyNioAsyncHttpClient.builder()
                    .protocol(Protocol.HTTP1_1)
                    .maxConcurrency(inFlight)
                    .connectionTimeout(Duration.ofSeconds(10))
                    .connectionAcquisitionTimeout(Duration.ofMinutes(1)))
            .overrideConfiguration(config -> config.retryStrategy(AwsRetryStrategy.doNotRetry()))
            .build();
    running.set(inFlight);
    for (int i = 0; i < inFlight; i++) {
      call(i);
    }
  }

  private void call(int number) {
    var unused =
        client
            .converse(
                request ->
                    request
                        .modelId(model)
                        .messages(
                            Message.builder()
                                .role(ConversationRole.USER)
                                .content(ContentBlock.fromText(GeneratorBench.prompt(number)))
                                .build())
                        .inferenceConfig(config -> config.maxTokens(maxTokens).temperature(0.7f)))
            .whenComplete(
                (answer, failure) -> {
                  if (failure != null) {
                    over.completeExceptionally(failure);
                  } else if (!stopped) {
                    call(number + 1);
                  } else if (running.decrementAndGet() == 0) {
                    over.complete(null);
                  }
                });
  }

  /** Fails if a call has failed. */
  @Override
  public void close() {
    stopped = true;
    over.join();
    client.close();
  }
}
