package io.plotpalette.connector.streams;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.connector.TestingEndpoint;
import io.plotpalette.connector.TestingEndpoint.Answer;
import io.plotpalette.connector.streams.proxy.AttributeValue;
import io.plotpalette.connector.streams.proxy.ShardPosition;
import io.plotpalette.connector.streams.proxy.StreamFailure;
import io.plotpalette.connector.streams.proxy.StreamProxy;
import io.plotpalette.connector.streams.proxy.StreamRecord;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A {@link TestingStreamsServer} in the JSON protocol of DynamoDB and its streams. */
final class StreamsProtocol implements TestingEndpoint.Service {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Small, so that every listing has pages. */
  private static final int SHARDS_A_PAGE = 2;

  private final StreamProxy stream;

  StreamsProtocol(TestingStreamsServer server) {
    this.stream = server.connect();
  }

  @Override
  public Answer answer(String target, String body) throws IOException {
    JsonNode request = JSON.readTree(body);
    try {
      ObjectNode answer =
          switch (target) {
            case "DynamoDB_20120810.DescribeTable" -> table(request);
            case "DynamoDBStreams_20120810.DescribeStream" -> shards(request);
            case "DynamoDBStreams_20120810.GetShardIterator" -> iterator(request);
            case "DynamoDBStreams_20120810.GetRecords" -> records(request);
            default -> throw new IOException("Unknown target " + target);
          };
      return new Answer(200, JSON.writeValueAsString(answer));
    } catch (StreamFailure.Trimmed e) {
      return Answer.error(400, "TrimmedDataAccessException");
    } catch (StreamFailure.ExpiredIterator e) {
      return Answer.error(400, "ExpiredIteratorException");
    } catch (StreamFailure.Gone e) {
      return Answer.error(400, "ResourceNotFoundException");
    } catch (StreamFailure.Throttled e) {
      return Answer.error(400, "LimitExceededException");
    } catch (StreamFailure e) {
      return Answer.error(500, "InternalServerError");
    }
  }

  private ObjectNode table(JsonNode request) throws StreamFailure {
    String arn = stream.latestStreamArn(request.get("TableName").asText());
    ObjectNode answer = JSON.createObjectNode();
    answer.putObject("Table").put("LatestStreamArn", arn);
    return answer;
  }

  private ObjectNode shards(JsonNode request) throws StreamFailure {
    StreamProxy.Listing listing = stream.describe(request.get("StreamArn").asText());
    List<StreamProxy.Shard> all = listing.shards();
    int from = 0;
    if (request.hasNonNull("ExclusiveStartShardId")) {
      String after = request.get("ExclusiveStartShardId").asText();
      while (from < all.size() && all.get(from).shardId().compareTo(after) <= 0) {
        from++;
      }
    }
    int to = Math.min(from + SHARDS_A_PAGE, all.size());
    ObjectNode answer = JSON.createObjectNode();
    ObjectNode description = answer.putObject("StreamDescription");
    description.put("StreamStatus", listing.enabled() ? "ENABLED" : "DISABLED");
    if (to < all.size()) {
      description.put("LastEvaluatedShardId", all.get(to - 1).shardId());
    }
    ArrayNode page = description.putArray("Shards");
    for (StreamProxy.Shard shard : all.subList(from, to)) {
      ObjectNode json = page.addObject().put("ShardId", shard.shardId());
      if (shard.parentShardId() != null) {
        json.put("ParentShardId", shard.parentShardId());
      }
      ObjectNode range = json.putObject("SequenceNumberRange").put("StartingSequenceNumber", "0");
      if (shard.closed()) {
        range.put("EndingSequenceNumber", "9");
      }
    }
    return answer;
  }

  private ObjectNode iterator(JsonNode request) throws StreamFailure {
    ShardPosition position =
        new ShardPosition(
            ShardPosition.Anchor.valueOf(request.get("ShardIteratorType").asText()),
            request.hasNonNull("SequenceNumber") ? request.get("SequenceNumber").asText() : null);
    return JSON.createObjectNode()
        .put(
            "ShardIterator",
            stream.openIterator(
                request.get("StreamArn").asText(), request.get("ShardId").asText(), position));
  }

  private ObjectNode records(JsonNode request) throws StreamFailure {
    StreamProxy.Page page =
        stream.read(request.get("ShardIterator").asText(), request.get("Limit").asInt());
    ObjectNode answer = JSON.createObjectNode();
    if (page.nextIterator() != null) {
      answer.put("NextShardIterator", page.nextIterator());
    }
    ArrayNode records = answer.putArray("Records");
    for (StreamRecord record : page.records()) {
      ObjectNode change =
          records
              .addObject()
              .put("eventID", record.eventId())
              .put("eventName", record.eventName())
              .put("eventVersion", record.eventVersion())
              .putObject("dynamodb");
      change
          .put("ApproximateCreationDateTime", record.createdMillis() / 1_000)
          .put("SequenceNumber", record.sequenceNumber())
          .put("SizeBytes", record.sizeBytes())
          .put("StreamViewType", record.viewType());
      change.set("Keys", item(record.keys()));
      change.set("NewImage", item(record.newImage()));
    }
    return answer;
  }

  /** Strings and numbers; the server makes no others. */
  private static ObjectNode item(Map<String, AttributeValue> attributes) {
    ObjectNode item = JSON.createObjectNode();
    attributes.forEach(
        (name, value) -> item.putObject(name).put(value.type().name(), (String) value.value()));
    return item;
  }
}
