package io.plotpalette.local.gateway;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import io.javalin.Javalin;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.plotpalette.local.gateway.Route.Authorization;
import io.plotpalette.local.gateway.RouteTable.Match;
import io.plotpalette.local.loopback.Loopback;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP API of API Gateway in front of functions: its routing, authorizer, events, limits and
 * answers. A function's {@code multiValueHeaders} are dropped, as format 2.0 drops them.
 */
public final class HttpApiGateway implements AutoCloseable {
  /** Of a request's body. */
  public static final int MAX_BODY_BYTES = 10 * 1024 * 1024;

  private static final String WHAT = "the API";

  /** More than the functions take at once: who is refused then must not wait for it. */
  private static final int MAX_THREADS = 200;

  private static final List<HandlerType> METHODS =
      List.of(
          HandlerType.DELETE,
          HandlerType.GET,
          HandlerType.HEAD,
          HandlerType.OPTIONS,
          HandlerType.PATCH,
          HandlerType.POST,
          HandlerType.PUT);
  // The server writes these itself.
  private static final Set<String> OWN_HEADERS =
      Set.of("connection", "content-length", "date", "transfer-encoding");
  private static final Logger LOGGER = LoggerFactory.getLogger(HttpApiGateway.class);

  private final RouteTable routes;
  private final JwtAuthorizer authorizer;
  private final Options options;
  private final Javalin javalin;

  /**
   * What is the same for every API.
   *
   * @param integrationTimeout how long a function may take
   * @param corsOrigins the origins whose pages may call the API
   * @param pages further routes, looked at before the API's
   * @param requestIds unique each time
   */
  public record Options(
      Duration integrationTimeout,
      Predicate<String> corsOrigins,
      List<Consumer<RoutesConfig>> pages,
      InstantSource clock,
      Supplier<String> requestIds) {

    /** AWS's time-out, pages from this machine, the contract at {@code /docs}, and dashboards. */
    public static Options local(InstantSource clock) {
      return new Options(
          Duration.ofSeconds(30),
          Pattern.compile("https?://(localhost|127\\.0\\.0\\.1)(:\\d+)?").asMatchPredicate(),
          List.of(new SwaggerUi("/v1/openapi.yaml"), new DashboardPage()),
          clock,
          () -> UUID.randomUUID().toString());
    }
  }

  /**
   * @param port 0 for any free one
   * @throws IllegalArgumentException if two routes take the same requests
   */
  public HttpApiGateway(int port, List<Route> routes, JwtAuthorizer authorizer, Options options) {
    this.routes = new RouteTable(routes);
    this.authorizer = authorizer;
    this.options = options;
    javalin =
        Loopback.startJavalin(
            WHAT,
            port,
            MAX_THREADS,
            config -> {
              options.pages().forEach(page -> page.accept(config.routes));
              METHODS.forEach(method -> config.routes.addHttpHandler(method, "/*", this::handle));
            });
  }

  public URI endpoint() {
    return Loopback.endpoint(javalin.port());
  }

  @Override
  public void close() {
    javalin.stop();
  }

  private void handle(Context ctx) throws IOException {
    HttpServletRequest request = ctx.req();
    HttpServletResponse response = ctx.res();
    String requestId = options.requestIds().get();
    response.setHeader("apigw-requestid", requestId);
    boolean crossOrigin = allowOrigin(request, response);
    if (isPreflight(request)) {
      answerPreflight(response, crossOrigin);
      return;
    }
    try {
      answer(request, response, requestId);
    } catch (UnauthorizedException e) {
      LOGGER.debug("Request {} is not authorized", requestId, e);
      response.setHeader("www-authenticate", e.challenge());
      fail(response, 401, "Unauthorized");
    } catch (BadRequestException e) {
      LOGGER.debug("Request {} cannot be understood", requestId, e);
      fail(response, 400, "Bad Request");
    } catch (InvocationException e) {
      LOGGER.warn("Request {} was not answered by its function", requestId, e);
      switch (e.reason()) {
        case EVENT_TOO_LARGE -> fail(response, 413, "Request Entity Too Large");
        case THROTTLED, TIMED_OUT -> fail(response, 503, "Service Unavailable");
        case FUNCTION_ERROR -> fail(response, 500, "Internal Server Error");
      }
    } catch (RuntimeException e) {
      LOGGER.error("Request {} broke the gateway", requestId, e);
      fail(response, 500, "Internal Server Error");
    }
  }

  private void answer(HttpServletRequest request, HttpServletResponse response, String requestId)
      throws IOException, UnauthorizedException {
    Optional<byte[]> body = body(request);
    if (body.isEmpty()) {
      fail(response, 413, "Request Entity Too Large");
      return;
    }
    Optional<Match> match = routes.match(request.getMethod(), request.getRequestURI());
    if (match.isEmpty()) {
      fail(response, 404, "Not Found");
      return;
    }
    Route route = match.get().route();
    Map<String, String> claims =
        route.authorization() == Authorization.JWT
            ? authorizer.authorize(request.getHeader("authorization"))
            : null;
    APIGatewayV2HTTPEvent event =
        HttpEvents.of(
            request, body.get(), match.get(), claims, requestId, options.clock().instant());
    write(route.function().invoke(event, options.integrationTimeout()), response, requestId);
  }

  /** The whole body, or nothing if it is too large. */
  private static Optional<byte[]> body(HttpServletRequest request) throws IOException {
    InputStream in = request.getInputStream();
    byte[] body = in.readNBytes(MAX_BODY_BYTES + 1);
    if (body.length <= MAX_BODY_BYTES) {
      return Optional.of(body);
    }
    // A client that still sends would not look for the answer.
    in.transferTo(OutputStream.nullOutputStream());
    return Optional.empty();
  }

  private static void write(
      APIGatewayV2HTTPResponse from, HttpServletResponse response, String requestId)
      throws IOException {
    if (from == null || from.getStatusCode() < 100 || from.getStatusCode() > 599) {
      LOGGER.error("Request {} got no valid response from its function", requestId);
      fail(response, 500, "Internal Server Error");
      return;
    }
    byte[] body;
    try {
      body = bytes(from);
    } catch (IllegalArgumentException e) {
      LOGGER.error("Request {} got a body that is not base64 from its function", requestId, e);
      fail(response, 500, "Internal Server Error");
      return;
    }
    response.setStatus(from.getStatusCode());
    response.setContentType(null);
    if (from.getHeaders() != null) {
      from.getHeaders()
          .forEach(
              (name, value) -> {
                if (value != null && !OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                  response.setHeader(name, value);
                }
              });
    }
    if (response.getContentType() == null && body.length > 0) {
      response.setContentType("text/plain; charset=utf-8");
    }
    if (from.getCookies() != null) {
      from.getCookies().forEach(cookie -> response.addHeader("set-cookie", cookie));
    }
    response.getOutputStream().write(body);
  }

  private static byte[] bytes(APIGatewayV2HTTPResponse response) {
    if (response.getBody() == null) {
      return new byte[0];
    }
    return response.getIsBase64Encoded()
        ? Base64.getDecoder().decode(response.getBody())
        : response.getBody().getBytes(StandardCharsets.UTF_8);
  }

  private static void fail(HttpServletResponse response, int status, String message)
      throws IOException {
    response.setStatus(status);
    response.setContentType("application/json");
    response
        .getOutputStream()
        .write("{\"message\":\"%s\"}".formatted(message).getBytes(StandardCharsets.UTF_8));
  }

  private boolean allowOrigin(HttpServletRequest request, HttpServletResponse response) {
    String origin = request.getHeader("origin");
    if (origin == null || !options.corsOrigins().test(origin)) {
      return false;
    }
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader(
        "access-control-expose-headers",
        "allow,etag,link,location,preference-applied,retry-after,x-request-id");
    response.setHeader("vary", "Origin");
    return true;
  }

  private static boolean isPreflight(HttpServletRequest request) {
    return request.getMethod().equals("OPTIONS")
        && request.getHeader("origin") != null
        && request.getHeader("access-control-request-method") != null;
  }

  private static void answerPreflight(HttpServletResponse response, boolean allowed) {
    response.setStatus(204);
    response.setContentType(null);
    if (allowed) {
      response.setHeader("access-control-allow-methods", "DELETE,GET,PATCH,POST,PUT");
      response.setHeader(
          "access-control-allow-headers",
          "authorization,content-type,idempotency-key,if-match,if-none-match,prefer");
      response.setHeader("access-control-max-age", "600");
    }
  }
}
