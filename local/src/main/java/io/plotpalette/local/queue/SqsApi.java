package io.plotpalette.local.queue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.local.queue.QueueDefinition.Redrive;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The operations of SQS the product uses, and those a person looks into a queue with, from request
 * to response document. What is not understood is refused, never left out.
 */
final class SqsApi {
  /** Of a message, and of a batch of them. The product's queues ask for no more in the cloud. */
  static final int MAX_BYTES = 262_144;

  private static final int MAX_BATCH = 10;
  private static final int MAX_DELAY_S = 900;

  private final Map<String, QueueDefinition> queues;
  private final QueueFile file;
  private final Function<String, String> urls;

  /**
   * @param queues by name
   * @param urls of a queue, by name
   */
  SqsApi(Map<String, QueueDefinition> queues, QueueFile file, Function<String, String> urls) {
    this.queues = queues;
    this.file = file;
    this.urls = urls;
  }

  /**
   * @param operation its name in the API, such as {@code SendMessage}
   * @throws SqsException for every error SQS would answer with
   */
  ObjectNode call(String operation, JsonNode request) {
    return switch (operation) {
      case "SendMessage" -> sendMessage(request);
      case "SendMessageBatch" -> sendMessageBatch(request);
      case "ReceiveMessage" -> receiveMessage(request);
      case "DeleteMessage" -> deleteMessage(request);
      case "GetQueueUrl" -> getQueueUrl(request);
      case "GetQueueAttributes" -> getQueueAttributes(request);
      default ->
          throw SqsException.ofType(
              "UnsupportedOperation", "Not available here: " + operation + ".");
    };
  }

  private ObjectNode sendMessage(JsonNode request) {
    requireOnly(request, "QueueUrl", "MessageBody", "DelaySeconds");
    QueueDefinition queue = queue(request);
    String body = body(request);
    String id = file.send(queue.name(), List.of(body), List.of(delay(request))).get(0);
    return object().put("MessageId", id).put("MD5OfMessageBody", md5(body));
  }

  private ObjectNode sendMessageBatch(JsonNode request) {
    requireOnly(request, "QueueUrl", "Entries");
    QueueDefinition queue = queue(request);
    JsonNode entries = request.path("Entries");
    if (entries.isEmpty()) {
      throw SqsException.ofType(
          "EmptyBatchRequest", "There should be at least one SendMessageBatchRequestEntry.");
    }
    if (entries.size() > MAX_BATCH) {
      throw SqsException.ofType(
          "TooManyEntriesInBatchRequest",
          "Maximum number of entries per request are 10. You have sent %d."
              .formatted(entries.size()));
    }
    Set<String> ids = new HashSet<>();
    List<String> bodies = new ArrayList<>();
    List<Duration> delays = new ArrayList<>();
    int bytes = 0;
    for (JsonNode entry : entries) {
      requireOnly(entry, "Id", "MessageBody", "DelaySeconds");
      if (!ids.add(text(entry, "Id"))) {
        throw SqsException.ofType(
            "BatchEntryIdsNotDistinct", "Id " + text(entry, "Id") + " repeated.");
      }
      bodies.add(body(entry));
      delays.add(delay(entry));
      bytes += bytes(text(entry, "MessageBody"));
    }
    if (bytes > MAX_BYTES) {
      throw SqsException.ofType(
          "BatchRequestTooLong",
          "Batch requests cannot be longer than %d bytes. You have sent %d bytes."
              .formatted(MAX_BYTES, bytes));
    }
    List<String> sent = file.send(queue.name(), bodies, delays);
    ObjectNode response = object();
    ArrayNode successful = response.putArray("Successful");
    for (int i = 0; i < bodies.size(); i++) {
      successful
          .addObject()
          .put("Id", entries.get(i).path("Id").textValue())
          .put("MessageId", sent.get(i))
          .put("MD5OfMessageBody", md5(bodies.get(i)));
    }
    response.putArray("Failed");
    return response;
  }

  /** Answers with what is there; it does not wait, whatever the request says. */
  private ObjectNode receiveMessage(JsonNode request) {
    requireOnly(
        request,
        "QueueUrl",
        "MaxNumberOfMessages",
        "WaitTimeSeconds",
        "AttributeNames",
        "MessageSystemAttributeNames",
        "MessageAttributeNames");
    int count = number(request, "MaxNumberOfMessages", 1, 1, MAX_BATCH);
    ObjectNode response = object();
    ArrayNode messages = response.putArray("Messages");
    for (QueueMessage message : file.receive(queue(request), count)) {
      ObjectNode one =
          messages
              .addObject()
              .put("MessageId", message.id())
              .put("ReceiptHandle", message.receipt())
              .put("Body", message.body())
              .put("MD5OfBody", md5(message.body()));
      attributes(message).forEach(one.putObject("Attributes")::put);
    }
    return response;
  }

  /** What SQS says of a message beside its body. */
  static Map<String, String> attributes(QueueMessage message) {
    return Map.of(
        "ApproximateFirstReceiveTimestamp",
        Long.toString(message.firstReceivedAt().toEpochMilli()),
        "ApproximateReceiveCount",
        Integer.toString(message.receiveCount()),
        "SenderId",
        "000000000000",
        "SentTimestamp",
        Long.toString(message.sentAt().toEpochMilli()));
  }

  private ObjectNode deleteMessage(JsonNode request) {
    requireOnly(request, "QueueUrl", "ReceiptHandle");
    file.delete(queue(request).name(), text(request, "ReceiptHandle"));
    return object();
  }

  private ObjectNode getQueueUrl(JsonNode request) {
    requireOnly(request, "QueueName");
    String name = text(request, "QueueName");
    if (!queues.containsKey(name)) {
      throw SqsException.noSuchQueue();
    }
    return object().put("QueueUrl", urls.apply(name));
  }

  private ObjectNode getQueueAttributes(JsonNode request) {
    requireOnly(request, "QueueUrl", "AttributeNames");
    QueueDefinition queue = queue(request);
    QueueFile.Counts counts = file.counts(queue.name());
    ObjectNode response = object();
    ObjectNode attributes =
        response
            .putObject("Attributes")
            .put("ApproximateNumberOfMessages", Integer.toString(counts.visible()))
            .put("ApproximateNumberOfMessagesDelayed", Integer.toString(counts.delayed()))
            .put("ApproximateNumberOfMessagesNotVisible", Integer.toString(counts.inFlight()))
            .put("MessageRetentionPeriod", Long.toString(queue.retention().toSeconds()))
            .put("MaximumMessageSize", Integer.toString(MAX_BYTES))
            .put("QueueArn", arn(queue.name()))
            .put("VisibilityTimeout", Long.toString(queue.visibilityTimeout().toSeconds()));
    queue
        .redrive()
        .map(SqsApi::policy)
        .ifPresent(policy -> attributes.put("RedrivePolicy", policy));
    return response;
  }

  private static String policy(Redrive redrive) {
    return object()
        .put("deadLetterTargetArn", arn(redrive.deadLetterQueue()))
        .put("maxReceiveCount", redrive.maxReceiveCount())
        .toString();
  }

  /** The name of a queue as other services write it. */
  static String arn(String queue) {
    return "arn:aws:sqs:us-east-1:000000000000:" + queue;
  }

  private QueueDefinition queue(JsonNode request) {
    String url = text(request, "QueueUrl");
    QueueDefinition queue = queues.get(url.substring(url.lastIndexOf('/') + 1));
    if (queue == null) {
      throw SqsException.noSuchQueue();
    }
    return queue;
  }

  private static String body(JsonNode request) {
    String body = text(request, "MessageBody");
    if (bytes(body) > MAX_BYTES) {
      throw SqsException.invalidParameter(
          "One or more parameters are invalid. Reason: Message must be shorter than %d bytes."
              .formatted(MAX_BYTES));
    }
    if (!body.codePoints().allMatch(SqsApi::isAllowed)) {
      throw SqsException.ofType(
          "InvalidMessageContents", "Message body contains characters that are not allowed.");
    }
    return body;
  }

  /** The characters of XML 1.0, which SQS once carried its messages in. */
  private static boolean isAllowed(int character) {
    return character == '\t'
        || character == '\n'
        || character == '\r'
        || (character >= 0x20 && character <= 0xD7FF)
        || (character >= 0xE000 && character <= 0xFFFD)
        || character >= 0x10000;
  }

  private static Duration delay(JsonNode request) {
    return Duration.ofSeconds(number(request, "DelaySeconds", 0, 0, MAX_DELAY_S));
  }

  private static int number(JsonNode request, String name, int otherwise, int least, int most) {
    JsonNode value = request.path(name);
    int number = value.isMissingNode() ? otherwise : value.asInt(-1);
    if (number < least || number > most) {
      throw SqsException.invalidParameter(
          "Value %s for parameter %s is invalid. Reason: Must be between %d and %d."
              .formatted(value, name, least, most));
    }
    return number;
  }

  private static String text(JsonNode request, String name) {
    JsonNode value = request.path(name);
    if (!value.isTextual() || value.textValue().isEmpty()) {
      throw SqsException.missing(name);
    }
    return value.textValue();
  }

  private static void requireOnly(JsonNode request, String... known) {
    List<String> names = List.of(known);
    request
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!names.contains(name)) {
                throw SqsException.ofType(
                    "UnsupportedOperation", "Not understood here: " + name + ".");
              }
            });
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** As the SDK checks it. */
  static String md5(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has MD5", e);
    }
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
