package io.plotpalette.api.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line of JSON a request: who asked for what, with which outcome, and never what was written.
 * It is in CloudWatch's embedded metric format, so that the log is the source of the metrics too.
 */
public final class RequestLog {
  static final String NAMESPACE = "PlotPalette/Api";

  private static final Logger LOG = LoggerFactory.getLogger(RequestLog.class);

  private static final Map<String, String> UNITS =
      new TreeMap<>(
          Map.of(
              "requests", "Count",
              "errors", "Count",
              "latency_ms", "Milliseconds",
              "cold_starts", "Count",
              "table_throttles", "Count"));

  private final Consumer<String> lines;
  private final InstantSource clock;
  private final String function;
  private final LongSupplier throttles;
  private final AtomicBoolean isCold = new AtomicBoolean(true);

  /**
   * @param function the metrics' dimension besides the route
   * @param throttles how many calls the table has refused since it was last asked
   */
  RequestLog(Consumer<String> lines, InstantSource clock, String function, LongSupplier throttles) {
    this.lines = lines;
    this.clock = clock;
    this.function = function;
    this.throttles = throttles;
  }

  /**
   * The log of one handler: on Lambda standard output, which is handed on line by line, because a
   * logger's prefix would hide the metrics from CloudWatch; elsewhere the log of the process.
   *
   * @param tag names the function where Lambda does not
   * @param environment a lookup such as {@code System::getenv}
   * @param throttles how many calls the table has refused since it was last asked
   */
  public static RequestLog of(
      String tag, UnaryOperator<String> environment, LongSupplier throttles) {
    String function = environment.apply("AWS_LAMBDA_FUNCTION_NAME");
    return function == null
        ? new RequestLog(LOG::info, InstantSource.system(), tag, throttles)
        : new RequestLog(System.out::println, InstantSource.system(), function, throttles);
  }

  Instant start() {
    return clock.instant();
  }

  /**
   * Writes the line of a request that has its answer.
   *
   * @param userId null when nobody is logged in
   */
  void end(Instant start, String route, String requestId, String userId, int status) {
    ObjectNode line = Json.MAPPER.createObjectNode();
    Instant now = clock.instant();
    line.set("_aws", metadata(now));
    line.put("function", function);
    line.put("route", route);
    line.put("request_id", requestId);
    if (userId != null) {
      line.put("user_id", userId);
    }
    line.put("status", status);
    line.put("requests", 1);
    line.put("errors", status >= 500 ? 1 : 0);
    line.put("latency_ms", Duration.between(start, now).toMillis());
    line.put("cold_starts", isCold.getAndSet(false) ? 1 : 0);
    line.put("table_throttles", throttles.getAsLong());
    lines.accept(line.toString());
  }

  private static ObjectNode metadata(Instant now) {
    ObjectNode metadata = Json.MAPPER.createObjectNode().put("Timestamp", now.toEpochMilli());
    ObjectNode directive = metadata.putArray("CloudWatchMetrics").addObject();
    directive.put("Namespace", NAMESPACE);
    ArrayNode dimensions = directive.putArray("Dimensions");
    dimensions.addArray().add("function");
    dimensions.addArray().add("function").add("route");
    ArrayNode metrics = directive.putArray("Metrics");
    UNITS.forEach((name, unit) -> metrics.addObject().put("Name", name).put("Unit", unit));
    return metadata;
  }
}
