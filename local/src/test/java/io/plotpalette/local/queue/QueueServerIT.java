package io.plotpalette.local.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.local.loopback.PortInUseException;
import io.plotpalette.local.queue.QueueDefinition.Redrive;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.BatchEntryIdsNotDistinctException;
import software.amazon.awssdk.services.sqs.model.BatchRequestTooLongException;
import software.amazon.awssdk.services.sqs.model.EmptyBatchRequestException;
import software.amazon.awssdk.services.sqs.model.InvalidMessageContentsException;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SqsException;
import software.amazon.awssdk.services.sqs.model.TooManyEntriesInBatchRequestException;

/** The SDK's client, which also checks the sums of what it sends, against the stand-in. */
class QueueServerIT {
  private static final QueueDefinition DEAD =
      new QueueDefinition("dead", Duration.ofSeconds(30), Duration.ofDays(14), Optional.empty());
  private static final QueueDefinition QUEUE =
      new QueueDefinition(
          "queue",
          Duration.ofSeconds(30),
          Duration.ofDays(4),
          Optional.of(new Redrive(DEAD.name(), 5)));

  @TempDir private Path folder;

  private QueueFile file;
  private QueueServer server;
  private SqsClient client;
  private String url;

  @BeforeEach
  void start() {
    file = new QueueFile(folder, InstantSource.system(), UUID::randomUUID);
    server = new QueueServer(0, List.of(QUEUE, DEAD), file);
    client =
        SqsClient.builder()
            .endpointOverride(server.endpoint())
            .region(Region.US_EAST_1)
            .credentialsProvider(AnonymousCredentialsProvider.create())
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build();
    url = server.url("queue").toString();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
    file.close();
  }

  @Test
  void aMessageIsSentReceivedAndDeleted() {
    String body = "{\"title\":\"Übung 😀\"}";

    String id = client.sendMessage(send -> send.queueUrl(url).messageBody(body)).messageId();
    Message received = receive();

    assertThat(received.body()).isEqualTo(body);
    assertThat(received.messageId()).isEqualTo(id);
    assertThat(received.attributes())
        .containsEntry(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT, "1");
    client.deleteMessage(d -> d.queueUrl(url).receiptHandle(received.receiptHandle()));
    assertThat(file.counts("queue").all()).isZero();
  }

  @Test
  void aBatchIsSentWhole() {
    var sent =
        client.sendMessageBatch(
            batch -> batch.queueUrl(url).entries(entry("a", "one"), entry("b", "two")));

    assertThat(sent.successful()).extracting(result -> result.id()).containsExactly("a", "b");
    assertThat(sent.failed()).isEmpty();
    assertThat(List.of(receive().body(), receive().body())).containsExactly("one", "two");
  }

  @Test
  void whatSqsRefusesIsRefused() {
    assertThatThrownBy(() -> send("x".repeat(SqsApi.MAX_BYTES + 1)))
        .isInstanceOfSatisfying(
            SqsException.class,
            e -> {
              assertThat(e.statusCode()).isEqualTo(400);
              assertThat(e.awsErrorDetails().errorCode()).isEqualTo("InvalidParameterValue");
            })
        .hasMessageContaining("shorter than 262144 bytes");
    assertThatThrownBy(() -> send("control \u0001"))
        .isInstanceOf(InvalidMessageContentsException.class);
    assertThatThrownBy(() -> send("noncharacter \uFFFF"))
        .isInstanceOf(InvalidMessageContentsException.class);
    assertThatThrownBy(
            () -> client.sendMessage(s -> s.queueUrl(url).messageBody("x").delaySeconds(901)))
        .hasMessageContaining("DelaySeconds");
    assertThatThrownBy(
            () ->
                client.sendMessage(
                    s -> s.queueUrl(server.url("other").toString()).messageBody("x")))
        .isInstanceOf(QueueDoesNotExistException.class);
    assertThatThrownBy(
            () -> client.sendMessageBatch(batch -> batch.queueUrl(url).entries(List.of())))
        .isInstanceOf(EmptyBatchRequestException.class);
    assertThatThrownBy(
            () ->
                client.sendMessageBatch(
                    batch -> batch.queueUrl(url).entries(entry("a", "1"), entry("a", "2"))))
        .isInstanceOf(BatchEntryIdsNotDistinctException.class);
    assertThatThrownBy(
            () ->
                client.sendMessageBatch(
                    batch ->
                        batch
                            .queueUrl(url)
                            .entries(
                                IntStream.range(0, 11)
                                    .mapToObj(i -> entry("id" + i, "x"))
                                    .toList())))
        .isInstanceOf(TooManyEntriesInBatchRequestException.class);
    assertThatThrownBy(
            () ->
                client.sendMessageBatch(
                    batch ->
                        batch
                            .queueUrl(url)
                            .entries(
                                entry("a", "x".repeat(SqsApi.MAX_BYTES / 2)),
                                entry("b", "x".repeat(SqsApi.MAX_BYTES / 2 + 1)))))
        .isInstanceOf(BatchRequestTooLongException.class);
    assertThat(file.counts("queue").all()).isZero();
  }

  @Test
  void theLargestMessageIsTaken() {
    String body = "ü".repeat(SqsApi.MAX_BYTES / 2);

    send(body);

    assertThat(receive().body()).isEqualTo(body);
  }

  @Test
  void whatIsNotUnderstoodIsRefusedAndNotLeftOut() {
    assertThatThrownBy(
            () ->
                client.sendMessage(
                    s ->
                        s.queueUrl(url)
                            .messageBody("x")
                            .messageAttributes(
                                Map.of(
                                    "a",
                                    MessageAttributeValue.builder()
                                        .dataType("String")
                                        .stringValue("b")
                                        .build()))))
        .hasMessageContaining("MessageAttributes");
    assertThatThrownBy(() -> client.purgeQueue(purge -> purge.queueUrl(url)))
        .hasMessageContaining("PurgeQueue");
  }

  @Test
  void aQueueSaysWhatItHoldsAndWhereItsDeadMessagesGo() {
    send("one");

    assertThat(client.getQueueUrl(get -> get.queueName("queue")).queueUrl()).isEqualTo(url);
    assertThat(
            client
                .getQueueAttributes(get -> get.queueUrl(url).attributeNames(QueueAttributeName.ALL))
                .attributes())
        .containsEntry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES, "1")
        .containsEntry(
            QueueAttributeName.REDRIVE_POLICY,
            "{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:dead\",\"maxReceiveCount\":5}");
  }

  @Test
  void namesThePortThatIsTaken() {
    int port = server.endpoint().getPort();

    assertThatThrownBy(() -> new QueueServer(port, List.of(QUEUE), file))
        .isInstanceOfSatisfying(
            PortInUseException.class, e -> assertThat(e.port()).isEqualTo(port));
  }

  private void send(String body) {
    client.sendMessage(send -> send.queueUrl(url).messageBody(body));
  }

  private static SendMessageBatchRequestEntry entry(String id, String body) {
    return SendMessageBatchRequestEntry.builder().id(id).messageBody(body).build();
  }

  private Message receive() {
    List<Message> messages =
        client
            .receiveMessage(
                receive ->
                    receive
                        .queueUrl(url)
                        .messageSystemAttributeNames(MessageSystemAttributeName.ALL))
            .messages();
    assertThat(messages).hasSize(1);
    return messages.get(0);
  }
}
