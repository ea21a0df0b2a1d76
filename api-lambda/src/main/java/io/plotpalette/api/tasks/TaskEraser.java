package io.plotpalette.api.tasks;

import io.plotpalette.api.ApiConfig;
import io.plotpalette.api.users.UserData;
import io.plotpalette.model.task.TaskAttribute;
import io.plotpalette.model.task.TombstoneAttribute;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** Deletes all that is kept of a user's tasks, for good: no tombstones stay. */
public final class TaskEraser implements UserData {
  /** DynamoDB's own bound on one batch. */
  private static final int BATCH = 25;

  private final DynamoDbClient dynamoDb;
  private final ApiConfig config;
  private final ErasedUsers erasedUsers;

  public TaskEraser(DynamoDbClient dynamoDb, ApiConfig config, InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.config = config;
    this.erasedUsers = new ErasedUsers(dynamoDb, config.idempotencyTable(), clock);
  }

  /**
   * Deletes in batches; what is done stays done when it ends before its time. What is still in the
   * queue is not written any more.
   *
   * @param goOn asked before each batch
   * @return whether nothing is left
   */
  @Override
  public boolean erase(String userId, BooleanSupplier goOn) {
    erasedUsers.add(userId);
    return erase(config.tasksTable(), TaskAttribute.TASK_ID, userId, goOn)
        && erase(config.taskTombstonesTable(), TombstoneAttribute.TOMBSTONE_KEY, userId, goOn);
  }

  private boolean erase(String table, String sortKey, String userId, BooleanSupplier goOn) {
    while (goOn.getAsBoolean()) {
      List<WriteRequest> deletions =
          dynamoDb
              .query(
                  request ->
                      request
                          .tableName(table)
                          .keyConditionExpression(TaskAttribute.USER_ID + " = :user")
                          .expressionAttributeValues(Map.of(":user", AttributeValue.fromS(userId)))
                          .projectionExpression(TaskAttribute.USER_ID + ", " + sortKey)
                          .consistentRead(true)
                          .limit(BATCH))
              .items()
              .stream()
              .map(key -> WriteRequest.builder().deleteRequest(delete -> delete.key(key)).build())
              .toList();
      if (deletions.isEmpty()) {
        return true;
      }
      // What the table did not take now is found again by the next query.
      dynamoDb.batchWriteItem(request -> request.requestItems(Map.of(table, deletions)));
    }
    return false;
  }
}
