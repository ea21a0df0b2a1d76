package io.plotpalette.connector.streams;

import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBRequestHandler;
import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBServerHandler;
import io.plotpalette.connector.streams.proxy.StreamsClientProvider;
import java.net.InetAddress;
import java.net.URI;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/** DynamoDB Local in memory, on the loopback interface only. */
public final class TestingDynamoDb implements AutoCloseable {
  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);
  private final LocalDynamoDBRequestHandler requests;

  public TestingDynamoDb() throws Exception {
    requests = new LocalDynamoDBRequestHandler(0, true, null, true, false);
    connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
    server.addConnector(connector);
    server.setHandler(new LocalDynamoDBServerHandler(requests, null));
    server.start();
  }

  StreamsClientProvider clients() {
    return clients(endpoint());
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + connector.getLocalPort());
  }

  /** Clients for any local endpoint; they make a call once. */
  public static StreamsClientProvider clients(URI endpoint) {
    return new Clients(endpoint);
  }

  @Override
  public void close() throws Exception {
    server.stop();
    requests.shutdown();
  }

  private record Clients(URI endpoint) implements StreamsClientProvider {

    @Override
    public DynamoDbStreamsClient streams() {
      return local(DynamoDbStreamsClient.builder());
    }

    @Override
    public DynamoDbClient tables() {
      return local(DynamoDbClient.builder());
    }

    private <C, B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>> C local(B builder) {
      return builder
          .endpointOverride(endpoint)
          .region(Region.EU_WEST_1)
          .credentialsProvider(
              StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
          .httpClientBuilder(UrlConnectionHttpClient.builder())
          .overrideConfiguration(settings -> settings.retryStrategy(AwsRetryStrategy.doNotRetry()))
          .build();
    }
  }
}
