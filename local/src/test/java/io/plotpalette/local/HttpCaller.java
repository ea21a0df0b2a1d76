package io.plotpalette.local;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.local.client.TokenClient;
import io.plotpalette.local.identity.MailFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Sends what a handler would be given over HTTP instead, with tokens in place of claims. */
final class HttpCaller implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {
  private static final String PASSWORD = "Correct-Horse-9";
  private static final Duration TIMEOUT = Duration.ofSeconds(35);

  /** Of one connection, or for whoever runs the gateway. */
  private static final Set<String> NOT_OF_THE_API =
      Set.of(
          "apigw-requestid",
          "connection",
          "content-length",
          "date",
          "transfer-encoding",
          "www-authenticate");

  private final HttpClient http;
  private final ApiServer api;
  private final Map<String, Tokens> tokens = new LinkedHashMap<>();

  private record Tokens(String ofUser, String ofAdministrator) {}

  HttpCaller(HttpClient http, ApiServer api) {
    this.http = http;
    this.api = api;
  }

  /** Makes a user, of whom there are a token from before and one from after they were promoted. */
  void signUp(String name, Path mailFolder) throws Exception {
    String email = name + "@example.com";
    TokenClient client = new TokenClient(http, api.tokens(), PaletteServer.CLIENT_ID);
    client.signUp(email, PASSWORD);
    client.confirm(email, Files.readString(new MailFolder(mailFolder).fileOf(email)).strip());
    String ofUser = client.logIn(email, PASSWORD);
    api.addToGroup(email, "admin");
    String claims =
        new String(Base64.getUrlDecoder().decode(ofUser.split("\\.")[1]), StandardCharsets.UTF_8);
    tokens.put(
        new ObjectMapper().readTree(claims).path("sub").textValue(),
        new Tokens(ofUser, client.logIn(email, PASSWORD)));
  }

  /** Ids of those who have signed up. */
  List<String> users() {
    return List.copyOf(tokens.keySet());
  }

  @Override
  public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(api.api() + path(event) + query(event)))
            .timeout(TIMEOUT)
            .method(
                event.getRequestContext().getHttp().getMethod(),
                event.getBody() == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(event.getBody()));
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(event.getHeaders());
    headers.remove("authorization");
    if (event.getRequestContext().getAuthorizer() != null) {
      headers.put("authorization", "Bearer " + token(event));
    }
    headers.forEach(
        (name, value) -> {
          // No client sends others, and no gateway hands them on.
          if (value.chars().allMatch(c -> c >= 0x20 && c < 0x7f)) {
            request.header(name, value);
          }
        });
    try {
      return answer(http.send(request.build(), BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private String token(APIGatewayV2HTTPEvent event) {
    Map<String, String> claims = event.getRequestContext().getAuthorizer().getJwt().getClaims();
    Tokens ofUser = tokens.get(claims.get("sub"));
    return claims.containsKey("cognito:groups") ? ofUser.ofAdministrator() : ofUser.ofUser();
  }

  private static String path(APIGatewayV2HTTPEvent event) {
    return Arrays.stream(event.getRawPath().split("/", -1))
        .map(HttpCaller::encoded)
        .collect(Collectors.joining("/"));
  }

  private static String query(APIGatewayV2HTTPEvent event) {
    return event.getQueryStringParameters() == null
        ? ""
        : event.getQueryStringParameters().entrySet().stream()
            .map(entry -> encoded(entry.getKey()) + "=" + encoded(entry.getValue()))
            .collect(Collectors.joining("&", "?", ""));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Names of headers as the contract writes them; HTTP has them in any case. */
  private static APIGatewayV2HTTPResponse answer(HttpResponse<String> response) {
    Map<String, String> headers = new LinkedHashMap<>();
    response
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!NOT_OF_THE_API.contains(name)) {
                headers.put(canonical(name), String.join(",", values));
              }
            });
    return APIGatewayV2HTTPResponse.builder()
        .withStatusCode(response.statusCode())
        .withHeaders(headers)
        // A text can be empty, too.
        .withBody(headers.containsKey("Content-Type") ? response.body() : null)
        .build();
  }

  private static String canonical(String header) {
    return header.equals("etag")
        ? "ETag"
        : Arrays.stream(header.split("-", -1))
            .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
            .collect(Collectors.joining("-"));
  }
}
