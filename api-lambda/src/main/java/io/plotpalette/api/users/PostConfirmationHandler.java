package io.plotpalette.api.users;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.CognitoUserPoolPostConfirmationEvent;
import io.plotpalette.api.ApiConfig;
import io.plotpalette.api.TableClient;
import io.plotpalette.api.TableThrottles;
import java.time.InstantSource;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Trigger of the user pool: writes the {@code users} item of whoever has confirmed their e-mail
 * address. The pool calls it again after a time-out and after a forgotten password.
 */
public final class PostConfirmationHandler
    implements RequestHandler<
        CognitoUserPoolPostConfirmationEvent, CognitoUserPoolPostConfirmationEvent> {
  private static final Logger LOG = LoggerFactory.getLogger(PostConfirmationHandler.class);

  private final UserStore users;
  private final InstantSource clock;

  /** For Lambda: configured by the environment. */
  public PostConfirmationHandler() {
    this(ApiConfig.read(System::getenv));
  }

  private PostConfirmationHandler(ApiConfig config) {
    this(config, TableClient.create(config, new TableThrottles()), InstantSource.system());
  }

  public PostConfirmationHandler(ApiConfig config, DynamoDbClient dynamoDb, InstantSource clock) {
    this.users = new UserStore(dynamoDb, config.usersTable());
    this.clock = clock;
  }

  /** Returns the event, as the pool demands; an exception fails the confirmation. */
  @Override
  public CognitoUserPoolPostConfirmationEvent handleRequest(
      CognitoUserPoolPostConfirmationEvent event, Context context) {
    Map<String, String> attributes = event.getRequest().getUserAttributes();
    String userId = attributes.get("sub");
    boolean added = users.addIfAbsent(userId, attributes.get("email"), clock.instant());
    LOG.info("user confirmed user_id={} added={}", userId, added);
    return event;
  }
}
