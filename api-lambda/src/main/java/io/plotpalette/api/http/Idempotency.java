package io.plotpalette.api.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.model.table.IdempotencyAttribute;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/**
 * Makes a request under an {@code Idempotency-Key} safe to repeat: the first answer is kept for 24
 * hours and given again. A request that failed, or whose function died, may be run again; what it
 * creates then has the same ids, so that it is created once.
 */
public final class Idempotency {
  /** How long answers are kept, and what else belongs to a request. */
  public static final Duration KEPT = Duration.ofHours(24);

  /** No function works longer on a request; then its place is free. */
  static final Duration LOCKED = Duration.ofSeconds(30);

  private static final String HEADER = "Idempotency-Key";
  private static final String KEY_PATTERN = "[\\x21-\\x7E]{1,255}";

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final InstantSource clock;
  private final Supplier<String> ids;

  /**
   * @param ids UUIDv7s, one a request
   */
  public Idempotency(
      DynamoDbClient dynamoDb, String table, InstantSource clock, Supplier<String> ids) {
    this.dynamoDb = dynamoDb;
    this.table = table;
    this.clock = clock;
    this.ids = ids;
  }

  /**
   * Runs the action, or gives the answer it gave before. Without a key it is just run.
   *
   * @throws ProblemException 400 for a malformed key, 409 while the first is worked on, 422 when
   *     the key was used for another request
   */
  ApiResponse answer(
      ApiRequest request, String routeKey, Function<ApiRequest, ApiResponse> action) {
    String key = request.headers().get(HEADER);
    if (key == null) {
      return action.apply(request);
    }
    if (!key.matches(KEY_PATTERN)) {
      throw ProblemException.invalidParameter(
          HEADER, "must be 1 to 255 visible ASCII characters, such as a UUID");
    }
    String id = ids.get();
    Map<String, AttributeValue> lock =
        lock(String.join("#", request.userId(), routeKey, key), payload(request), id);
    Optional<Map<String, AttributeValue>> first = take(lock);
    return first.isEmpty()
        ? run(lock, request, action)
        : repeat(first.get(), lock, request, action);
  }

  private ApiResponse repeat(
      Map<String, AttributeValue> first,
      Map<String, AttributeValue> lock,
      ApiRequest request,
      Function<ApiRequest, ApiResponse> action) {
    if (!first
        .get(IdempotencyAttribute.PAYLOAD_SHA256)
        .equals(lock.get(IdempotencyAttribute.PAYLOAD_SHA256))) {
      throw ProblemException.of(ProblemType.IDEMPOTENCY_KEY_REUSED);
    }
    AttributeValue lockedUntil = first.get(IdempotencyAttribute.LOCKED_UNTIL);
    if (lockedUntil == null) {
      return answerOf(first);
    }
    if (Long.parseLong(lockedUntil.n()) > clock.millis()) {
      throw ProblemException.inProgress();
    }
    lock.put(IdempotencyAttribute.ID_SEED, first.get(IdempotencyAttribute.ID_SEED));
    replace(first, lock);
    return run(lock, request, action);
  }

  private ApiResponse run(
      Map<String, AttributeValue> lock,
      ApiRequest request,
      Function<ApiRequest, ApiResponse> action) {
    ApiResponse response;
    try {
      response = action.apply(request.withIdSeed(lock.get(IdempotencyAttribute.ID_SEED).s()));
    } catch (ProblemException e) {
      if (e.type().status() >= 500) {
        release(lock);
        throw e;
      }
      response = e.toResponse(request.path(), request.requestId());
    } catch (RuntimeException e) {
      release(lock);
      throw e;
    }
    keep(lock, response);
    return response;
  }

  private Map<String, AttributeValue> lock(String requestKey, String payload, String id) {
    Instant now = clock.instant();
    Map<String, AttributeValue> item = new HashMap<>();
    item.put(IdempotencyAttribute.REQUEST_KEY, AttributeValue.fromS(requestKey));
    item.put(IdempotencyAttribute.PAYLOAD_SHA256, AttributeValue.fromS(payload));
    item.put(IdempotencyAttribute.OWNER, AttributeValue.fromS(id));
    item.put(IdempotencyAttribute.ID_SEED, AttributeValue.fromS(id));
    item.put(IdempotencyAttribute.LOCKED_UNTIL, number(now.plus(LOCKED).toEpochMilli()));
    item.put(IdempotencyAttribute.EXPIRES_AT, number(now.plus(KEPT).getEpochSecond()));
    return item;
  }

  /** Takes a place nobody has; returns who has it otherwise. */
  private Optional<Map<String, AttributeValue>> take(Map<String, AttributeValue> lock) {
    try {
      dynamoDb.putItem(
          put ->
              put.tableName(table)
                  .item(lock)
                  // DynamoDB can be days late with removing what has expired; and the SDK repeats
                  // a write whose answer was lost, and meets its own lock.
                  .conditionExpression(
                      "attribute_not_exists(request_key) OR expires_at <= :now OR #owner = :owner")
                  .expressionAttributeNames(Map.of("#owner", IdempotencyAttribute.OWNER))
                  .expressionAttributeValues(
                      Map.of(
                          ":now", number(clock.instant().getEpochSecond()),
                          ":owner", lock.get(IdempotencyAttribute.OWNER)))
                  .returnValuesOnConditionCheckFailure(
                      ReturnValuesOnConditionCheckFailure.ALL_OLD));
      return Optional.empty();
    } catch (ConditionalCheckFailedException e) {
      return Optional.of(e.item());
    }
  }

  /** Lets the next one run the request at once, with the same ids. */
  private void release(Map<String, AttributeValue> lock) {
    Map<String, AttributeValue> item = new HashMap<>(lock);
    item.put(IdempotencyAttribute.LOCKED_UNTIL, number(0));
    replace(lock, item);
  }

  private void keep(Map<String, AttributeValue> lock, ApiResponse response) {
    Map<String, AttributeValue> item = new HashMap<>(lock);
    item.remove(IdempotencyAttribute.LOCKED_UNTIL);
    item.put(IdempotencyAttribute.STATUS, number(response.status()));
    Map<String, AttributeValue> headers = new HashMap<>();
    response.headers().forEach((name, value) -> headers.put(name, AttributeValue.fromS(value)));
    item.put(IdempotencyAttribute.HEADERS, AttributeValue.fromM(headers));
    if (response.body() != null) {
      item.put(IdempotencyAttribute.BODY, AttributeValue.fromS(response.body()));
    }
    replace(lock, item);
  }

  /** Unless somebody else has taken the place in the meantime: theirs is the answer then. */
  private void replace(Map<String, AttributeValue> current, Map<String, AttributeValue> next) {
    try {
      dynamoDb.putItem(
          put ->
              put.tableName(table)
                  .item(next)
                  .conditionExpression("#owner IN (:current, :next)")
                  .expressionAttributeNames(Map.of("#owner", IdempotencyAttribute.OWNER))
                  .expressionAttributeValues(
                      Map.of(
                          ":current", current.get(IdempotencyAttribute.OWNER),
                          ":next", next.get(IdempotencyAttribute.OWNER))));
    } catch (ConditionalCheckFailedException e) {
      throw ProblemException.inProgress();
    }
  }

  private static ApiResponse answerOf(Map<String, AttributeValue> item) {
    Map<String, String> headers = new HashMap<>();
    item.get(IdempotencyAttribute.HEADERS)
        .m()
        .forEach((name, value) -> headers.put(name, value.s()));
    AttributeValue body = item.get(IdempotencyAttribute.BODY);
    return new ApiResponse(
        Integer.parseInt(item.get(IdempotencyAttribute.STATUS).n()),
        headers,
        body == null ? null : body.s());
  }

  /** All that says what is asked for: a route with parameters has many paths. */
  private static String payload(ApiRequest request) {
    ObjectNode payload = Json.MAPPER.createObjectNode();
    payload.put("path", request.path());
    payload.put("if-match", request.headers().get("if-match"));
    new TreeMap<>(request.query()).forEach(payload::set);
    payload.set("body", request.body());
    return HexFormat.of()
        .formatHex(
            RepeatableIds.sha256().digest(payload.toString().getBytes(StandardCharsets.UTF_8)));
  }

  private static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }
}
