package io.plotpalette.local.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.local.gateway.Route.Authorization;
import io.plotpalette.local.loopback.PortInUseException;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpApiGatewayIT {
  private static final Instant NOW = Instant.parse("2026-05-22T08:00:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);
  private static final String REQUEST_ID = "0a0b0c0d-0000-0000-0000-000000000001";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static final AtomicReference<APIGatewayV2HTTPResponse> RESPONSE = new AtomicReference<>();
  private static TestingIssuer issuer;
  private static LambdaRuntime lambda;
  private static HttpApiGateway gateway;

  @BeforeAll
  static void start() {
    issuer = new TestingIssuer();
    lambda = new LambdaRuntime(8, CLOCK, () -> REQUEST_ID);
    gateway =
        new HttpApiGateway(
            0,
            List.of(
                route("GET /open", Authorization.NONE, HttpApiGatewayIT::echo),
                route("POST /open", Authorization.NONE, HttpApiGatewayIT::echo),
                route("POST /length", Authorization.NONE, HttpApiGatewayIT::bodyLength),
                route("GET /closed", Authorization.JWT, HttpApiGatewayIT::echo),
                route(
                    "POST /v1/tasks/{task_id}/complete", Authorization.JWT, HttpApiGatewayIT::echo),
                route("GET /canned", Authorization.NONE, event -> RESPONSE.get()),
                route("GET /failing", Authorization.NONE, HttpApiGatewayIT::fail),
                route("GET /hanging", Authorization.NONE, HttpApiGatewayIT::hang)),
            authorizer(CLOCK),
            options(Duration.ofSeconds(10)));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    lambda.close();
    issuer.close();
  }

  @Test
  void eventHasTheShapeOfFormatTwo() throws Exception {
    String token = issuer.sign(issuer.claims(NOW));

    HttpResponse<String> response =
        send(
            request("/v1/tasks/%C3%A9%201/complete?label=a&label=b%2Cc&q=x+y&flag")
                .POST(BodyPublishers.ofString("{\"é\":1}"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json; charset=utf-8")
                .header("Cookie", "one=1; two=2")
                .header("User-Agent", "test")
                .header("X-Several", "one")
                .header("X-Several", "two"));

    try (InputStream golden = HttpApiGatewayIT.class.getResourceAsStream("event.json")) {
      String expected =
          new String(golden.readAllBytes(), StandardCharsets.UTF_8)
              .replace("TOKEN", token)
              .replace("PORT", Integer.toString(gateway.endpoint().getPort()))
              .replace("ISSUER", issuer.issuer());
      assertThat(JSON.readTree(response.body())).isEqualTo(JSON.readTree(expected));
    }
    assertThat(response.headers().firstValue("apigw-requestid")).contains(REQUEST_ID);
  }

  @Test
  void eventOfABareRequestLeavesOutWhatItDoesNotHave() throws Exception {
    HttpResponse<String> response = send(request("/open"));

    assertThat(JSON.readTree(response.body()).fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "version",
            "routeKey",
            "rawPath",
            "rawQueryString",
            "headers",
            "requestContext",
            "isBase64Encoded");
    assertThat(JSON.readTree(response.body()).at("/requestContext/authorizer").isMissingNode())
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "application/json, false",
    "text/csv, false",
    "application/xml; charset=utf-8, false",
    "application/octet-stream, true",
    "application/x-www-form-urlencoded, true",
    "application/merge-patch+json, true"
  })
  void bodyIsTextForFewContentTypesAndBase64Otherwise(String contentType, boolean base64)
      throws Exception {
    HttpResponse<String> response =
        send(
            request("/open")
                .POST(BodyPublishers.ofString("body"))
                .header("Content-Type", contentType));

    assertThat(JSON.readTree(response.body()).get("isBase64Encoded").booleanValue())
        .isEqualTo(base64);
    assertThat(JSON.readTree(response.body()).get("body").textValue())
        .isEqualTo(base64 ? "Ym9keQ==" : "body");
  }

  @Test
  void responseIsWhatTheFunctionReturned() throws Exception {
    RESPONSE.set(
        APIGatewayV2HTTPResponse.builder()
            .withStatusCode(201)
            .withHeaders(Map.of("Content-Type", "application/json", "ETag", "\"1\""))
            .withMultiValueHeaders(Map.of("x-dropped", List.of("1")))
            .withCookies(List.of("one=1; Path=/", "two=2"))
            .withBody("{\"é\":1}")
            .build());

    HttpResponse<String> response = send(request("/canned"));

    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(response.body()).isEqualTo("{\"é\":1}");
    assertThat(response.headers().map())
        .containsEntry("content-type", List.of("application/json"))
        .containsEntry("etag", List.of("\"1\""))
        .containsEntry("set-cookie", List.of("one=1; Path=/", "two=2"))
        .doesNotContainKey("x-dropped");
  }

  @Test
  void base64ResponseIsDecodedAndDefaultsToPlainText() throws Exception {
    RESPONSE.set(
        APIGatewayV2HTTPResponse.builder()
            .withStatusCode(200)
            .withBody("Ym9keQ==")
            .withIsBase64Encoded(true)
            .build());

    HttpResponse<String> response = send(request("/canned"));

    assertThat(response.body()).isEqualTo("body");
    assertThat(response.headers().firstValue("content-type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
  }

  @Test
  void contentTypeGetsNoCharsetItDidNotHave() throws Exception {
    RESPONSE.set(
        APIGatewayV2HTTPResponse.builder()
            .withStatusCode(404)
            .withHeaders(Map.of("Content-Type", "application/problem+json"))
            .withBody("{}")
            .build());

    assertThat(send(request("/canned")).headers().firstValue("content-type"))
        .contains("application/problem+json");
  }

  @Test
  void responseWithoutBodyHasNoContentType() throws Exception {
    RESPONSE.set(APIGatewayV2HTTPResponse.builder().withStatusCode(204).build());

    HttpResponse<String> response = send(request("/canned"));

    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.body()).isEmpty();
    assertThat(response.headers().firstValue("content-type")).isEmpty();
  }

  @Test
  void badResponsesAndFailuresAreInternalErrors() throws Exception {
    RESPONSE.set(null);
    assertFails(request("/canned"), 500, "Internal Server Error");

    RESPONSE.set(APIGatewayV2HTTPResponse.builder().withBody("no status").build());
    assertFails(request("/canned"), 500, "Internal Server Error");

    RESPONSE.set(
        APIGatewayV2HTTPResponse.builder()
            .withStatusCode(200)
            .withBody("?")
            .withIsBase64Encoded(true)
            .build());
    assertFails(request("/canned"), 500, "Internal Server Error");

    RESPONSE.set(
        APIGatewayV2HTTPResponse.builder()
            .withStatusCode(200)
            .withBody("x".repeat(LambdaRuntime.MAX_RESPONSE_BYTES))
            .build());
    assertFails(request("/canned"), 500, "Internal Server Error");

    assertFails(request("/failing"), 500, "Internal Server Error");
  }

  @Test
  void unknownRouteIsNotFound() throws Exception {
    assertFails(request("/"), 404, "Not Found");
    assertFails(request("/open/more"), 404, "Not Found");
    assertFails(request("/open").DELETE(), 404, "Not Found");
  }

  @Test
  void whatHasNoRouteGoesToTheDefaultWithoutAToken() throws Exception {
    try (HttpApiGateway withDefault =
        new HttpApiGateway(
            0,
            List.of(
                route("GET /closed", Authorization.JWT, HttpApiGatewayIT::echo),
                Route.otherwise(function("default", HttpApiGatewayIT::echo))),
            authorizer(CLOCK),
            options(Duration.ofSeconds(10)))) {
      HttpResponse<String> response =
          send(
              HttpRequest.newBuilder(withDefault.endpoint().resolve("/closed/more%20?a=b"))
                  .DELETE());

      JsonNode event = JSON.readTree(response.body());
      assertThat(event.path("routeKey").textValue()).isEqualTo("$default");
      assertThat(event.at("/requestContext/routeKey").textValue()).isEqualTo("$default");
      assertThat(event.at("/requestContext/http/method").textValue()).isEqualTo("DELETE");
      assertThat(event.at("/requestContext/authorizer").isMissingNode()).isTrue();
      assertThat(event.path("rawPath").textValue()).isEqualTo("/closed/more ");
      assertThat(event.has("pathParameters")).isFalse();
      // What has a route still wants its token.
      assertThat(
              send(HttpRequest.newBuilder(withDefault.endpoint().resolve("/closed"))).statusCode())
          .isEqualTo(401);
    }
  }

  @Test
  void badEncodingIsABadRequest() throws Exception {
    // The client would not send it.
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), gateway.endpoint().getPort())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              "GET /open?a=%zz HTTP/1.1\r\nHost: local\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));

      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 400 ")
          .endsWith("{\"message\":\"Bad Request\"}");
    }
  }

  @Test
  void bodyOverTheGatewaysLimitIsRefused() throws Exception {
    assertFails(
        post("/length", HttpApiGateway.MAX_BODY_BYTES + 1), 413, "Request Entity Too Large");
    assertFails(
        post("/length", 2 * HttpApiGateway.MAX_BODY_BYTES), 413, "Request Entity Too Large");
  }

  @Test
  void eventOverLambdasLimitIsRefusedThoughTheGatewayWouldTakeIt() throws Exception {
    assertThat(send(post("/length", LambdaRuntime.MAX_EVENT_BYTES - 2_000)).body())
        .isEqualTo(Integer.toString(LambdaRuntime.MAX_EVENT_BYTES - 2_000));
    assertFails(post("/length", LambdaRuntime.MAX_EVENT_BYTES), 413, "Request Entity Too Large");
  }

  @Test
  void slowFunctionIsUnavailable() throws Exception {
    try (HttpApiGateway impatient =
        new HttpApiGateway(
            0,
            List.of(route("GET /hanging", Authorization.NONE, HttpApiGatewayIT::hang)),
            authorizer(CLOCK),
            options(Duration.ofMillis(50)))) {
      HttpResponse<String> response =
          send(HttpRequest.newBuilder(impatient.endpoint().resolve("/hanging")));

      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.body()).isEqualTo("{\"message\":\"Service Unavailable\"}");
    }
  }

  @Test
  void validTokenPassesWithAndWithoutItsScheme() throws Exception {
    String token = issuer.sign(issuer.claims(NOW));

    assertThat(call("Bearer " + token).statusCode()).isEqualTo(200);
    assertThat(call(token).statusCode()).isEqualTo(200);
    assertThat(JSON.readTree(call(token).body()).at("/requestContext/authorizer/jwt/claims/sub"))
        .hasToString("\"u1\"");
  }

  @Test
  void requestWithoutTokenIsUnauthorized() throws Exception {
    HttpResponse<String> response = send(request("/closed"));

    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.body()).isEqualTo("{\"message\":\"Unauthorized\"}");
    assertThat(response.headers().firstValue("www-authenticate")).contains("Bearer");
  }

  @Test
  void expiredTokenIsUnauthorized() throws Exception {
    assertUnauthorized(
        issuer.sign(issuer.claims(NOW).expirationTime(Date.from(NOW))), "the token has expired");
    assertUnauthorized(
        issuer.sign(issuer.claims(NOW).expirationTime(null)), "the token has expired");
  }

  @Test
  void aTokenThatHasPassedIsRefusedOnceItHasExpired() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(NOW);
    JwtAuthorizer authorizer = authorizer(now::get);
    String token = issuer.sign(issuer.claims(NOW).expirationTime(Date.from(NOW.plusSeconds(60))));
    assertThat(authorizer.authorize(token)).isEqualTo(authorizer.authorize(token));

    now.set(NOW.plusSeconds(60));

    assertThatThrownBy(() -> authorizer.authorize(token))
        .isInstanceOf(UnauthorizedException.class)
        .hasMessage("the token has expired");
  }

  @Test
  void tokenOfTheFutureIsUnauthorized() throws Exception {
    assertUnauthorized(
        issuer.sign(issuer.claims(NOW).notBeforeTime(Date.from(NOW.plusSeconds(1)))),
        "the token is not valid yet");
    assertUnauthorized(
        issuer.sign(issuer.claims(NOW).issueTime(Date.from(NOW.plusSeconds(1)))),
        "the token was issued in the future");
  }

  @Test
  void tokenOfAnotherIssuerIsUnauthorized() throws Exception {
    assertUnauthorized(
        issuer.sign(issuer.claims(NOW).issuer("http://127.0.0.1/other")),
        "the token does not have a valid issuer");
  }

  @Test
  void tokenForAnotherClientIsUnauthorized() throws Exception {
    assertUnauthorized(
        issuer.sign(issuer.claims(NOW).claim("client_id", "other")),
        "the token does not have a valid audience");
    assertUnauthorized(
        issuer.sign(issuer.claims(NOW).audience("other")),
        "the token does not have a valid audience");
  }

  @Test
  void idTokenIsUnauthorized() throws Exception {
    assertUnauthorized(
        issuer.sign(issuer.claims(NOW).audience(TestingIssuer.CLIENT_ID).claim("token_use", "id")),
        "the token is not an access token");
  }

  @Test
  void tokenWithoutValidSignatureIsUnauthorized() throws Exception {
    assertUnauthorized(issuer.forge(issuer.claims(NOW)), "the token has no valid signature");
    assertUnauthorized(issuer.unsigned(issuer.claims(NOW)), "the token has no valid signature");
    assertUnauthorized("nonsense", "the token is not a JWT");
  }

  @Test
  void keyTheGatewayDoesNotKnowYetIsFetched() throws Exception {
    try (TestingIssuer rotating = new TestingIssuer()) {
      JwtAuthorizer authorizer =
          new JwtAuthorizer(rotating.keys(), rotating.issuer(), TestingIssuer.CLIENT_ID, CLOCK);
      authorizer.authorize(rotating.sign(rotating.claims(NOW)));

      rotating.rotateKey();

      assertThat(authorizer.authorize(rotating.sign(rotating.claims(NOW))))
          .containsEntry("sub", "u1");
    }
  }

  @Test
  void preflightOfALocalPageIsAllowed() throws Exception {
    HttpResponse<String> response = preflight("http://localhost:5173");

    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.headers().map())
        .containsEntry("access-control-allow-origin", List.of("http://localhost:5173"))
        .containsKeys("access-control-allow-methods", "access-control-allow-headers");
    assertThat(
            send(request("/open").header("Origin", "http://localhost:5173"))
                .headers()
                .firstValue("access-control-allow-origin"))
        .contains("http://localhost:5173");
  }

  @Test
  void preflightOfAnotherPageIsNot() throws Exception {
    HttpResponse<String> response = preflight("https://localhost.example.com");

    assertThat(response.headers().map().keySet())
        .noneMatch(name -> name.startsWith("access-control"));
  }

  @Test
  void contractIsThereToRead() throws Exception {
    HttpResponse<String> page = send(request("/docs"));

    assertThat(page.headers().firstValue("content-type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/html"));
    assertThat(page.body()).contains("'/v1/openapi.yaml'");
    assertThat(send(request("/docs/swagger-ui-bundle.js")).body()).contains("SwaggerUIBundle");
    assertThat(send(request("/docs/swagger-ui.css")).headers().firstValue("content-type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/css"));
  }

  @Test
  void namesThePortThatIsTaken() {
    int port = gateway.endpoint().getPort();

    assertThatThrownBy(
            () -> new HttpApiGateway(port, List.of(), authorizer(CLOCK), options(Duration.ZERO)))
        .isInstanceOfSatisfying(
            PortInUseException.class, e -> assertThat(e.port()).isEqualTo(port));
  }

  private static JwtAuthorizer authorizer(InstantSource clock) {
    return new JwtAuthorizer(issuer.keys(), issuer.issuer(), TestingIssuer.CLIENT_ID, clock);
  }

  private static HttpApiGateway.Options options(Duration timeout) {
    HttpApiGateway.Options local = HttpApiGateway.Options.local(CLOCK);
    return new HttpApiGateway.Options(
        timeout, local.corsOrigins(), local.pages(), CLOCK, () -> REQUEST_ID);
  }

  private static Route route(
      String key,
      Authorization authorization,
      Function<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> answer) {
    String[] methodAndPath = key.split(" ", 2);
    return new Route(methodAndPath[0], methodAndPath[1], authorization, function(key, answer));
  }

  private static LambdaFunction<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function(
      String name, Function<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> answer) {
    RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> handler =
        (event, context) -> answer.apply(event);
    return lambda.function(
        name, handler, APIGatewayV2HTTPEvent.class, APIGatewayV2HTTPResponse.class);
  }

  private static APIGatewayV2HTTPResponse echo(APIGatewayV2HTTPEvent event) {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    LambdaEventSerializers.serializerFor(
            APIGatewayV2HTTPEvent.class, HttpApiGatewayIT.class.getClassLoader())
        .toJson(event, json);
    return text(json.toString(StandardCharsets.UTF_8));
  }

  private static APIGatewayV2HTTPResponse bodyLength(APIGatewayV2HTTPEvent event) {
    return text(Integer.toString(event.getBody().length()));
  }

  private static APIGatewayV2HTTPResponse fail(APIGatewayV2HTTPEvent event) {
    throw new IllegalStateException("cannot answer " + event.getRawPath());
  }

  private static APIGatewayV2HTTPResponse hang(APIGatewayV2HTTPEvent event) {
    try {
      assertThat(new CountDownLatch(1).await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return text(event.getRawPath());
  }

  private static APIGatewayV2HTTPResponse text(String body) {
    return APIGatewayV2HTTPResponse.builder().withStatusCode(200).withBody(body).build();
  }

  private static HttpRequest.Builder request(String pathAndQuery) {
    return HttpRequest.newBuilder(gateway.endpoint().resolve(pathAndQuery));
  }

  private static HttpRequest.Builder post(String path, int bytes) {
    return request(path)
        .header("Content-Type", "text/plain")
        .POST(BodyPublishers.ofString("x".repeat(bytes)));
  }

  private static HttpResponse<String> preflight(String origin) throws Exception {
    return send(
        request("/closed")
            .method("OPTIONS", BodyPublishers.noBody())
            .header("Origin", origin)
            .header("Access-Control-Request-Method", "GET"));
  }

  private static HttpResponse<String> call(String authorization) throws Exception {
    return send(request("/closed").header("Authorization", authorization));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HTTP.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
  }

  private static void assertFails(HttpRequest.Builder request, int status, String message)
      throws Exception {
    HttpResponse<String> response = send(request);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).isEqualTo("{\"message\":\"" + message + "\"}");
    assertThat(response.headers().firstValue("content-type")).contains("application/json");
  }

  private static void assertUnauthorized(String token, String description) throws Exception {
    HttpResponse<String> response = call("Bearer " + token);
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.body()).isEqualTo("{\"message\":\"Unauthorized\"}");
    assertThat(response.headers().firstValue("www-authenticate"))
        .contains(
            "Bearer scope=\"\" error=\"invalid_token\" error_description=\"" + description + "\"");
  }
}
