package io.plotpalette.generator;

import io.plotpalette.generator.call.BedrockModelClient;
import io.plotpalette.generator.call.ModelClient;
import io.plotpalette.generator.operators.Connections;
import io.plotpalette.generator.tables.DynamoDbStores;
import io.plotpalette.generator.tables.JobStore;
import io.plotpalette.generator.tables.JournalStore;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;

/** DynamoDB and Bedrock, or what answers in their place. */
final class AwsConnections implements Connections {
  private static final long serialVersionUID = 1L;

  /** Connections are made as they are needed: so many if that many models are used at once. */
  private static final int MODELS_AT_ONCE = 4;

  private final DynamoDbStores.Address address;
  private final String region;
  private final URI bedrock;
  private final Duration callTimeout;
  private final int maxInFlight;

  AwsConnections(GeneratorJobConfig config) {
    address = config.stores();
    region = config.resources().region();
    bedrock = config.resources().bedrockEndpoint();
    callTimeout = config.models().callTimeout();
    maxInFlight = config.models().maxConcurrency() * MODELS_AT_ONCE;
  }

  @Override
  public Stores stores() {
    DynamoDbStores stores = new DynamoDbStores(address, Clock.systemUTC());
    return new Stores() {
      @Override
      public JobStore jobs() {
        return stores.jobs();
      }

      @Override
      public JournalStore journal() {
        return stores.journal();
      }

      @Override
      public void close() {
        stores.close();
      }
    };
  }

  @Override
  public ModelClient models() {
    return new BedrockModelClient(
        new BedrockModelClient.Settings(region, bedrock, callTimeout, maxInFlight));
  }
}
