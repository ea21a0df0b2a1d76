package io.plotpalette.api.users;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.CognitoUserPoolPostConfirmationEvent;
import io.plotpalette.api.TestingDynamoDb;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class PostConfirmationHandlerIT {
  private static TestingDynamoDb dynamoDb;

  @BeforeAll
  static void startDynamoDb() throws Exception {
    dynamoDb = TestingDynamoDb.start();
  }

  @AfterAll
  static void stopDynamoDb() throws Exception {
    dynamoDb.close();
  }

  @Test
  void aConfirmedUserIsWrittenAndTheEventGivenBack() {
    CognitoUserPoolPostConfirmationEvent event = confirmation("ada", "ada@example.com");

    assertThat(handlerAt("2026-11-20T09:00:00.123456Z").handleRequest(event, null)).isSameAs(event);

    assertThat(user("ada"))
        .isEqualTo(
            Map.of(
                "user_id", AttributeValue.fromS("ada"),
                "email", AttributeValue.fromS("ada@example.com"),
                "created_at", AttributeValue.fromS("2026-11-20T09:00:00.123Z"),
                "updated_at", AttributeValue.fromS("2026-11-20T09:00:00.123Z"),
                "version", AttributeValue.fromN("1"),
                "directory", AttributeValue.fromS("users")));
  }

  @Test
  void aUserWhoIsThereAlreadyStaysAsTheyAre() {
    handlerAt("2026-11-20T09:00:00Z").handleRequest(confirmation("bob", "bob@example.com"), null);
    Map<String, AttributeValue> before = user("bob");
    CognitoUserPoolPostConfirmationEvent again = confirmation("bob", "bob@example.org");

    assertThat(handlerAt("2026-11-21T09:00:00Z").handleRequest(again, null)).isSameAs(again);

    assertThat(user("bob")).isEqualTo(before);
  }

  private static PostConfirmationHandler handlerAt(String instant) {
    Instant now = Instant.parse(instant);
    return new PostConfirmationHandler(TestingDynamoDb.CONFIG, dynamoDb.client(), () -> now);
  }

  private static Map<String, AttributeValue> user(String userId) {
    return dynamoDb
        .client()
        .getItem(
            request ->
                request
                    .tableName(TestingDynamoDb.CONFIG.usersTable())
                    .key(Map.of("user_id", AttributeValue.fromS(userId))))
        .item();
  }

  private static CognitoUserPoolPostConfirmationEvent confirmation(String sub, String email) {
    return CognitoUserPoolPostConfirmationEvent.builder()
        .withTriggerSource("PostConfirmation_ConfirmSignUp")
        .withUserName(email)
        .withRequest(
            CognitoUserPoolPostConfirmationEvent.Request.builder()
                .withUserAttributes(Map.of("sub", sub, "email", email))
                .build())
        .build();
  }
}
