package io.plotpalette.analytics;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.model.sql.SqlFiles;
import io.plotpalette.model.sql.ViewOrder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.athena.AthenaClient;

/**
 * A custom resource of the deployment: creates the views of {@code sql/views} in the order in which
 * they read each other, and drops those that are gone. CloudFormation is answered in any case, or
 * it would wait until it gives up.
 */
public final class ViewsHandler implements RequestStreamHandler {
  /** Property of the resource: the views' names, so that a later deployment knows what was. */
  static final String VIEWS = "Views";

  private static final Logger LOG = LoggerFactory.getLogger(ViewsHandler.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PAUSE = Duration.ofMillis(500);

  /** What is left of the function's time for the answer. */
  private static final Duration FOR_THE_ANSWER = Duration.ofSeconds(20);

  private final AthenaStatements athena;
  private final DeploymentAnswer answer;
  private final InstantSource clock;

  /** For Lambda: configured by the environment. */
  public ViewsHandler() {
    this(
        AnalyticsConfig.read(System::getenv),
        AnalyticsClients.athena(),
        InstantSource.system(),
        PAUSE);
  }

  ViewsHandler(AnalyticsConfig config, AthenaClient client, InstantSource clock, Duration pause) {
    this.athena = new AthenaStatements(client, config, clock, pause);
    this.answer = new DeploymentAnswer(pause);
    this.clock = clock;
  }

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    JsonNode event = JSON.readTree(input);
    Instant deadline =
        clock.instant().plusMillis(context.getRemainingTimeInMillis()).minus(FOR_THE_ANSWER);
    try {
      apply(event, deadline);
      answer.send(event, true, "");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer.send(event, false, "the function was interrupted");
    } catch (RuntimeException e) {
      LOG.error("the views were not created", e);
      answer.send(event, false, String.valueOf(e.getMessage()));
    }
  }

  private void apply(JsonNode event, Instant deadline) throws InterruptedException {
    switch (event.path("RequestType").asText()) {
      case "Create", "Update" -> {
        createAll(deadline);
        dropThoseThatAreGone(event, deadline);
      }
      // The views go with their database.
      case "Delete" -> LOG.info("nothing to delete");
      default ->
          throw new IllegalArgumentException(
              "RequestType is %s, but must be Create, Update or Delete"
                  .formatted(event.path("RequestType")));
    }
  }

  private void createAll(Instant deadline) throws InterruptedException {
    Map<String, String> views = SqlFiles.VIEWS.statements();
    for (String view : ViewOrder.of(views)) {
      athena.run("view " + view, SqlFiles.withoutHeader(views.get(view)), deadline);
    }
  }

  private void dropThoseThatAreGone(JsonNode event, Instant deadline) throws InterruptedException {
    Set<String> gone = names(event.path("OldResourceProperties"));
    gone.removeAll(names(event.path("ResourceProperties")));
    for (String view : gone) {
      athena.run("drop of view " + view, "DROP VIEW IF EXISTS " + view, deadline);
    }
  }

  private static Set<String> names(JsonNode properties) {
    Set<String> names = new TreeSet<>();
    properties.path(VIEWS).forEach(name -> names.add(name.asText()));
    return names;
  }
}
