package io.plotpalette.local.gateway;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One route of the API and the function behind it.
 *
 * @param method in upper case, or {@link #DEFAULT_KEY}
 * @param path parts of letters, digits, {@code . _ -}, or one whole {@code {parameter}} each: what
 *     API Gateway accepts and the product uses
 */
public record Route(
    String method,
    String path,
    Authorization authorization,
    LambdaFunction<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function) {
  /** The route of whatever no other route takes, by method and name. */
  public static final String DEFAULT_KEY = "$default";

  private static final Pattern PART = Pattern.compile("[A-Za-z0-9._-]+|\\{[A-Za-z0-9._-]+}");

  /** Who may pass. */
  public enum Authorization {
    /** Everyone. */
    NONE,
    /** Who brings a valid access token. */
    JWT
  }

  /**
   * @throws IllegalArgumentException if API Gateway would refuse the path
   */
  public Route {
    if (!method.equals(DEFAULT_KEY)) {
      check(method, path);
    }
  }

  private static void check(String method, String path) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("Route " + method + " " + path + ": no leading slash");
    }
    for (String part : split(path)) {
      if (!PART.matcher(part).matches()) {
        throw new IllegalArgumentException(
            "Route %s %s: API Gateway refuses the part '%s'; only letters, digits, . _ - or one whole {parameter}"
                .formatted(method, path, part));
      }
    }
  }

  /** Leads every request without a route of its own, of any method, to {@code function}. */
  public static Route otherwise(
      LambdaFunction<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function) {
    return new Route(DEFAULT_KEY, "", Authorization.NONE, function);
  }

  boolean isDefault() {
    return method.equals(DEFAULT_KEY);
  }

  /** As API Gateway names it in events, for example {@code GET /v1/tasks/{task_id}}. */
  public String key() {
    return isDefault() ? DEFAULT_KEY : method + " " + path;
  }

  List<String> parts() {
    return split(path);
  }

  static boolean isParameter(String part) {
    return part.startsWith("{");
  }

  static String parameterName(String part) {
    return part.substring(1, part.length() - 1);
  }

  /** The parts between slashes; an empty last one counts, because {@code /a/} is not {@code /a}. */
  static List<String> split(String path) {
    return Arrays.asList(path.substring(1).split("/", -1));
  }
}
